Feature: What other teams ran into
  Other teams have told of these faults in public. Each is made on purpose, shows itself in the words
  that the page has for it, and is over once its cure was applied; where Flux says nothing, the
  scenario looks at what the page says to look at.

  Background:
    Given a sandbox at the baseline

  @id:suspended-and-forgotten
  @unit:troubleshooting-others/suspended @unit:troubleshooting-others/reconcile-suspended
  Scenario: What is suspended stays Ready, lets no commit through and refuses to be reconciled
    Given the engineer has run block "suspend-apps"
    When the engineer writes block "apps-group-with-forgotten-file" and pushes
    And the engineer writes blocks "apps-group" and "apps-note-new-owner" and pushes
    Then Kustomization "flux-system" has applied the pushed commit
    And block "look-at-apps" shows "apps" as suspended and Ready
    And block "reconcile-suspended-apps" fails with "resource is suspended"
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "platform-team"
    When the engineer runs block "resume-apps"
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "web-team"
    And nothing has come to the cluster and nothing is gone

  @id:variable-not-set
  @unit:troubleshooting-others/variable-not-set
  Scenario: A variable that only the script knows is refused until its dollar is doubled
    Given the engineer has written blocks "backup-entry" and "backup-script-own-variable" and pushed
    Then Kustomization "backup" reports Ready as False with "envsubst error: variable substitution failed: variable not set (strict mode): "file""
    And block "look-at-backup" shows "backup" as not Ready with "variable not set (strict mode): "file""
    And there is no ConfigMap "backup-script" in "dev-backend"
    When the engineer writes block "backup-script" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-backup-script" tells of "cp "${file}" "${TARGET:-/backup}/dev""
    And ConfigMap "backup-script" in "dev-backend" has these entries and no others:
      | entry     |
      | backup.sh |
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                              |
      | ConfigMap dev-backend/backup-script |
      | Kustomization flux-system/backup    |

  @id:variable-eaten
  @unit:troubleshooting-others/variable-eaten
  Scenario: A variable with a default is eaten without a word until its dollar is doubled
    Given the engineer has written and pushed these blocks:
      | block                      |
      | backup-entry               |
      | backup-script-own-variable |
      | backup-script-eaten        |
    Then every Flux object is Ready at the pushed commit
    And block "look-at-backup" shows "backup" as Ready at the pushed commit
    And block "show-backup-script" tells of "cp "$file" "/backup/dev""
    When the engineer writes blocks "backup-script-own-variable" and "backup-script" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-backup-script" tells of "cp "${file}" "${TARGET:-/backup}/dev""
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                              |
      | ConfigMap dev-backend/backup-script |
      | Kustomization flux-system/backup    |

  @id:folder-removed
  @unit:troubleshooting-others/folder-removed
  Scenario: Without its folder a Kustomization fails and keeps what it has brought
    Given the engineer has written and pushed these blocks:
      | block            |
      | team-notes-group |
      | on-call-note     |
      | team-notes-entry |
    And every Flux object is Ready at the pushed commit
    When the engineer runs block "remove-team-notes-folder"
    And the engineer commits and pushes
    Then Kustomization "infra-team-notes" reports Ready as False with "kustomization path not found"
    And block "look-at-team-notes" shows "infra-team-notes" as not Ready with "no such file or directory"
    And ConfigMap "on-call-note" in "flux-system" holds "weekdays" as "platform-team"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | Kustomization flux-system/infra-team-notes |
    When the engineer writes block "kustomizations-baseline" and pushes
    Then ConfigMap "on-call-note" in "flux-system" goes away
    And every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone

  @id:immutable-field
  @unit:troubleshooting-others/immutable
  Scenario: A field that is immutable is changed by making the object again
    Given the engineer has written blocks "web-entry" and "web-deployment" and pushed
    And every Flux object is Ready at the pushed commit
    And what block "identity-of-web" prints is noted
    When the engineer writes block "web-deployment-other-selector" and pushes
    Then Kustomization "web" reports Ready as False with "field is immutable"
    And block "look-at-web" shows "web" as not Ready with "Deployment/dev-backend/web dry-run failed (Invalid)"
    And block "identity-of-web" prints what was noted
    And Deployment "web" in "dev-backend" has 1 ready replica
    When the engineer writes block "web-deployment-forced" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-web" prints something else than was noted
    And Deployment "web" in "dev-backend" asks for these:
      | field                    | is   |
      | selector.matchLabels.app | shop |
    And Deployment "web" in "dev-backend" has 1 ready replica
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                        |
      | Deployment dev-backend/web    |
      | Kustomization flux-system/web |

  @id:retries-exceeded
  @unit:troubleshooting-others/retries-exceeded
  Scenario: A release that was given up is tried again with --reset, and once more with --force
    Given the engineer has run blocks "freeze-services" and "make-quota-of-team"
    And the engineer has written and pushed these blocks:
      | block                 |
      | shop-entry            |
      | shop-chart-repository |
      | shop-release          |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "exceeded quota: freeze"
    And block "describe-shop" comes to tell of "RetriesExceeded"
    And HelmRelease "shop" in "dev-backend" reports Stalled as True with "Failed to install after 1 attempt(s)"
    When the engineer runs block "unfreeze-services"
    Then block "reconcile-shop-release" fails with "Failed to install after 1 attempt(s)"
    When the engineer runs block "reset-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v2"
    And every Flux object is Ready at the pushed commit
    When the engineer runs block "reset-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v2"
    When the engineer runs block "force-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v3"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                        |
      | Deployment dev-backend/shop-podinfo           |
      | HelmChart flux-system/dev-backend-shop        |
      | HelmRelease dev-backend/shop                  |
      | HelmRepository flux-system/podinfo            |
      | Kustomization flux-system/shop                |
      | ResourceQuota dev-backend/team                |
      | Secret dev-backend/sh.helm.release.v1.shop.v1 |
      | Secret dev-backend/sh.helm.release.v1.shop.v2 |
      | Secret dev-backend/sh.helm.release.v1.shop.v3 |
      | Service dev-backend/shop-podinfo              |

  @id:release-depends-on-kustomization
  @unit:troubleshooting-others/depends-on-another-kind
  Scenario: A release that names a Kustomization looks for a release, the Kustomization around it waits for that one
    Given the engineer has written and pushed these blocks:
      | block                   |
      | shop-entry              |
      | shop-chart-repository   |
      | shop-release            |
      | shop-release-after-apps |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "unable to get 'flux-system/apps' dependency: helmreleases.helm.toolkit.fluxcd.io "apps" not found"
    And block "look-at-shop" shows "shop" as not Ready with "helmreleases.helm.toolkit.fluxcd.io "apps" not found"
    And block "list-releases" says nothing of "shop"
    When the engineer writes blocks "kustomizations-baseline" and "shop-entry-after-apps" and pushes
    Then Kustomization "flux-system" has applied the pushed commit
    When the engineer writes block "shop-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And Kustomization "shop" has waited for "apps"
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                        |
      | Deployment dev-backend/shop-podinfo           |
      | HelmChart flux-system/dev-backend-shop        |
      | HelmRelease dev-backend/shop                  |
      | HelmRepository flux-system/podinfo            |
      | Kustomization flux-system/shop                |
      | Secret dev-backend/sh.helm.release.v1.shop.v1 |
      | Service dev-backend/shop-podinfo              |

  @id:suspended-release-removed
  @unit:troubleshooting-others/suspended-release-removed
  Scenario: What a suspended release has made stays when the release goes from Git
    Given the engineer has written and pushed these blocks:
      | block                 |
      | shop-entry            |
      | shop-chart-repository |
      | shop-release          |
      | till-entry            |
      | till-group            |
      | till-release          |
      | till-chart            |
      | till-template         |
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "shop" in "dev-backend" reports Ready as True with "podinfo@6.9.2"
    When the engineer runs block "suspend-shop"
    And the engineer writes blocks "kustomizations-baseline" and "till-entry" and pushes
    Then HelmRelease "shop" in "dev-backend" goes away
    And every Flux object is Ready at the pushed commit
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
    And block "list-releases" tells of "shop dev-backend 1"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                        |
      | ConfigMap dev-backend/till-note               |
      | Deployment dev-backend/shop-podinfo           |
      | HelmChart flux-system/dev-backend-shop        |
      | HelmChart flux-system/dev-backend-till        |
      | HelmRelease dev-backend/till                  |
      | Kustomization flux-system/till                |
      | Secret dev-backend/sh.helm.release.v1.shop.v1 |
      | Secret dev-backend/sh.helm.release.v1.till.v1 |
      | Service dev-backend/shop-podinfo              |
    When the engineer runs block "uninstall-shop"
    Then Deployment "shop-podinfo" in "dev-backend" goes away
    And block "list-releases" says nothing of "shop"
    And these have come to the cluster and nothing else:
      | object                                        |
      | ConfigMap dev-backend/till-note               |
      | HelmChart flux-system/dev-backend-till        |
      | HelmRelease dev-backend/till                  |
      | Kustomization flux-system/till                |
      | Secret dev-backend/sh.helm.release.v1.till.v1 |
    And nothing that was there before is gone

  @id:resumed-release-removed
  @unit:troubleshooting-others/suspended-release-removed
  Scenario: A release that was resumed before it goes from Git takes everything along
    Given the engineer has written and pushed these blocks:
      | block                 |
      | shop-entry            |
      | shop-chart-repository |
      | shop-release          |
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "shop" in "dev-backend" reports Ready as True with "podinfo@6.9.2"
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
    Given the engineer has run block "suspend-shop"
    When the engineer runs block "resume-shop"
    And the engineer writes block "kustomizations-baseline" and pushes
    Then HelmRelease "shop" in "dev-backend" goes away
    And every Flux object is Ready at the pushed commit
    And block "list-releases" says nothing of "shop"
    And nothing has come to the cluster and nothing is gone

  @id:substitute-from-missing
  @unit:troubleshooting-others/substitute-from
  Scenario: Variables from a ConfigMap that is not there keep everything back until it comes
    Given the engineer has written and pushed these blocks:
      | block                          |
      | team-notes-group               |
      | on-call-note                   |
      | team-notes-entry-with-settings |
    Then Kustomization "infra-team-notes" reports Ready as False with "substitute from 'ConfigMap/team-settings' error: configmaps "team-settings" not found"
    And there is no ConfigMap "on-call-note" in "flux-system"
    When the engineer runs block "make-team-settings"
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "on-call-note" in "flux-system" holds "weekdays" as "platform-team"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | ConfigMap flux-system/team-settings        |
      | Kustomization flux-system/infra-team-notes |

  @id:substitute-from-optional
  @unit:troubleshooting-others/substitute-from
  Scenario: Without any variable nothing is replaced, not even what has a default
    Given the engineer has written and pushed these blocks:
      | block                          |
      | team-notes-group               |
      | on-call-note                   |
      | on-call-note-with-default      |
      | team-notes-entry-with-settings |
      | team-notes-entry-optional      |
    Then every Flux object is Ready at the pushed commit
    And there is no ConfigMap "team-settings" in "flux-system"
    And ConfigMap "on-call-note" in "flux-system" holds "weekdays" as "${team:=platform-team}"
    When the engineer runs block "make-team-settings"
    And the engineer runs block "reconcile-team-notes"
    Then ConfigMap "on-call-note" in "flux-system" holds "weekdays" as "platform-team"
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | ConfigMap flux-system/team-settings        |
      | Kustomization flux-system/infra-team-notes |

  @id:moved-and-deleted
  @unit:troubleshooting-others/moved
  Scenario: An object that moves in one commit is deleted where the old Kustomization comes first
    Given the engineer has written and pushed these blocks:
      | block                     |
      | team-note                 |
      | apps-group-with-team-note |
      | team-notes-group          |
      | on-call-note              |
      | team-notes-entry          |
    And every Flux object is Ready at the pushed commit
    And ConfigMap "team-note" in "flux-system" holds "team" as "checkout"
    And what block "identity-of-team-note" prints is noted
    And Kustomization "infra-team-notes" is held back
    When the engineer runs block "remove-team-note"
    And the engineer writes these blocks:
      | block                           |
      | apps-group                      |
      | team-notes-group-with-team-note |
      | team-note-moved                 |
    And the engineer commits and pushes
    Then ConfigMap "team-note" in "flux-system" goes away
    And block "log-of-apps" comes to tell of "ConfigMap/flux-system/team-note deleted"
    When Kustomization "infra-team-notes" is let go
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-team-note" prints something else than was noted
    And ConfigMap "team-note" in "flux-system" holds "team" as "checkout"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | ConfigMap flux-system/team-note            |
      | Kustomization flux-system/infra-team-notes |

  @id:moved-and-kept
  @unit:troubleshooting-others/moved
  Scenario: With pruning disabled before it moves, the object stays the same
    Given the engineer has written and pushed these blocks:
      | block                     |
      | team-note                 |
      | team-note-kept            |
      | apps-group-with-team-note |
      | team-notes-group          |
      | on-call-note              |
      | team-notes-entry          |
    And every Flux object is Ready at the pushed commit
    And what block "identity-of-team-note" prints is noted
    And Kustomization "infra-team-notes" is held back
    When the engineer runs block "remove-team-note"
    And the engineer writes these blocks:
      | block                           |
      | apps-group                      |
      | team-notes-group-with-team-note |
      | team-note-moved                 |
    And the engineer commits and pushes
    Then Kustomization "apps" has applied the pushed commit
    And block "identity-of-team-note" prints what was noted
    When Kustomization "infra-team-notes" is let go
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-team-note" prints what was noted
    And Kustomization "infra-team-notes" owns these and nothing else:
      | object                             |
      | ConfigMap flux-system/on-call-note |
      | ConfigMap flux-system/team-note    |
    And ConfigMap "team-note" in "flux-system" holds "team" as "checkout"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap flux-system/on-call-note         |
      | ConfigMap flux-system/team-note            |
      | Kustomization flux-system/infra-team-notes |

  @id:renamed-and-deleted
  @unit:troubleshooting-others/renamed
  Scenario: A Kustomization of another name deletes what the old one has applied
    Given the engineer has written and pushed these blocks:
      | block            |
      | team-notes-group |
      | on-call-note     |
      | team-notes-entry |
    And every Flux object is Ready at the pushed commit
    And ConfigMap "on-call-note" in "flux-system" holds "weekdays" as "platform-team"
    And what block "identity-of-on-call-note" prints is noted
    And Kustomization "infra-namespaces" is held back
    When the engineer writes blocks "kustomizations-baseline" and "team-notes-entry-renamed" and pushes
    Then ConfigMap "on-call-note" in "flux-system" goes away
    And block "events-of-team-notes" comes to tell of "ConfigMap/flux-system/on-call-note deleted"
    And block "events-of-team-notes" says nothing of "stored artifact for commit"
    When Kustomization "infra-namespaces" is let go
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-on-call-note" prints something else than was noted
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                               |
      | ConfigMap flux-system/on-call-note   |
      | Kustomization flux-system/team-notes |

  @id:renamed-and-kept
  @unit:troubleshooting-others/renamed
  Scenario: With the policy Orphan before it is renamed, its objects stay the same
    Given the engineer has written and pushed these blocks:
      | block                   |
      | team-notes-group        |
      | on-call-note            |
      | team-notes-entry        |
      | team-notes-entry-orphan |
    And every Flux object is Ready at the pushed commit
    Then Kustomization "infra-team-notes" owns these and nothing else:
      | object                             |
      | ConfigMap flux-system/on-call-note |
    And Kustomization "infra-team-notes" in "flux-system" asks for these:
      | field          | is     |
      | prune          | true   |
      | deletionPolicy | Orphan |
    Given what block "identity-of-on-call-note" prints is noted
    And Kustomization "infra-namespaces" is held back
    When the engineer writes blocks "kustomizations-baseline" and "team-notes-entry-renamed" and pushes
    Then Kustomization "infra-team-notes" in "flux-system" goes away
    And block "identity-of-on-call-note" prints what was noted
    When Kustomization "infra-namespaces" is let go
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-on-call-note" prints what was noted
    And Kustomization "team-notes" owns these and nothing else:
      | object                             |
      | ConfigMap flux-system/on-call-note |
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                               |
      | ConfigMap flux-system/on-call-note   |
      | Kustomization flux-system/team-notes |

  @id:two-owners
  @unit:troubleshooting-others/two-owners
  Scenario: An object with two owners changes with each of them, and stays with the one that keeps it
    Given the engineer has written and pushed these blocks:
      | block                     |
      | twin-entry                |
      | twin-group-with-apps-note |
      | twin-apps-note            |
      | twin-note                 |
    And every Flux object is Ready at the pushed commit
    And what block "identity-of-apps-note" prints is noted
    When the engineer runs block "reconcile-apps"
    Then block "owner-of-apps-note" tells of "platform-team, applied by apps"
    When the engineer runs block "reconcile-twin"
    Then block "owner-of-apps-note" tells of "web-team, applied by twin"
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "web-team"
    And ConfigMap "twin-note" in "flux-system" holds "owner" as "web-team"
    And Kustomization "twin" owns these and nothing else:
      | object                          |
      | ConfigMap flux-system/apps-note |
      | ConfigMap flux-system/twin-note |
    And every Flux object is Ready at the pushed commit
    When the engineer runs block "reconcile-apps"
    And the engineer writes block "twin-group" and pushes
    Then every Flux object is Ready at the pushed commit
    And no object has two owners
    When the engineer runs block "reconcile-twin"
    Then block "owner-of-apps-note" tells of "platform-team, applied by apps"
    And block "identity-of-apps-note" prints what was noted
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                          |
      | ConfigMap flux-system/twin-note |
      | Kustomization flux-system/twin  |
    When somebody deletes ConfigMap "apps-note" in "flux-system"
    And the engineer runs block "reconcile-apps"
    Then block "identity-of-apps-note" prints something else than was noted

  @id:namespace-terminating
  @unit:troubleshooting-others/namespace-terminating
  Scenario: A namespace waits for a finalizer that nobody takes away
    Given the engineer has written and pushed these blocks:
      | block              |
      | old-team-entry     |
      | old-team-namespace |
      | old-team-note      |
    And every Flux object is Ready at the pushed commit
    And ConfigMap "old-note" in "old-team" holds "owner" as "old-team"
    Then no object has two owners
    And these have come to the cluster and nothing else:
      | object                             |
      | ConfigMap old-team/old-note        |
      | Kustomization flux-system/old-team |
      | Namespace old-team                 |
    When the engineer writes block "kustomizations-baseline" and pushes
    Then block "describe-old-team" comes to tell of "Some content in the namespace has finalizers remaining: example.com/backup in 1 resource instances"
    And every Flux object is Ready at the pushed commit
    And block "describe-old-team" tells of these:
      | words                                                            |
      | Terminating                                                      |
      | Some resources are remaining: configmaps. has 1 resource instances |
    And block "finalizers-in-old-team" tells of "old-note ["example.com/backup"]"
    When the engineer runs block "release-old-note"
    Then Namespace "old-team" goes away with all that was in it
    And nothing has come to the cluster and nothing is gone

  @id:secret-not-found
  @unit:troubleshooting-others/secret-not-found
  Scenario: A pod waits for its Secret while its Kustomization is Ready
    Given the engineer has written and pushed these blocks:
      | block                     |
      | web-entry                 |
      | web-deployment            |
      | web-deployment-with-login |
      | shop-entry                |
      | shop-chart-repository     |
      | shop-release              |
    Then every Flux object is Ready at the pushed commit
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
    And block "get-web-pods" comes to tell of "CreateContainerConfigError"
    And block "get-web-pods" says nothing of "shop-podinfo"
    And block "describe-web-pods" comes to tell of "Error: secret "web-login" not found"
    And block "describe-web-pods" says nothing of "shop-podinfo"
    And block "look-at-web" shows "web" as Ready at the pushed commit
    Given the pods of Deployment "web" in "dev-backend" are noted
    When the engineer runs block "make-web-login"
    Then block "get-web-pods" comes to tell of "Running"
    And Deployment "web" in "dev-backend" has 1 ready replica
    And Deployment "web" in "dev-backend" has the pods that were noted
    When the engineer runs block "remove-web-login"
    Then there is no Secret "web-login" in "dev-backend"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                        |
      | Deployment dev-backend/shop-podinfo           |
      | Deployment dev-backend/web                    |
      | HelmChart flux-system/dev-backend-shop        |
      | HelmRelease dev-backend/shop                  |
      | HelmRepository flux-system/podinfo            |
      | Kustomization flux-system/shop                |
      | Kustomization flux-system/web                 |
      | Secret dev-backend/sh.helm.release.v1.shop.v1 |
      | Service dev-backend/shop-podinfo              |

  @id:values-from-not-watched
  @unit:troubleshooting-others/values-from
  Scenario: A release takes note of new values in a ConfigMap that is watched, and of no other
    Given the engineer has written and pushed these blocks:
      | block                          |
      | shop-entry                     |
      | shop-chart-repository          |
      | shop-release                   |
      | shop-release-with-values-from  |
      | cafe-release                   |
      | shop-values-of-one             |
    And every Flux object is Ready at the pushed commit
    Then block "look-at-shop" shows "shop" as Ready with "shop.v1"
    When the engineer writes block "shop-values-of-two" and pushes
    Then Kustomization "shop" has applied the pushed commit
    And HelmRelease "cafe" in "dev-backend" reports Ready as True with "cafe.v2"
    And Deployment "cafe-podinfo" in "dev-backend" has 2 ready replicas
    And block "look-at-shop" shows "shop" as Ready with "shop.v1"
    And Deployment "shop-podinfo" in "dev-backend" has 1 ready replica
    When the engineer runs block "reconcile-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v2"
    And Deployment "shop-podinfo" in "dev-backend" has 2 ready replicas
    When the engineer writes block "shop-values-watched" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Ready as True with "shop.v3"
    And Deployment "shop-podinfo" in "dev-backend" has 3 ready replicas
    And HelmRelease "shop" in "dev-backend" asks for chart version "6.9.2"
    And HelmRelease "cafe" in "dev-backend" asks for chart version "6.9.2"
    And every Flux object is Ready at the pushed commit
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                        |
      | ConfigMap dev-backend/cafe-values             |
      | ConfigMap dev-backend/shop-values             |
      | Deployment dev-backend/cafe-podinfo           |
      | Deployment dev-backend/shop-podinfo           |
      | HelmChart flux-system/dev-backend-cafe        |
      | HelmChart flux-system/dev-backend-shop        |
      | HelmRelease dev-backend/cafe                  |
      | HelmRelease dev-backend/shop                  |
      | HelmRepository flux-system/podinfo            |
      | Kustomization flux-system/shop                |
      | Secret dev-backend/sh.helm.release.v1.cafe.v1 |
      | Secret dev-backend/sh.helm.release.v1.cafe.v2 |
      | Secret dev-backend/sh.helm.release.v1.shop.v1 |
      | Secret dev-backend/sh.helm.release.v1.shop.v2 |
      | Secret dev-backend/sh.helm.release.v1.shop.v3 |
      | Service dev-backend/cafe-podinfo              |
      | Service dev-backend/shop-podinfo              |

  @id:values-from-at-the-interval
  @unit:troubleshooting-others/values-from
  Scenario: What nobody watches a release takes note of at its interval
    Given the engineer has written and pushed these blocks:
      | block                         |
      | shop-entry                    |
      | shop-chart-repository         |
      | shop-release                  |
      | shop-release-with-values-from |
      | shop-release-often            |
      | shop-values-of-one            |
    And every Flux object is Ready at the pushed commit
    Then block "look-at-shop" shows "shop" as Ready with "shop.v1"
    When the engineer writes block "shop-values-of-two" and pushes
    Then HelmRelease "shop" in "dev-backend" reports Ready as True with "shop.v2"
    And Deployment "shop-podinfo" in "dev-backend" has 2 ready replicas
    And every Flux object is Ready at the pushed commit

  @id:chart-without-new-version
  @unit:troubleshooting-others/chart-in-git
  Scenario: A chart in Git is a new one with a new version, or with each commit
    Given the engineer has written and pushed these blocks:
      | block         |
      | till-entry    |
      | till-group    |
      | till-release  |
      | till-chart    |
      | till-template |
    And every Flux object is Ready at the pushed commit
    And ConfigMap "till-note" in "dev-backend" holds "greeting" as "hello"
    When the engineer writes block "till-template-changed" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "reconcile-till-with-source" tells of "fetched revision 1.0.0"
    And ConfigMap "till-note" in "dev-backend" holds "greeting" as "hello"
    When the engineer writes block "till-chart-new-version" and pushes
    Then ConfigMap "till-note" in "dev-backend" of "platform-core-dev-aks" comes to hold "greeting" as "welcome"
    And ConfigMap "till-note" in "dev-backend" holds "greeting" as "welcome"
    And these have come to the cluster and nothing else:
      | object                                        |
      | ConfigMap dev-backend/till-note               |
      | HelmChart flux-system/dev-backend-till        |
      | HelmRelease dev-backend/till                  |
      | Kustomization flux-system/till                |
      | Secret dev-backend/sh.helm.release.v1.till.v1 |
      | Secret dev-backend/sh.helm.release.v1.till.v2 |
    When the engineer writes blocks "till-release-by-revision" and "till-template" and pushes
    Then ConfigMap "till-note" in "dev-backend" of "platform-core-dev-aks" comes to hold "greeting" as "hello"
    And every Flux object is Ready at the pushed commit
    And ConfigMap "till-note" in "dev-backend" holds "greeting" as "hello"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                                        |
      | ConfigMap dev-backend/till-note               |
      | HelmChart flux-system/dev-backend-till        |
      | HelmRelease dev-backend/till                  |
      | Kustomization flux-system/till                |
      | Secret dev-backend/sh.helm.release.v1.till.v1 |
      | Secret dev-backend/sh.helm.release.v1.till.v2 |
      | Secret dev-backend/sh.helm.release.v1.till.v3 |

  @id:token-no-longer-good
  @unit:troubleshooting-others/bootstrap-token
  Scenario Outline: With a token that <state> bootstrap is refused, with a new one it is not
    Given the bootstrap token <state>
    Then block "bootstrap-dev-again" fails with "failed to get Git repository"
    And block "bootstrap-dev-again" fails with "401 {error: invalid_token}, {error_description: <words>}"
    And block "show-own-token" tells of "<words>"
    When the engineer gets a new token with scope "api"
    And the engineer runs block "use-new-token"
    Then block "bootstrap-dev-again" tells of "all components are healthy"
    And a pushed change of block "apps-note-new-owner" reaches the cluster
    And everything fetched since the push was fetched over SSH with the deploy key
    And the deploy key of the project may not push
    And nothing has come to the cluster and nothing is gone

    Examples:
      | state       | words                                                                       |
      | was revoked | Token was revoked. You have to re-authorize from the user.                  |
      | has expired | Token is expired. You can either do re-authorization or token refresh.      |

  @id:token-too-narrow
  @unit:troubleshooting-others/bootstrap-token
  Scenario Outline: With a token for <scope> bootstrap is refused, with one for the API it is not
    Given the engineer gets a new token with scope "<scope>"
    And the engineer has run block "use-new-token"
    Then block "use-bootstrap-token" tells of "refs/heads/main"
    And block "bootstrap-dev-again" fails with "failed to get Git repository"
    And block "bootstrap-dev-again" fails with "403 {error: insufficient_scope}"
    And block "show-own-token" tells of these:
      | words      |
      | scopes     |
      | <scope>    |
      | expires_at |
    When the engineer gets a new token with scope "api"
    And the engineer runs block "use-new-token"
    Then block "bootstrap-dev-again" tells of "all components are healthy"

    Examples:
      | scope            |
      | read_repository  |
      | write_repository |

  @id:protected-branch-push
  @unit:troubleshooting-others/protected-branch
  Scenario: Where nobody may push to main every push is refused, and the engineer's no longer once maintainers may
    Given nobody may push to branch "main"
    When the engineer writes block "apps-note-new-owner"
    Then block "commit-and-push" fails with "GitLab: You are not allowed to push code to protected branches on this project."
    And block "push-what-waits" fails with "pre-receive hook declined"
    And block "show-protected-branches" tells of "No one"
    Given the deploy key of the project may push
    And the engineer has run block "take-key-from-cluster"
    Then block "push-with-deploy-key" fails with "pre-receive hook declined"
    When the engineer runs block "let-maintainers-push"
    Then block "show-protected-branches" tells of ""push_access_levels": [{"access_level": 40, "access_level_description": "Maintainers"}]"
    When the engineer runs block "push-what-waits"
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "web-team"

  @id:protected-branch-bootstrap
  @unit:troubleshooting-others/protected-branch
  Scenario: Where nobody may push to main, bootstrap is refused until maintainers may
    Given an empty cluster "platform-core-stg-aks" beside the first
    And the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    And nobody may push to branch "main"
    Then block "bootstrap-stg" fails with "pre-receive hook declined"
    And block "show-protected-branches" tells of "No one"
    When the engineer runs block "let-maintainers-push"
    And the engineer runs blocks "bootstrap-stg" and "pull-after-bootstrap"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And block "show-protected-branches" says nothing of "No one"

  @id:deploy-key-replaced
  @unit:troubleshooting-others/rotate-key
  Scenario: With the new deploy key added first and the old one removed last, no login of Flux is refused
    Given the deploy key of the project is noted as the old one
    When the engineer runs blocks "make-next-key" and "add-next-deploy-key"
    And the engineer runs block "give-next-key-to-flux"
    Then block "reconcile-git-source" tells of "fetched revision"
    When the engineer writes block "apps-note-new-owner" and pushes
    Then every Flux object is Ready at the pushed commit
    And everything fetched since the push was fetched with another deploy key than the old one
    When the engineer runs block "remove-old-deploy-key"
    Then block "reconcile-git-source" tells of "fetched revision"
    And a pushed change of block "apps-note" reaches the cluster
    And the deploy key of the project is the public half of the key in Secret "flux-system"
    And the deploy key of the project may not push
    And the Git server has refused no key since the old one was noted
    And nothing has come to the cluster and nothing is gone

  @id:deploy-key-removed-too-early
  @unit:troubleshooting-others/rotate-key
  Scenario: With the old deploy key removed first, Flux is cut off until it has the new one
    Given the deploy key of the project is noted as the old one
    When the engineer runs block "remove-old-deploy-key"
    Then GitRepository "flux-system" reports Ready as False with "ssh: unable to authenticate"
    And block "get-git-sources" shows "flux-system" as not Ready with "ssh: unable to authenticate"
    When the engineer runs blocks "make-next-key" and "add-next-deploy-key"
    And the engineer writes block "apps-note-new-owner" and pushes
    Then the log of GitRepository "flux-system" in "flux-system" since the commit says "ssh: unable to authenticate"
    When the engineer runs block "give-next-key-to-flux"
    Then block "reconcile-git-source" tells of "fetched revision"
    And every Flux object is Ready at the pushed commit
    And a pushed change of block "apps-note" reaches the cluster

  @id:deploy-key-unknown-to-the-project
  @unit:troubleshooting-others/rotate-key
  Scenario: With the new key in the cluster first, Flux is cut off until the project has it
    When the engineer runs blocks "make-next-key" and "give-next-key-to-flux"
    Then GitRepository "flux-system" reports Ready as False with "ssh: unable to authenticate"
    When the engineer runs block "add-next-deploy-key"
    Then block "reconcile-git-source" tells of "fetched revision"
    And a pushed change of block "apps-note-new-owner" reaches the cluster

  @id:bootstrap-overtaken
  @unit:troubleshooting-others/overtaken
  Scenario: A bootstrap that another push has overtaken is refused, and comes through the second time
    Given an empty cluster "platform-core-stg-aks" beside the first
    And the engineer has followed steps 1 to 3 of "add-cluster"
    And the engineer has run blocks "use-stg" and "make-key-for-stg"
    And somebody else pushes block "apps-note-new-owner" while the next push is on its way
    Then block "bootstrap-stg" fails with "failed to push manifests: failed to push to remote: non-fast-forward update: refs/heads/main"
    And block "see-who-was-first" tells of "Somebody Else: Get ahead of the others"
    When the engineer runs blocks "bootstrap-stg" and "pull-after-bootstrap"
    Then every Flux object of "platform-core-stg-aks" is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" of "platform-core-stg-aks" comes to hold "owner" as "staging-team"
    And ConfigMap "apps-note" in "flux-system" of "platform-core-dev-aks" comes to hold "owner" as "web-team"
