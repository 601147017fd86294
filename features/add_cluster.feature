Feature: Adding a new cluster
  A second cluster is a second folder in the same repository and a Flux of its own. The first cluster
  goes on as before. What looks like a small slip on the way, a path, a key, two copied files, gives a
  cluster that is Ready and wrong.

  Background:
    Given a sandbox at the baseline
    And an empty cluster "platform-core-stg-aks" beside the first

  @id:followed-to-the-letter
  @unit:add-cluster/step-1 @unit:add-cluster/step-2 @unit:add-cluster/step-3
  @unit:add-cluster/step-4 @unit:add-cluster/step-5
  Scenario: Following the five steps brings up the second cluster and leaves the first alone
    Given the objects of "platform-core-dev-aks" are noted
    When the engineer follows steps 1 to 4 of "add-cluster"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And block "verify-stg" shows "apps" as Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "staging-team"
    And no Kustomization of "platform-core-stg-aks" applies a path outside the folder of its cluster
    And "platform-core-stg-aks" logs in to Git with the key that was made for it
    And Kustomization "apps" of "platform-core-stg-aks" owns these and nothing else:
      | object                          |
      | ConfigMap flux-system/apps-note |
    And the noted objects of "platform-core-dev-aks" are the same at the pushed commit
    When Kustomization "apps" of "platform-core-stg-aks" is held back
    Then block "verify-stg" shows "apps" as suspended and Ready

  @id:each-follows-its-own-overlay
  @unit:add-cluster/step-2 @unit:update-component/step-2-configmap
  Scenario: A change below one cluster's folder stays in that cluster
    Given the engineer has followed steps 1 to 4 of "add-cluster"
    When the engineer writes block "apps-note-new-owner" and pushes
    Then every Flux object of "platform-core-dev-aks" is Ready at the pushed commit
    And every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And no Kustomization of "platform-core-stg-aks" applies a path outside the folder of its cluster
    And ConfigMap "apps-note" in "flux-system" of "platform-core-dev-aks" comes to hold "owner" as "web-team"
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "staging-team"
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" has these entries and no others:
      | entry |
      | owner |

  @id:main-entry-as-copied
  @unit:add-cluster/step-2
  Scenario: With the main entry as it was copied everything is Ready, and the first cluster's tree runs
    Given the engineer has followed steps 1 to 4 of "add-cluster" without block "point-to-the-new-tree"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And block "list-kustomizations-of-stg" shows "apps" as Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "platform-team"

  @id:placeholder-forgotten
  @unit:add-cluster/step-1
  Scenario: Without a file that stands in for gotk-sync.yaml bootstrap cannot build the folder
    Given the engineer has followed steps 1 to 3 of "add-cluster" without block "stg-gotk-sync"
    When the engineer runs blocks "use-stg" and "make-key-for-stg"
    Then block "bootstrap-stg" fails with "gotk-sync.yaml"

  @id:bootstrap-path-as-written @erratum:bootstrap-path @as-written
  @unit:add-cluster/bootstrap-path
  Scenario: With the path as written Flux is Ready and applies nothing of the team's
    Given the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    When the engineer runs blocks "bootstrap-stg-short-path" and "pull-after-bootstrap"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And block "list-kustomizations-of-stg" lists "flux-system" and nothing else
    And there is no ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks"
    And the monorepo has a file "clusters/platform-core-stg-aks/flux-system/flux-system/gotk-sync.yaml"

  @id:bootstrap-path-corrected @erratum:bootstrap-path @corrected
  @unit:add-cluster/bootstrap-path
  Scenario: With the path from the root of the repository Flux applies the team's tree
    Given the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    When the engineer runs blocks "bootstrap-stg" and "pull-after-bootstrap"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And block "list-kustomizations-of-stg" shows "infra-namespaces" as Ready at the pushed commit
    And block "list-kustomizations-of-stg" shows "infra-helm-repositories" as Ready at the pushed commit
    And block "list-kustomizations-of-stg" shows "apps" as Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "staging-team"
    And the monorepo has a file "flux-config/clusters/platform-core-stg-aks/flux-system/gotk-sync.yaml"

  @id:bootstrap-path-way-out
  @unit:add-cluster/bootstrap-path
  Scenario: Out of a wrong path: Flux goes, the second tree goes, and bootstrap begins anew
    Given the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    And the engineer has run block "bootstrap-stg-short-path"
    Then block "bootstrap-stg" fails with "would overwrite path"
    When the engineer runs block "leave-the-wrong-path"
    And the engineer runs blocks "bootstrap-stg" and "pull-after-bootstrap"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And block "list-kustomizations-of-stg" shows "apps" as Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "staging-team"
    And the monorepo has nothing below "clusters/"

  @id:bootstrap-commits-to-main
  @unit:add-cluster/step-4
  Scenario: Bootstrap commits to main, and a push without its commit is refused
    Given the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    And the engineer has run block "bootstrap-stg"
    When the engineer writes block "apps-note-new-owner"
    Then block "commit-and-push" fails with "rejected"
    When the engineer runs block "rebase-after-bootstrap"
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" comes to hold "owner" as "web-team"

  @id:shared-key-file-as-written @erratum:shared-key-file @as-written
  @unit:add-cluster/shared-key
  Scenario: With one key file for both, removing the deploy key cuts off both clusters
    Given the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run block "use-stg"
    When the engineer runs blocks "bootstrap-stg-with-first-key" and "pull-after-bootstrap"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And the monorepo has 1 deploy key
    When somebody removes the deploy keys of the monorepo
    Then "platform-core-dev-aks" and "platform-core-stg-aks" are cut off from Git

  @id:shared-key-file-corrected @erratum:shared-key-file @corrected
  @unit:add-cluster/shared-key
  Scenario: With a key of its own, removing the second cluster's deploy key leaves the first alone
    Given the engineer has followed steps 1 to 4 of "add-cluster"
    Then the monorepo has 2 deploy keys, none of which may push
    When somebody removes the deploy key of "platform-core-stg-aks"
    Then "platform-core-stg-aks" is cut off from Git
    And a pushed change of block "apps-note-new-owner" reaches the cluster

  @id:copied-gotk-files
  @unit:add-cluster/copied-gotk
  Scenario: With copied gotk files the second cluster runs the first one's configuration
    Given the engineer has followed steps 1 to 2 of "add-cluster"
    And the engineer has run blocks "copy-gotk-files" and "push-the-new-tree"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    Then block "bootstrap-stg" fails with "would overwrite path"
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "platform-team"
    And every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
