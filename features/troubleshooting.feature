Feature: Troubleshooting
  Every fault is made on purpose. The command that the guide names must show it, in words that lead to
  the cause; the cure that the guide names must bring everything back. A fault that does not show
  fails its scenario.

  Background:
    Given a sandbox at the baseline

  @id:failing-kustomization
  @unit:troubleshooting/status
  Scenario: A Kustomization that cannot be built says which file is missing
    When the engineer writes block "apps-group-with-forgotten-file" and pushes
    Then Kustomization "apps" reports Ready as False with "forgotten-note.yaml"
    And block "get-kustomizations" shows "apps" as not Ready with "forgotten-note.yaml"
    And block "get-kustomizations" shows "infra-namespaces" as Ready at the pushed commit
    When the engineer writes block "apps-group" and pushes
    Then every Flux object is Ready at the pushed commit

  @id:failing-release
  @unit:troubleshooting/status @unit:troubleshooting/helm-errors
  Scenario: A release whose chart version does not exist says so, and comes with the right version
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-chart-repository        |
      | shop-release                 |
      | shop-release-unknown-version |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "no 'podinfo' chart with version matching '9.9.9' found"
    And block "get-releases" shows "shop" as not Ready with "no 'podinfo' chart with version matching '9.9.9' found"
    And block "get-one-release" of release "shop" in "dev-backend" tells of "no 'podinfo' chart with version matching '9.9.9' found"
    When the engineer writes block "shop-release" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Ready as True with "podinfo@6.9.2"
    And every Flux object is Ready at the pushed commit

  @id:flux-logs-argument-as-written @erratum:flux-logs-argument @as-written
  @unit:troubleshooting/error-logs
  Scenario: flux logs refuses the name of a controller
    Then block "error-logs-by-controller" fails with "no argument required"

  @id:flux-logs-argument-corrected @erratum:flux-logs-argument @corrected
  @unit:troubleshooting/error-logs
  Scenario: flux logs finds the errors of a kind of object
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-chart-repository        |
      | shop-release                 |
      | shop-release-unknown-version |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "no 'podinfo' chart with version matching '9.9.9' found"
    And the log comes to tell of "error HelmChart/dev-backend-shop.flux-system" through block "error-logs-of-all"
    When the engineer writes block "apps-group-with-file-for-the-log" and pushes
    Then Kustomization "apps" reports Ready as False with "look-for-me-in-the-log.yaml"
    And block "error-logs-of-kustomizations" tells of "look-for-me-in-the-log.yaml"
    And block "error-logs-of-kustomizations" prints log lines with "error Kustomization/" and no others

  @id:flux-logs-level-as-written @erratum:flux-logs-level @as-written
  @unit:troubleshooting/log-levels
  Scenario: At level info the errors are gone
    When the engineer writes block "apps-group-with-file-hidden-at-info" and pushes
    Then Kustomization "apps" reports Ready as False with "hidden-at-level-info.yaml"
    And block "error-logs-of-kustomizations" tells of "hidden-at-level-info.yaml"
    And block "logs-at-level-info" says nothing of "hidden-at-level-info.yaml"
    And block "logs-at-level-info" prints log lines with "info Kustomization" and no others

  @id:flux-logs-level-corrected @erratum:flux-logs-level @corrected
  @unit:troubleshooting/log-levels
  Scenario: Without a level the log shows the error and what was logged around it
    When the engineer writes block "apps-group-with-file-for-the-levels" and pushes
    Then Kustomization "apps" reports Ready as False with "look-for-me-at-every-level.yaml"
    And block "logs-of-every-level" tells of "look-for-me-at-every-level.yaml"
    And the log comes to tell of "error Kustomization/apps.flux-system" through block "logs-of-every-level"
    And the log comes to tell of "info Kustomization/" through block "logs-of-every-level"
    And block "logs-of-every-level" prints log lines with "Kustomization" and no others

  @id:reconcile-with-source
  @unit:troubleshooting/reconcile
  Scenario: Reconciling with the source brings the commit at once, without it the old one stays
    Given the engineer has brought block "flux-system-kustomization-slow-git" to the cluster
    Then GitRepository "flux-system" in "flux-system" asks for these:
      | field    | is  |
      | interval | 10m |
    When the engineer writes block "apps-note-new-owner" and pushes
    And the engineer runs block "reconcile-apps"
    Then ConfigMap "apps-note" in "flux-system" holds "owner" as "platform-team"
    When the engineer runs block "reconcile-apps-with-source"
    Then ConfigMap "apps-note" in "flux-system" holds "owner" as "web-team"
    And nothing has come to the cluster and nothing is gone

  @id:describe
  @unit:troubleshooting/describe
  Scenario: Describing a Kustomization shows its condition and its events
    # Made anew: Kubernetes drops events of an object that has had many of them.
    When somebody deletes Kustomization "apps" in "flux-system"
    And the engineer writes block "kustomizations-wrong-path" and pushes
    Then Kustomization "apps" reports Ready as False with "kustomization path not found"
    And block "describe-apps" comes to tell of "Warning ArtifactFailed"
    And block "describe-apps" tells of these:
      | words                        |
      | kustomization path not found |
      | Status: False                |
    When the engineer writes block "kustomizations-baseline" and pushes
    Then every Flux object is Ready at the pushed commit

  @id:dependency-left-out
  @unit:troubleshooting/depends-on
  Scenario: A dependency that is left out shows as a namespace that is not found
    Given Kustomization "infra-namespaces" is held back
    And the engineer has written these blocks:
      | block                           |
      | namespaces-group-with-late-team |
      | late-team-namespace             |
      | late-team-note                  |
    When the engineer adds block "late-team-entry" and pushes
    Then Kustomization "late-team" reports Ready as False with "namespaces "late-team" not found"
    When the engineer writes block "late-team-entry-in-order" and pushes
    Then Kustomization "late-team" reports Ready as False with "dependency 'flux-system/infra-namespaces' revision is not up to date"
    And every Flux object is Ready at the pushed commit once Kustomization "infra-namespaces" is let go
    And ConfigMap "late-team-note" in "late-team" holds "owner" as "late-team"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                              |
      | ConfigMap late-team/late-team-note  |
      | Kustomization flux-system/late-team |
      | Namespace late-team                 |

  @id:dependency-misspelt
  @unit:troubleshooting/depends-on
  Scenario: A misspelt dependency shows as one that is not found
    When the engineer writes block "kustomizations-misspelt-dependency" and pushes
    Then Kustomization "apps" reports Ready as False with "dependency 'flux-system/infra-namespace' not found"
    And block "get-kustomizations" shows "apps" as not Ready with "dependency 'flux-system/infra-namespace' not found"
    When the engineer writes block "kustomizations-baseline" and pushes
    Then every Flux object is Ready at the pushed commit

  @id:dependency-circular
  @unit:troubleshooting/depends-on
  Scenario: A circular dependency lets no commit through, and only the log names it
    Given Kustomization "flux-system" has applied block "kustomizations-circular-dependency"
    When the engineer writes block "apps-note-new-owner" and pushes
    Then the log comes to tell of "flux-system/apps -> flux-system/infra-helm-repositories" through block "error-logs-of-all"
    And block "error-logs-of-all" prints log lines with "error" and no others
    And Kustomizations "flux-system" and "infra-namespaces" are at the commit before and Ready
    And block "get-kustomizations" says nothing of "->"
    When the engineer writes block "kustomizations-baseline" and pushes
    Then the log comes to tell of "flux-system/apps -> flux-system/infra-helm-repositories" through block "error-logs-of-all"
    And Kustomizations "flux-system" and "infra-namespaces" are two commits behind and Ready
    And block "reconcile-main-entry" tells of "fetched revision"
    And a pushed change of block "apps-note" reaches the cluster
    And nothing has come to the cluster and nothing is gone

  @id:deploy-key-removed
  @unit:troubleshooting/git-access @unit:troubleshooting/deploy-key
  Scenario: Without its deploy key Flux cannot log in, with a read-only one it can again
    When somebody removes the deploy keys of the monorepo
    Then GitRepository "flux-system" reports Ready as False with "ssh: unable to authenticate"
    And block "get-git-sources" shows "flux-system" as not Ready with "ssh: unable to authenticate"
    And block "get-kustomizations" shows "infra-namespaces" as Ready with "Applied revision: main@sha1:"
    And block "get-kustomizations" shows "apps" as Ready with "Applied revision: main@sha1:"
    When the engineer runs block "add-deploy-key"
    And the engineer runs block "reconcile-git-source"
    Then block "list-deploy-keys" tells of "platform-core-dev-aks"
    And a pushed change of block "apps-note-new-owner" reaches the cluster
    And the deploy key of the project may not push
    When the engineer runs block "take-key-from-cluster"
    Then block "push-with-deploy-key" fails with "This deploy key does not have write access to this project"

  @id:key-secret-missing
  @unit:troubleshooting/git-access @unit:troubleshooting/key-secret
  Scenario: Without the secret of its key Flux says so, and works again once it is made anew
    When somebody deletes Secret "flux-system" in "flux-system"
    Then GitRepository "flux-system" reports Ready as False with "secrets "flux-system" not found"
    And block "get-git-sources" shows "flux-system" as not Ready with "secrets "flux-system" not found"
    When the engineer runs block "create-key-secret"
    And the engineer runs block "reconcile-git-source"
    Then a pushed change of block "apps-note-new-owner" reaches the cluster
    And nothing has come to the cluster and nothing is gone

  @id:wrong-secret-reference
  @unit:troubleshooting/key-secret
  Scenario: A wrong secret name keeps out its own correction until the cluster is corrected by hand
    Given the engineer has written block "flux-system-kustomization-wrong-secret" and pushed
    Then GitRepository "flux-system" reports Ready as False with "secrets "flux-key" not found"
    When the engineer writes block "flux-system-kustomization" and pushes
    Then the log of GitRepository "flux-system" in "flux-system" since the commit says "secrets "flux-key" not found"
    And block "secret-reference" tells of "flux-key"
    When the engineer runs block "correct-secret-reference"
    Then every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone

  @id:host-key-changed
  @unit:troubleshooting/git-access @unit:troubleshooting/host-key
  Scenario: A new host key of the server is refused until the secret knows it
    When the Git server gets new host keys
    Then GitRepository "flux-system" reports Ready as False with "knownhosts: key mismatch"
    And block "get-git-sources" shows "flux-system" as not Ready with "knownhosts: key mismatch"
    When the engineer runs block "create-key-secret"
    And the engineer runs block "reconcile-git-source"
    Then a pushed change of block "apps-note-new-owner" reaches the cluster

  @id:open-key-file
  @unit:troubleshooting/key-file
  Scenario: ssh refuses a key file that others may read
    When the engineer runs block "open-key-file"
    Then block "look-with-key-file" fails with "UNPROTECTED PRIVATE KEY FILE"
    When the engineer runs block "close-key-file"
    Then block "look-with-key-file" tells of "refs/heads/main"

  @id:build-error
  @unit:troubleshooting/build-errors
  Scenario: kustomize says on the engineer's machine what Flux says in the cluster
    When the engineer writes block "apps-group-with-lost-patch"
    Then block "build-apps" fails with "no resource matches strategic merge patch "ConfigMap.v1.[noGrp]/apps-notes.flux-system""
    When the engineer commits and pushes
    Then Kustomization "apps" reports Ready as False with "no resource matches strategic merge patch "ConfigMap.v1.[noGrp]/apps-notes.flux-system""
    When the engineer writes block "apps-group" and pushes
    Then block "build-apps" prints a ConfigMap named "apps-note"
    And every Flux object is Ready at the pushed commit

  @id:patch-finds-nothing
  @unit:troubleshooting/lost-target
  Scenario: A patch whose target matches nothing is silent, and flux diff shows that nothing changes
    Given what block "build-apps" prints is noted
    When the engineer writes block "apps-group-with-lost-target"
    Then block "build-apps" prints what was noted
    And block "diff-apps" prints nothing
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "platform-team"
    When the engineer writes block "apps-group-with-found-target"
    Then block "diff-apps" fails with "ConfigMap/flux-system/apps-note drifted data.owner"
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "web-team"

  @id:values-break-the-template
  @unit:troubleshooting/helm-errors
  Scenario: Values that a template cannot take show with the template's name
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-chart-repository        |
      | shop-release                 |
      | shop-release-broken-values   |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "podinfo/templates/hpa.yaml:"
    And block "get-one-release" of release "shop" in "dev-backend" tells of "podinfo/templates/hpa.yaml:"
    And block "describe-release" of release "shop" in "dev-backend" tells of "InstallFailed"
    And Kustomization "shop" owns these and nothing else:
      | object                             |
      | HelmRelease dev-backend/shop       |
      | HelmRepository flux-system/podinfo |
    When the engineer writes block "shop-release" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Ready as True with "podinfo@6.9.2"
    And every Flux object is Ready at the pushed commit

  @id:failed-upgrade
  @unit:troubleshooting/helm-errors
  Scenario: A failed upgrade goes back to the revision that worked
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-chart-repository        |
      | shop-release                 |
    And every Flux object is Ready at the pushed commit
    When the engineer writes block "shop-release-refused-upgrade" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Remediated as True with "shop.v1"
    And block "describe-release" of release "shop" in "dev-backend" tells of "Unsupported value: "Nonsense""
    And Kustomization "shop" owns these and nothing else:
      | object                             |
      | HelmRelease dev-backend/shop       |
      | HelmRepository flux-system/podinfo |
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
    And HelmRelease "shop" in "dev-backend" has been given these values:
      | value        | is | comes from               |
      | replicaCount | 1  | the revision that worked |
    When the engineer writes block "shop-release" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Ready as True with "podinfo@6.9.2"

  @id:missing-image @containers
  @unit:troubleshooting/missing-image @unit:troubleshooting/helm-errors
  Scenario: An image that does not exist shows in the description of its pods
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-chart-repository        |
      | shop-release                 |
      | shop-release-missing-image   |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "Helm install failed"
    And block "get-one-release" of release "shop" in "dev-backend" tells of "Helm install failed"
    And block "describe-pods-of-shop" tells of these:
      | words                                             |
      | Failed to pull image                              |
      | ghcr.io/stefanprodan/podinfo:0.0.0-missing        |
    When the engineer writes block "shop-release" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Ready as True with "podinfo@6.9.2"

  @id:helm-timeout-as-written @erratum:helm-timeout @as-written
  @unit:troubleshooting/helm-timeout
  Scenario: Without a time-out the cure waits for the health check of the fault
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-entry-without-timeout   |
      | shop-chart-repository        |
      | shop-release                 |
      | shop-release-unknown-version |
    Then Kustomization "shop" reports Reconciling as True with "with a timeout of 9m30s"
    When the engineer writes block "shop-release" and pushes
    Then block "reconcile-shop" fails with "fetched revision"
    And block "reconcile-shop" fails with "context deadline exceeded"
    And Kustomization "shop" has not tried the pushed commit
    When the engineer runs block "correct-shop-version"
    Then every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                                        |
      | Deployment dev-backend/shop-podinfo           |
      | HelmChart flux-system/dev-backend-shop        |
      | HelmRelease dev-backend/shop                  |
      | HelmRepository flux-system/podinfo            |
      | Kustomization flux-system/shop                |
      | Secret dev-backend/sh.helm.release.v1.shop.v1 |
      | Service dev-backend/shop-podinfo              |

  @id:helm-timeout-corrected @erratum:helm-timeout @corrected @slow
  @unit:troubleshooting/helm-timeout
  Scenario: With a time-out the cure is applied as soon as the health check gave up
    Given the engineer has written and pushed these blocks:
      | block                        |
      | shop-entry                   |
      | shop-entry-with-timeout      |
      | shop-chart-repository        |
      | shop-release                 |
      | shop-release-unknown-version |
    Then Kustomization "shop" reports Reconciling as True with "with a timeout of 30s"
    When the engineer writes block "shop-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "shop" in "dev-backend" asks for chart version "6.9.2"
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
