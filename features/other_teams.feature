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
    When the engineer writes block "apps-note-new-owner" and pushes
    Then Kustomization "flux-system" has applied the pushed commit
    And block "look-at-apps" shows "apps" as suspended and Ready
    And block "reconcile-suspended-apps" fails with "resource is suspended"
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "platform-team"
    When the engineer runs block "resume-apps"
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" holds "owner" as "web-team"

  @id:variable-not-set
  @unit:troubleshooting-others/variable-not-set
  Scenario: A variable that only the script knows is refused until its dollar is doubled
    Given the engineer has written blocks "backup-entry" and "backup-script-own-variable" and pushed
    Then Kustomization "backup" reports Ready as False with "envsubst error: variable substitution failed: variable not set (strict mode): "file""
    And block "look-at-backup" shows "backup" as not Ready with "variable not set (strict mode): "file""
    When the engineer writes block "backup-script" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-backup-script" tells of "cp "${file}" "${TARGET:-/backup}/dev""

  @id:variable-eaten
  @unit:troubleshooting-others/variable-eaten
  Scenario: A variable with a default is eaten without a word until its dollar is doubled
    Given the engineer has written blocks "backup-entry" and "backup-script-eaten" and pushed
    Then every Flux object is Ready at the pushed commit
    And block "look-at-backup" shows "backup" as Ready at the pushed commit
    And block "show-backup-script" tells of "cp "$file" "/backup/dev""
    When the engineer writes block "backup-script" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-backup-script" tells of "cp "${file}" "${TARGET:-/backup}/dev""

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
    When the engineer writes block "web-deployment-forced" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-web" prints something else than was noted
    And Deployment "web" in "dev-backend" has 1 ready replica

  @id:retries-exceeded
  @unit:troubleshooting-others/retries-exceeded
  Scenario: A release that was given up is tried again with --reset, and once more with --force
    Given the engineer has run block "freeze-services"
    And the engineer has written and pushed these blocks:
      | block                 |
      | shop-entry            |
      | shop-chart-repository |
      | shop-release          |
    Then HelmRelease "shop" in "dev-backend" reports Ready as False with "exceeded quota: freeze"
    And block "describe-shop" comes to tell of "RetriesExceeded"
    When the engineer runs block "unfreeze-services"
    Then block "reconcile-shop-release" fails with "Failed to install after 1 attempt(s)"
    When the engineer runs block "reset-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v2"
    And every Flux object is Ready at the pushed commit
    When the engineer runs block "reset-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v2"
    When the engineer runs block "force-shop-release"
    Then block "look-at-shop" shows "shop" as Ready with "shop.v3"
