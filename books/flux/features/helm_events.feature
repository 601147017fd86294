Feature: Events of a release
  People hear of what happens to a release, and Flux hears of a new chart.

  Background:
    Given a sandbox at the baseline

  @id:alert-provider-as-written @erratum:alert-provider @as-written @unit:helm-events/provider-name
  Scenario: An Alert that asks for a Provider by another name sends nothing
    Given the engineer has followed steps 1 to 2 of "alerts"
    And the engineer has written block "helm-alert"
    When the engineer writes block "helm-alert-of-slack" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "podinfo-repository" and "podinfo-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And the log comes to tell of "failed to read provider: Provider.notification.toolkit.fluxcd.io \"slack\" not found" through block "notification-log"
    And no message to "/api/chat.postMessage" has come

  @id:alert-provider-corrected @erratum:alert-provider @corrected @unit:helm-events/provider-name
  Scenario: An Alert that names the Provider as it is called tells of the release
    Given the engineer has followed steps 1 to 2 of "alerts"
    When the engineer writes block "helm-alert" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "podinfo-repository" and "podinfo-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And a message to "/api/chat.postMessage" tells of these:
      | words                                     |
      | author_name: helmrelease/podinfo.default  |
      | Helm install succeeded                    |
      | podinfo@4.0.6                             |

  @id:alert-repository-as-written @erratum:alert-repository @as-written @unit:helm-events/alert
  @unit:helm-sources/one-namespace
  Scenario: Of a repository in default the Alert of flux-system tells nothing
    Given the engineer has followed steps 1 to 2 of "alerts"
    When the engineer writes block "helm-alert" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "podinfo-repository" and "podinfo-repository-in-default" and pushes
    Then HelmRepository "podinfo" in "default" reports Ready as True with "stored artifact"
    When the engineer writes block "podinfo-release" and pushes
    Then a message to "/api/chat.postMessage" tells of "author_name: helmchart/default-podinfo.flux-system"
    And no message to "/api/chat.postMessage" tells of "author_name: helmrepository/podinfo.default"

  @id:alert-repository-corrected @erratum:alert-repository @corrected @unit:helm-events/alert
  Scenario: Repository, chart and release are told, each with what has become of it
    Given the engineer has followed steps 1 to 2 of "alerts"
    When the engineer writes block "helm-alert" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "podinfo-repository" and "podinfo-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And a message to "/api/chat.postMessage" tells of these:
      | words                                            |
      | author_name: helmrepository/podinfo.flux-system  |
      | stored fetched index                             |
    And a message to "/api/chat.postMessage" tells of these:
      | words                                               |
      | author_name: helmchart/default-podinfo.flux-system  |
      | pulled 'podinfo' chart with version '4.0.6'         |
    And a message to "/api/chat.postMessage" tells of these:
      | words                                     |
      | author_name: helmrelease/podinfo.default  |
      | Helm install succeeded                    |
    And these have come to the cluster and nothing else:
      | object                                       |
      | Alert flux-system/helm-podinfo               |
      | Deployment default/podinfo                   |
      | HelmChart flux-system/default-podinfo        |
      | HelmRelease default/podinfo                  |
      | HelmRepository flux-system/podinfo           |
      | Provider flux-system/slack-bot               |
      | Secret default/sh.helm.release.v1.podinfo.v1 |
      | Secret flux-system/slack-bot-token           |

  @id:receiver-output-as-written @erratum:receiver-output @as-written @unit:helm-events/receiver-object
  Scenario: The status of a Receiver does not speak of a URL
    Given the engineer has run block "store-webhook-token"
    And the engineer has brought block "helm-receiver" to the cluster
    Then block "show-receiver" says nothing of "Receiver initialised with URL"

  @id:receiver-output-corrected @erratum:receiver-output @corrected
  @unit:helm-events/receiver-object @unit:helm-events/token
  Scenario: The status of a Receiver shows its path, made of token, name and namespace
    Given the engineer has run block "store-webhook-token"
    And the engineer has brought block "helm-receiver" to the cluster
    And what block "receiver-path" prints is noted
    Then block "show-receiver" ends well
    And block "path-is-made-of" prints the same as block "receiver-path"
    And these have come to the cluster and nothing else:
      | object                            |
      | Receiver flux-system/helm-podinfo |
      | Secret flux-system/webhook-token  |
    When the engineer runs block "another-token"
    Then block "receiver-path" prints something else than was noted

  @id:receiver-repository-as-written @erratum:receiver-repository @as-written @unit:helm-events/then
  @unit:helm-sources/one-namespace
  Scenario: For a repository in default the Receiver of flux-system fails, and asks for nothing
    Given the engineer has run blocks "publish-charts" and "store-webhook-token"
    When the engineer writes these blocks:
      | block                         |
      | podinfo-repository            |
      | podinfo-repository-of-our-own |
      | podinfo-repository-in-default |
      | helm-receiver                 |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer runs block "open-the-way"
    Then block "tell-of-a-chart" tells of "(HTTP 500)"
    And block "asked-in-default" prints nothing
    Given what block "asked-in-default" prints is noted
    When the engineer runs blocks "close-the-way" and "ask-in-default"
    Then block "asked-in-default" prints something else than was noted
    And HelmRepository "podinfo" in "default" reports Ready as True with "stored artifact"

  @id:receiver-repository-corrected @erratum:receiver-repository @corrected
  @unit:helm-events/receiver @unit:helm-events/receiver-object @unit:helm-events/call
  @unit:helm-events/then @unit:helm-releases/version
  Scenario: A call with the token brings the next version from the repository into the release
    Given the engineer has run blocks "publish-charts" and "store-webhook-token"
    When the engineer writes these blocks:
      | block                         |
      | podinfo-repository            |
      | podinfo-repository-of-our-own |
      | podinfo-release               |
      | helm-receiver                 |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@4.0.6"
    When the engineer runs blocks "publish-next" and "open-the-way"
    Then block "tell-with-another-token" tells of "(HTTP 400)"
    And block "asked-in-flux-system" prints nothing
    And HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '4.0.6'"
    Given what block "asked-in-flux-system" prints is noted
    Then block "tell-of-a-chart" tells of "(HTTP 200)"
    And block "asked-in-flux-system" prints something else than was noted
    And HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '4.0.7'"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@4.0.7"
    When the engineer runs block "close-the-way"
    Then Deployment "podinfo" in "default" has 2 ready replicas

  @id:interval @unit:helm-events/receiver @unit:helm-sources/http
  Scenario: Without a call the next version is seen when the interval of the repository is over
    Given the engineer has run block "publish-charts"
    When the engineer writes these blocks:
      | block                              |
      | podinfo-repository                 |
      | podinfo-repository-of-our-own      |
      | podinfo-repository-looked-at-often |
      | podinfo-release                    |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@4.0.6"
    When the engineer runs block "publish-next"
    Then HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '4.0.7'"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@4.0.7"

  @id:two-slashes @unit:helm-events/call
  Scenario: An address with two slashes is answered with a redirection
    Given the engineer has run block "store-webhook-token"
    And the engineer has brought block "helm-receiver" to the cluster
    When the engineer runs block "open-the-way"
    Then block "tell-with-two-slashes" tells of "(HTTP 307)"
    When the engineer runs block "close-the-way"
    Then Receiver "helm-podinfo" reports Ready as True with "Receiver initialized for path"
