Feature: Repository structure
  One repository holds the configuration of every cluster. Flux begins at one file, the main entry of
  the cluster, and applies what that file names, nothing less and nothing more. Bases are shared,
  overlays belong to one cluster, and Git always wins.

  Background:
    Given a sandbox at the baseline

  @id:tree
  @unit:repository-structure/main-entry @unit:repository-structure/kustomizations
  @unit:repository-structure/groups
  Scenario: The tree of the page is the tree of a fresh repository
    Then the first commit of the monorepo holds these blocks and nothing else:
      | block                     |
      | cluster-kustomization     |
      | flux-system-kustomization |
      | gotk-components           |
      | gotk-sync                 |
      | kustomizations-baseline   |
      | namespaces-group          |
      | dev-backend-namespace     |
      | helm-repositories-group   |
      | ingress-nginx-repository  |
      | apps-group                |
      | apps-note                 |

  @id:gotk-location-corrected @erratum:gotk-location @corrected
  @unit:repository-structure/gotk-files @unit:repository-structure/main-entry
  Scenario: Bootstrapped with the cluster's folder, the gotk files lie beside the main entry
    Then since the first commit "Flux" and nobody else has changed the monorepo
    And these are the files that have changed:
      | file                                                                        |
      | flux-config/clusters/platform-core-dev-aks/flux-system/gotk-components.yaml |
      | flux-config/clusters/platform-core-dev-aks/flux-system/gotk-sync.yaml       |

  @id:gotk-location-as-written @erratum:gotk-location @as-written @slow
  @unit:repository-structure/gotk-files
  Scenario: Bootstrapped with the folder flux-system, the gotk files lie one flux-system deeper
    Given an empty cluster "platform-core-stg-aks" beside the first
    And the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    When the engineer runs blocks "bootstrap-stg-into-flux-system" and "pull-after-bootstrap"
    Then the monorepo has a file "flux-config/clusters/platform-core-stg-aks/flux-system/flux-system/gotk-sync.yaml"
    And the monorepo has a file "flux-config/clusters/platform-core-stg-aks/flux-system/flux-system/gotk-components.yaml"

  @id:main-entry-drives-everything
  @unit:repository-structure/main-entry @unit:repository-structure/kustomizations
  Scenario: The main entry drives everything, and each object has one owner
    Then Kustomization "flux-system" owns these and no other Kustomizations:
      | object                                            |
      | Kustomization flux-system/apps                    |
      | Kustomization flux-system/flux-system             |
      | Kustomization flux-system/infra-helm-repositories |
      | Kustomization flux-system/infra-namespaces        |
    And Kustomization "infra-namespaces" owns these and nothing else:
      | object                |
      | Namespace dev-backend |
    And Kustomization "infra-helm-repositories" owns these and nothing else:
      | object                                   |
      | HelmRepository flux-system/ingress-nginx |
    And Kustomization "apps" owns these and nothing else:
      | object                          |
      | ConfigMap flux-system/apps-note |
    And no object has two owners
    And Kustomization "infra-namespaces" reports Healthy as True

  @id:unnamed-group
  @unit:repository-structure/groups
  Scenario: A group that the main entry does not name is not applied
    Given the engineer has written blocks "team-notes-group" and "on-call-note"
    And the engineer has committed and pushed
    Then every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone
    When the engineer adds block "team-notes-entry" and pushes
    Then every Flux object is Ready at the pushed commit
    And Kustomization "infra-team-notes" reports Healthy as True
    And ConfigMap "on-call-note" in "flux-system" holds these:
      | key      | value         |
      | weekdays | platform-team |
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | Kustomization flux-system/infra-team-notes |

  @id:outside-the-tree
  @unit:repository-structure/groups
  Scenario: A manifest outside the cluster's folder reaches no cluster before a list names it
    When the engineer writes block "note-outside"
    And the engineer commits and pushes
    Then the monorepo has a file "flux-config/notes/stray-note.yaml"
    And every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone
    When the engineer writes block "apps-group-with-stray-note" and pushes
    Then every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                           |
      | ConfigMap flux-system/stray-note |

  @id:what-flux-applies
  @unit:repository-structure/what-flux-applies @unit:repository-structure/main-entry
  Scenario: Without the cluster's own kustomization.yaml Flux would own everything below it
    Given the desk reaches no cluster
    Then block "build-what-flux-applies" prints a Kustomization named "apps"
    And block "build-what-flux-applies" prints a Deployment named "source-controller"
    And block "build-what-flux-applies" prints no Namespace named "dev-backend"
    And block "build-what-flux-applies" prints no ConfigMap named "apps-note"
    And block "build-what-flux-applies" prints no HelmRepository named "ingress-nginx"
    When the engineer runs block "remove-cluster-kustomization"
    Then block "build-what-flux-applies" prints a Namespace named "dev-backend"
    And block "build-what-flux-applies" prints a ConfigMap named "apps-note"
    And block "build-what-flux-applies" prints a HelmRepository named "ingress-nginx"

  @id:changed-by-hand
  @unit:repository-structure/source-of-truth
  Scenario: What somebody changes by hand is put back at the next interval
    Given the engineer has written block "flux-system-kustomization-impatient"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    Then block "change-note-by-hand" tells of "nobody"
    And ConfigMap "apps-note" in "flux-system" comes to hold "owner" as "platform-team" again
    And no other Kustomization than "apps" is reconciled every "5s"
    And nothing has come to the cluster and nothing is gone

  @id:deleted-by-hand
  @unit:repository-structure/source-of-truth
  Scenario: What somebody deletes by hand is there again once reconciled, and nothing else was deleted
    Given the engineer has written and pushed these blocks:
      | block            |
      | team-notes-group |
      | on-call-note     |
      | team-notes-entry |
    And every Flux object is Ready at the pushed commit
    When the engineer runs block "delete-note-by-hand"
    Then there is no ConfigMap "apps-note" in "flux-system"
    When the engineer runs block "reconcile-apps"
    Then ConfigMap "apps-note" in "flux-system" holds "owner" as "platform-team"
    And ConfigMap "on-call-note" in "flux-system" holds "weekdays" as "platform-team"
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | Kustomization flux-system/infra-team-notes |

  @id:removed-from-git
  @unit:repository-structure/source-of-truth
  Scenario: What disappears from Git disappears from the cluster
    Given the engineer has written blocks "team-note" and "apps-group-with-team-note"
    And the engineer has followed steps 1 to 2 of "helm-repositories"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    And ConfigMap "team-note" in "flux-system" holds "team" as "checkout"
    Then these have come to the cluster and nothing else:
      | object                              |
      | ConfigMap flux-system/team-note     |
      | HelmRepository flux-system/jetstack |
    When the engineer runs block "remove-team-note"
    And the engineer writes blocks "apps-group" and "helm-repositories-group" and pushes
    Then the monorepo has no file "flux-config/clusters/platform-core-dev-aks/apps/team-note.yaml" any more
    And the monorepo has a file "flux-config/clusters/platform-core-dev-aks/infrastructure/helm-repositories/jetstack-hr.yaml"
    And ConfigMap "team-note" in "flux-system" goes away
    And HelmRepository "jetstack" in "flux-system" goes away
    And every Kustomization prunes what disappears
    And every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone

  @id:base-reaches-every-cluster
  @unit:repository-structure/bases-and-overlays
  Scenario: A change of the base reaches every cluster that uses it
    Given the engineer has written these blocks:
      | block                          |
      | shared-note-base               |
      | shared-note-base-kustomization |
      | shared-note-dev                |
      | shared-note-stg                |
      | apps-group-with-shared-note    |
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "shared-note" in "flux-system" holds these:
      | key      | value |
      | greeting | hello |
      | stage    | dev   |
    And block "build-shared-note-stg" tells of "greeting: hello"
    When the engineer writes block "shared-note-base-changed" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "shared-note" in "flux-system" holds these:
      | key      | value   |
      | greeting | welcome |
      | stage    | dev     |
    And block "build-shared-note-dev" tells of "greeting: welcome"
    And block "build-shared-note-stg" tells of these:
      | words             |
      | greeting: welcome |
      | stage: stg        |
    And these have come to the cluster and nothing else:
      | object                            |
      | ConfigMap flux-system/shared-note |

  @id:overlay-reaches-its-own-cluster
  @unit:repository-structure/bases-and-overlays
  Scenario: A change of an overlay reaches its own cluster only
    Given the engineer has written these blocks:
      | block                          |
      | shared-note-base               |
      | shared-note-base-kustomization |
      | shared-note-dev                |
      | shared-note-stg                |
      | apps-group-with-shared-note    |
    And what block "build-shared-note-stg" prints is noted
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "shared-note" in "flux-system" holds these:
      | key      | value |
      | greeting | hello |
      | stage    | dev   |
    When the engineer writes block "shared-note-dev-changed" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "shared-note" in "flux-system" holds these:
      | key      | value         |
      | greeting | hello         |
      | motto    | measure twice |
      | stage    | dev           |
    And block "build-shared-note-stg" prints what was noted

  @id:base-reaches-two-clusters @slow
  @unit:repository-structure/bases-and-overlays
  Scenario: Two clusters, one base: a change of it arrives in both
    Given an empty cluster "platform-core-stg-aks" beside the first
    And the engineer has followed steps 1 to 4 of "add-cluster"
    And the engineer has written these blocks:
      | block                           |
      | shared-note-base                |
      | shared-note-base-kustomization  |
      | shared-note-dev                 |
      | shared-note-stg                 |
      | apps-group-with-shared-note     |
      | apps-group-with-shared-note-stg |
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And ConfigMap "shared-note" in "flux-system" of "platform-core-dev-aks" holds these:
      | key      | value |
      | greeting | hello |
      | stage    | dev   |
    And ConfigMap "shared-note" in "flux-system" of "platform-core-stg-aks" holds these:
      | key      | value |
      | greeting | hello |
      | stage    | stg   |
    When the engineer writes block "shared-note-base-changed" and pushes
    Then every Flux object is Ready at the pushed commit
    And every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And ConfigMap "shared-note" in "flux-system" of "platform-core-dev-aks" holds these:
      | key      | value   |
      | greeting | welcome |
      | stage    | dev     |
    And ConfigMap "shared-note" in "flux-system" of "platform-core-stg-aks" holds these:
      | key      | value   |
      | greeting | welcome |
      | stage    | stg     |
