Feature: Alerts
  Flux tells a chat channel what it has done, in the words of its own events, and says in its log what it
  could not tell.

  Background:
    Given a sandbox at the baseline

  @id:first-alert @unit:alerts/step-1 @unit:alerts/step-2 @unit:alerts/step-3 @unit:alerts/step-4
  @unit:alerts/step-5
  Scenario: Whoever follows the steps gets a message for the next commit, with the token of the bot
    When the engineer follows steps 1 to 4 of "alerts"
    Then every Flux object is Ready at the pushed commit
    And block "list-alerts" tells of "on-call-webapp"
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                                |
      | channel: general                                     |
      | author_name: kustomization/flux-system.flux-system   |
      | Kustomization/flux-system/team created               |
    And Kustomization "team" has applied the pushed commit
    And these have come to the cluster and nothing else:
      | object                             |
      | Alert flux-system/on-call-webapp   |
      | ConfigMap default/team-note        |
      | Kustomization flux-system/team     |
      | Provider flux-system/slack-bot     |
      | Secret flux-system/slack-bot-token |
    And every message to "/api/chat.postMessage" carries the token "xoxb-YOUR-TOKEN"

  @id:provider-namespace-corrected @erratum:provider-namespace @corrected @unit:alerts/one-namespace
  Scenario: In one namespace the Alert finds its Provider, and the Provider its token
    Given the engineer has brought steps 1 to 4 of "alerts" to the cluster
    Then Alert "on-call-webapp" leaves nothing out of what it takes
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                        |
      | author_name: gitrepository/flux-system.flux-system |
      | stored artifact for commit                   |
    And a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                        |
      | author_name: kustomization/team.flux-system  |
      | cluster addons                               |
      | production                                   |
      | my-cluster                                   |
      | us-east-2                                    |

  @id:provider-namespace-as-written @erratum:provider-namespace @as-written @unit:alerts/one-namespace
  Scenario: Token and Provider in flagger-system leave the Alert without a Provider
    Then block "store-slack-token-elsewhere" fails with "namespaces "flagger-system" not found"
    Given the engineer has run blocks "make-flagger-system" and "store-slack-token-elsewhere"
    And the engineer has written blocks "slack-provider" and "on-call-alert"
    When the engineer writes block "slack-provider-elsewhere" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then every Flux object is Ready at the pushed commit
    And the log comes to tell of "failed to read provider: Provider.notification.toolkit.fluxcd.io \"slack-bot\" not found" through block "notification-log"
    And no message to "/api/chat.postMessage" has come

  @id:alerts-have-no-status-as-written @erratum:alerts-have-no-status @as-written @unit:alerts/step-5
  Scenario: The list shows an Alert whose Provider is missing as it shows any other
    Given the engineer has followed steps 1 to 3 of "alerts"
    When the engineer writes block "alert-without-provider" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "list-alerts" shows "on-call-webapp" as Ready with "Alert is Ready"
    And block "list-alerts" shows "lost" as Ready with "Alert is Ready"
    And block "show-lost-alert" tells of "name: nobody"
    And block "show-lost-alert" tells of "resourceVersion:"
    And block "show-lost-alert" says nothing of "status:"

  @id:alerts-have-no-status-corrected @erratum:alerts-have-no-status @corrected @unit:alerts/step-5
  Scenario: The log of the notification-controller names the Provider that is missing
    When the engineer writes block "alert-without-provider" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then the log comes to tell of "failed to read provider: Provider.notification.toolkit.fluxcd.io \"nobody\" not found" through block "notification-log"

  @id:info @unit:alerts/info
  Scenario: With info there is a message for what came, changed, went, is healthy, waits and fails
    Given the engineer has brought steps 1 to 4 of "alerts" to the cluster
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then every Flux object is Ready at the pushed commit
    And a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                               |
      | ConfigMap/default/team-note created |
      | color: good                         |
    And a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                        |
      | author_name: kustomization/team.flux-system  |
      | Health check passed in                       |
    When the engineer writes block "team-note-new-owner" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                  |
      | ConfigMap/default/team-note configured |
    And ConfigMap "team-note" in "default" holds these:
      | key   | value    |
      | owner | team-two |
    When the engineer runs block "swap-team-note"
    And the engineer commits and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                |
      | ConfigMap/default/other-note created |
    And a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                               |
      | ConfigMap/default/team-note deleted |
    When the engineer writes blocks "team-list-with-missing-file" and "late-kustomization" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words              |
      | color: danger      |
      | missing.yaml       |
    And a message to "/api/chat.postMessage" tells of these:
      | words                                       |
      | author_name: kustomization/late.flux-system |
      | color: good                                 |
      | Dependencies do not meet ready condition    |
    And Kustomization "late" reports Ready as False with "dependency 'flux-system/team'"

  @id:error @unit:alerts/error
  Scenario: With error there is a message for each way to fail and for nothing else
    Given the engineer has followed steps 1 to 2 of "alerts"
    When the engineer writes blocks "on-call-alert" and "on-call-alert-errors" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes block "team-list-with-missing-file" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                  |
      | kustomize build failed |
      | missing.yaml           |
    When the engineer writes blocks "team-list" and "team-note-invalid" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                       |
      | ConfigMap/default/team-note dry-run failed  |
    When the engineer writes blocks "team-note" and "team-note-in-no-namespace" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                          |
      | namespaces "nowhere" not found |
    When the engineer writes block "team-app-without-image" and pushes
    Then a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                       |
      | health check failed         |
      | Deployment/default/team-app |
    And Kustomization "team" owns these and nothing else:
      | object                      |
      | Deployment default/team-app |
    And every message to "/api/chat.postMessage" tells of "color: danger"

  @id:two-channels @unit:alerts/channels
  Scenario: Two Alerts write to two channels, each what it is asked for
    Given the engineer has brought steps 1 to 4 of "alerts" to the cluster
    When the engineer writes block "dev-alert" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes blocks "team-kustomization" and "team-note" and pushes
    Then a message to "/api/dev" tells of the pushed commit and of these:
      | words                                       |
      | channel: dev                                |
      | ConfigMap/default/team-note created         |
    And a message to "/api/chat.postMessage" tells of the pushed commit and of these:
      | words                                       |
      | channel: general                            |
      | ConfigMap/default/team-note created         |
    And Kustomization "team" has applied the pushed commit
    And these have come to the cluster and nothing else:
      | object                             |
      | Alert flux-system/dev-team         |
      | Alert flux-system/on-call-webapp   |
      | ConfigMap default/team-note        |
      | Kustomization flux-system/team     |
      | Provider flux-system/slack-bot     |
      | Provider flux-system/slack-dev     |
      | Secret flux-system/slack-bot-token |
    And every message to "/api/dev" tells of "author_name: kustomization/team.flux-system"
    And every message to "/api/dev" carries the token "xoxb-YOUR-TOKEN"
