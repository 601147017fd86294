Feature: Helm repositories
  A chart repository is an object in flux-system. Flux fetches its index, says so, and says it just as
  clearly when the index cannot be fetched.

  Background:
    Given a sandbox at the baseline

  @id:helm-repository-v1beta2-corrected @erratum:helm-repository-v1beta2 @corrected
  @unit:helm-repositories/step-1 @unit:helm-repositories/step-2 @unit:helm-repositories/step-3
  Scenario: A repository written with v1 is Ready with the index that its URL serves
    When the engineer follows steps 1 to 2 of "helm-repositories"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRepository "jetstack" reports Ready as True with "stored artifact"
    And HelmRepository "jetstack" stands at the digest of the index that is served
    And block "verify-helm-repositories" shows "jetstack" as Ready with "stored artifact"
    And block "reconcile-jetstack" has HelmRepository "jetstack" look again
    And block "reconcile-jetstack" tells of "fetched revision"
    And these have come to the cluster and nothing else:
      | object                              |
      | HelmRepository flux-system/jetstack |

  @id:forgotten-in-the-list
  @unit:helm-repositories/step-2
  Scenario: A repository that the list forgets is not applied
    When the engineer follows step 1 of "helm-repositories"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone

  @id:helm-repository-v1beta2-as-written @erratum:helm-repository-v1beta2 @as-written
  @unit:helm-repositories/step-1
  Scenario: A repository written with v1beta2 is not made, and its group is not Ready
    Given the engineer has followed steps 1 to 2 of "helm-repositories"
    When the engineer writes block "jetstack-repository-v1beta2" and pushes
    Then Kustomization "infra-helm-repositories" reports Ready as False with "no matches for kind "HelmRepository" in version "source.toolkit.fluxcd.io/v1beta2""
    And there is no HelmRepository "jetstack" in "flux-system"

  @id:wrong-url
  @unit:helm-repositories/wrong-url
  Scenario: A wrong URL shows in the status of the repository, and the next commit cures it
    Given the engineer has followed steps 1 to 2 of "helm-repositories"
    When the engineer writes block "jetstack-repository-wrong-url" and pushes
    Then Kustomization "infra-helm-repositories" has applied the pushed commit
    And HelmRepository "jetstack" reports Ready as False with "404"
    And block "show-jetstack" tells of "failed to fetch Helm repository index"
    And these have come to the cluster and nothing else:
      | object                              |
      | HelmRepository flux-system/jetstack |
    When the engineer writes block "jetstack-repository" and pushes
    Then every Flux object is Ready at the pushed commit
