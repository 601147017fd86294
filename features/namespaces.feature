Feature: Namespaces
  A namespace is a file of its own in the cluster's group of namespaces. What the group's list names
  is applied, what it does not name is not; whatever needs a namespace waits for the group.

  Background:
    Given a sandbox at the baseline

  @id:own-file-and-listed
  @unit:namespaces/step-1 @unit:namespaces/step-2
  Scenario: A namespace with a file and an entry comes to the cluster
    Given the engineer has followed step 1 of "namespaces"
    When the engineer writes block "namespaces-group-with-dev-frontend" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "verify-dev-frontend" tells of "Active"
    And Kustomization "infra-namespaces" owns these and nothing else:
      | object                 |
      | Namespace dev-backend  |
      | Namespace dev-frontend |
    And these have come to the cluster and nothing else:
      | object                 |
      | Namespace dev-frontend |

  @id:forgotten-in-the-list
  @unit:namespaces/step-2
  Scenario: A namespace that the list forgets is not applied, and nothing complains
    When the engineer follows step 1 of "namespaces"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone
    And block "verify-dev-frontend" fails with "namespaces "dev-frontend" not found"

  @id:missing
  @unit:namespaces/dependency
  Scenario: A missing namespace is named by what needs it, and the cure needs no more than the namespace
    Given the engineer has written block "dev-frontend-note"
    When the engineer writes block "apps-group-with-dev-frontend-note" and pushes
    Then Kustomization "apps" reports Ready as False with "namespaces "dev-frontend" not found"
    When the engineer writes blocks "dev-frontend-namespace" and "namespaces-group-with-dev-frontend"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "team" in "dev-frontend" holds these:
      | key   | value         |
      | owner | frontend-team |
    And these have come to the cluster and nothing else:
      | object                      |
      | ConfigMap dev-frontend/team |
      | Namespace dev-frontend      |

  @id:tried-again
  @unit:namespaces/dependency
  Scenario: What needs a missing namespace is tried again by itself, without a commit
    Given the engineer has written block "dev-frontend-note"
    When the engineer writes block "apps-group-with-dev-frontend-note" and pushes
    Then Kustomization "apps" reports Ready as False with "namespaces "dev-frontend" not found"
    When the engineer runs block "make-dev-frontend-by-hand"
    Then ConfigMap "team" in "dev-frontend" of "platform-core-dev-aks" comes to hold "owner" as "frontend-team"
    And every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                      |
      | ConfigMap dev-frontend/team |
      | Namespace dev-frontend      |

  @id:dependency
  @unit:namespaces/dependency @unit:troubleshooting/depends-on
  Scenario: With dependsOn nothing is tried before the namespaces are there
    Given the engineer has written these blocks:
      | block                              |
      | dev-frontend-namespace-misnamed    |
      | namespaces-group-with-dev-frontend |
      | dev-frontend-note                  |
      | apps-group-with-dev-frontend-note  |
    When the engineer writes block "kustomizations-baseline" and pushes
    Then Kustomization "infra-namespaces" reports Ready as False with "Namespace "Dev_Frontend" is invalid"
    And Kustomization "infra-helm-repositories" reports Ready as False with "dependency 'flux-system/infra-namespaces' is not ready"
    And Kustomization "apps" reports Ready as False with "dependency 'flux-system/infra-namespaces' is not ready"
    And Kustomization "infra-helm-repositories" has not tried the pushed commit
    And Kustomization "apps" has not tried the pushed commit
    When the engineer writes block "dev-frontend-namespace" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "team" in "dev-frontend" holds "owner" as "frontend-team"

  @id:removal
  @unit:namespaces/removal
  Scenario: A namespace that disappears from Git takes everything in it along
    Given the engineer has written blocks "dev-frontend-namespace" and "namespaces-group-with-dev-frontend"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    And the engineer has run block "put-something-into-dev-frontend"
    And ConfigMap "by-hand" in "dev-frontend" holds "made" as "by-hand"
    When the engineer runs block "remove-dev-frontend-namespace"
    And the engineer writes block "namespaces-group" and pushes
    Then the monorepo has no file "flux-config/clusters/platform-core-dev-aks/infrastructure/namespaces/dev-frontend-ns.yaml" any more
    And Namespace "dev-frontend" goes away with all that was in it
    And every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone
