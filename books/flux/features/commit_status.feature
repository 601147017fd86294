Feature: Status of a commit
  Beside each commit on the Git server stands what has become of it in the cluster.

  Background:
    Given a sandbox at the baseline

  @id:secret-data-as-written @erratum:secret-data @as-written @unit:commit-status/step-1
  Scenario: A token as it is under data is refused
    Then block "store-gitlab-token-as-data" fails with "illegal base64 data"

  @id:cluster-list-corrected @erratum:cluster-list @corrected @unit:commit-status/cluster-list
  @unit:commit-status/step-1 @unit:commit-status/step-2 @unit:commit-status/step-3
  @unit:commit-status/step-4 @unit:commit-status/step-5
  Scenario: Whoever follows the steps gets a green check mark at the commit
    When the engineer follows steps 1 to 4 of "commit-status"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And the monorepo has the tree of block "fleet-tree"
    And the pushed commit gets status "success" of "kustomization/podinfo" with "reconciliation succeeded"
    And Deployment "podinfo" in "podinfo" has 2 ready replicas
    And these have come to the cluster and nothing else:
      | object                                  |
      | Alert flux-system/podinfo               |
      | Deployment podinfo/podinfo              |
      | HorizontalPodAutoscaler podinfo/podinfo |
      | Kustomization flux-system/podinfo       |
      | Namespace podinfo                       |
      | Provider flux-system/flux-system        |
      | Secret flux-system/gitlab               |
      | Secret flux-system/gitlab-ca            |
      | Service podinfo/podinfo                 |
    And block "ask-for-statuses" tells of these:
      | words                           |
      | "status": "success"             |
      | "name": "kustomization/podinfo/ |

  @id:secret-data-corrected @erratum:secret-data @corrected @unit:commit-status/step-1
  Scenario: A token as it is under stringData is taken, and the Git server knows it
    Given the engineer has followed steps 1 to 4 of "commit-status"
    Then block "token-in-the-cluster" tells of "(HTTP 200)"
    When the engineer runs block "store-unknown-gitlab-token"
    Then block "token-in-the-cluster" tells of "(HTTP 401)"

  @id:token-may-read @unit:commit-status/step-1
  Scenario: With a token that may only read the commit gets no status, and the log says why
    Given the engineer gets a new token with scope "read_api"
    And the engineer has followed steps 1 to 4 of "commit-status"
    And the engineer has run block "store-gitlab-token-that-may-read"
    And the engineer gets a new token with scope "write_repository"
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And the log comes to tell of "403" through block "notification-log"
    And the pushed commit has no status

  @id:cluster-list-as-written @erratum:cluster-list @as-written @unit:commit-status/cluster-list
  Scenario: Without a list of its own the cluster's folder brings the application twice, and fails
    Given the engineer has followed steps 1 to 4 of "commit-status" without block "list-of-the-cluster"
    When the engineer commits and pushes
    Then Kustomization "flux-system" reports Ready as False with "namespace not specified"
    And the pushed commit has no status
    And there is no Kustomization "podinfo" in "flux-system"
    And there is no Alert "podinfo" in "flux-system"
    When the engineer runs block "take-the-commit-back"
    Then every Flux object is Ready at the pushed commit
    And block "remove-the-namespace" tells of "namespace "podinfo" deleted"
    And there is no Namespace "podinfo"

  @id:namespace-in-the-list-as-written @erratum:namespace-in-the-list @as-written
  @unit:commit-status/namespace-in-the-list
  Scenario: A namespace that the list does not name is not made, and the commit fails
    Given the engineer has followed steps 1 to 4 of "commit-status"
    When the engineer writes block "podinfo-list-without-namespace" and pushes
    Then Kustomization "podinfo" reports Ready as False with "namespaces "podinfo" not found"
    And the pushed commit gets status "failed" of "kustomization/podinfo" with "reconciliation failed"

  @id:namespace-in-the-list-corrected @erratum:namespace-in-the-list @corrected
  @unit:commit-status/namespace-in-the-list
  Scenario: With the namespace in the list the commit that failed is followed by one that is green
    Given the engineer has followed steps 1 to 4 of "commit-status"
    When the engineer writes block "podinfo-list-without-namespace" and pushes
    Then the pushed commit gets status "failed" of "kustomization/podinfo" with "reconciliation failed"
    When the engineer writes block "podinfo-list" and pushes
    Then the pushed commit gets status "success" of "kustomization/podinfo" with "reconciliation succeeded"
    And Kustomization "podinfo" owns these and nothing else:
      | object                                  |
      | Deployment podinfo/podinfo              |
      | HorizontalPodAutoscaler podinfo/podinfo |
      | Namespace podinfo                       |
      | Service podinfo/podinfo                 |

  @id:status-repository-as-written @erratum:status-repository @as-written
  @unit:commit-status/whose-commit
  Scenario: The repository that the application was copied from gets no status
    Given the engineer has a fork of the application in "team/podinfo"
    And the engineer has followed steps 1 to 4 of "commit-status"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    Then the pushed commit gets status "success" of "kustomization/podinfo" with "reconciliation succeeded"
    And no commit of "team/podinfo" has a status

  @id:status-repository-corrected @erratum:status-repository @corrected
  @unit:commit-status/whose-commit @unit:commit-status/step-4
  Scenario: The status is in the repository that Flux fetches, and a Provider of another one gives none
    Given the engineer has a fork of the application in "team/podinfo"
    And the engineer has followed steps 1 to 4 of "commit-status"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    Then the pushed commit gets status "success" of "kustomization/podinfo" with "reconciliation succeeded"
    When the engineer writes block "podinfo-notification-of-the-fork" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes block "podinfo-service-other-port" and pushes
    Then the log comes to tell of "unable to list commit status: 404 Not Found" through block "notification-log"
    And the pushed commit has no status
    And no commit of "team/podinfo" has a status

  @id:sources-of-events @unit:commit-status/sources
  Scenario: An event of the GitRepository gives the commit no status, and the log says why
    Given the engineer has followed steps 1 to 4 of "commit-status"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    When the engineer writes block "podinfo-notification-of-the-source" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes block "podinfo-service-other-port" and pushes
    Then every Flux object is Ready at the pushed commit
    And the log comes to tell of "event dropped for commit status providers due to missing commit metadata key" through block "notification-log"
    And the pushed commit has no status

  @id:failure @unit:commit-status/failure
  Scenario: An image that does not exist fails the commit after the minute that the health check has
    Given the engineer has followed steps 1 to 4 of "commit-status"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    When the engineer writes block "podinfo-deployment-fake-image" and pushes
    Then Kustomization "podinfo" reports Reconciling as True with "with a timeout of 1m0s"
    And the pushed commit has no status
    And the pushed commit gets status "failed" of "kustomization/podinfo" with "health check failed"
    And Kustomization "podinfo" reports Ready as False with "timeout waiting for: [Deployment/podinfo/podinfo status: 'InProgress']"
    When the engineer writes block "podinfo-deployment" and pushes
    Then the pushed commit gets status "success" of "kustomization/podinfo" with "reconciliation succeeded"

  @id:changes @unit:commit-status/changes
  Scenario: The status stays while nothing changes, and turns when the application fails later
    Given the engineer has followed steps 1 to 4 of "commit-status"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    Then the pushed commit gets status "success" of "kustomization/podinfo" with "reconciliation succeeded"
    And block "reconcile-podinfo" has Kustomization "podinfo" look again
    And the pushed commit has had these statuses of "kustomization/podinfo" and no others:
      | status  |
      | success |
    And these have come to the cluster and nothing else:
      | object                                  |
      | Alert flux-system/podinfo               |
      | Deployment podinfo/podinfo              |
      | HorizontalPodAutoscaler podinfo/podinfo |
      | Kustomization flux-system/podinfo       |
      | Namespace podinfo                       |
      | Provider flux-system/flux-system        |
      | Secret flux-system/gitlab               |
      | Secret flux-system/gitlab-ca            |
      | Service podinfo/podinfo                 |
    When the engineer runs blocks "leave-no-room-for-pods" and "ask-for-a-look"
    Then the pushed commit gets status "failed" of "kustomization/podinfo" with "health check failed"
    And the pushed commit has had these statuses of "kustomization/podinfo" and no others:
      | status  |
      | success |
      | failed  |
