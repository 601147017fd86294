Feature: Security
  Rights are held by the cluster and by the Git server, not by agreement. What the guide asks for is
  shown by what is refused.

  Background:
    Given a sandbox at the baseline

  @id:rights-of-the-controllers
  @unit:security/rbac
  Scenario: One controller may do everything, another one in a team's namespace what is on its list and no more
    Then block "may-controller-do-everything" for controller "kustomize-controller" answers "yes"
    And block "may-controller-do-everything" for controller "source-controller" answers "no"
    And block "rights-of-source-controller" lists these rights and no others:
      | resource                         | verbs                                       |
      | *.helm.toolkit.fluxcd.io         | *                                           |
      | *.image.toolkit.fluxcd.io        | *                                           |
      | *.kustomize.toolkit.fluxcd.io    | *                                           |
      | *.notification.toolkit.fluxcd.io | *                                           |
      | *.source.extensions.fluxcd.io    | *                                           |
      | *.source.toolkit.fluxcd.io       | *                                           |
      | configmaps                       | get list watch create update patch delete   |
      | configmaps/status                | get update patch                            |
      | events                           | create patch                                |
      | leases.coordination.k8s.io       | get list watch create update patch delete   |
      | namespaces                       | get list watch                              |
      | secrets                          | get list watch                              |
      | serviceaccounts                  | get list watch                              |
      | serviceaccounts/token            | create                                      |
      | /livez/ping                      | head                                        |
    And block "may-controller-read-secrets" for controller "source-controller" answers "yes"
    And block "may-controller-make-tokens" for controller "source-controller" answers "yes"
    And block "may-controller-read-secrets" for controller "default" answers "no"
    And block "may-controller-make-tokens" for controller "default" answers "no"
    When the engineer runs blocks "make-reader" and "make-owner"
    Then block "rights-of-reader" lists these rights and no others:
      | resource              | verbs      |
      | secrets               | create get |
      | serviceaccounts/token | create get |
    And block "may-controller-read-secrets" for controller "reader" answers "no"
    And block "may-controller-make-tokens" for controller "reader" answers "no"
    And block "may-controller-do-everything" for controller "owner" answers "no"
    When the engineer runs blocks "remove-reader" and "remove-owner"
    Then nothing has come to the cluster and nothing is gone

  @id:pods-are-not-root @containers
  @unit:security/pods
  Scenario: Flux's pods run as a user that is not root, each under its own account
    Then block "list-pods" tells of "source-controller-"
    And block "list-nodes" tells of "containerd://"
    And block "users-of-flux-pods" prints these lines and no others:
      | line                                                               |
      | account helm-controller, runs as user 65534, non-root true         |
      | account kustomize-controller, runs as user 65534, non-root true    |
      | account notification-controller, runs as user 65534, non-root true |
      | account source-controller, runs as user 65534, non-root true       |

  @id:restricted-kustomization
  @unit:security/restricted @unit:troubleshooting/status @unit:troubleshooting/error-logs
  @unit:troubleshooting/log-levels @unit:troubleshooting/depends-on
  Scenario: A Kustomization with an account of its own may do what the account may, and no more
    Given the engineer has written these blocks:
      | block                        |
      | tenant-account               |
      | namespaces-group-with-tenant |
      | tenant-entry                 |
      | tenant-note                  |
    And the engineer has committed and pushed
    Then ConfigMap "tenant-note" in "tenant" of "platform-core-dev-aks" comes to hold "owner" as "tenant"
    And ConfigMap "tenant-note" in "tenant" holds "owner" as "tenant"
    And block "rights-of-tenant" lists these rights and no others:
      | resource   | verbs                                     |
      | configmaps | get list watch create update patch delete |
    And block "rights-of-tenant-elsewhere" lists no rights
    And block "rights-of-a-neighbour" lists no rights
    And RoleBinding "tenant" in "tenant" gives Role "tenant" to these and no others:
      | subject                      |
      | ServiceAccount tenant/tenant |
    And these have come to the cluster and nothing else:
      | object                       |
      | ConfigMap tenant/tenant-note |
      | Kustomization tenant/tenant  |
      | Namespace tenant             |
      | Role tenant/tenant           |
      | RoleBinding tenant/tenant    |
      | ServiceAccount tenant/tenant |
    Given Kustomization "infra-namespaces" is held back
    When the engineer writes block "tenant-note-elsewhere" and pushes
    Then Kustomization "tenant" in "tenant" reports Ready as False with "dependency 'flux-system/infra-namespaces' revision is not up to date"
    When Kustomization "infra-namespaces" is let go
    Then Kustomization "tenant" in "tenant" reports Ready as False with "cannot patch resource "configmaps" in API group "" in the namespace "flux-system""
    And block "get-kustomizations" shows "tenant" as not Ready with "cannot patch resource "configmaps""
    And block "error-logs-of-kustomizations" tells of "error Kustomization/tenant.tenant"
    And block "error-logs-of-all" tells of "error Kustomization/tenant.tenant"
    And block "logs-of-every-level" tells of "error Kustomization/tenant.tenant"
    And there is no ConfigMap "tenant-note" in "flux-system"
    When the engineer writes block "tenant-secret" and pushes
    Then Kustomization "tenant" in "tenant" reports Ready as False with "cannot patch resource "secrets" in API group "" in the namespace "tenant""
    And there is no Secret "tenant-login" in "tenant"
    And nothing that was there before is gone

  @id:secret-in-plain-text
  @unit:security/plain-secret @unit:security/sops
  Scenario: A Secret in plain text can be read in Git, even after it was taken away
    Given the engineer has written blocks "plain-secret-manifest" and "apps-group-with-plain-secret" and pushed
    And every Flux object is Ready at the pushed commit
    Then block "read-the-password-from-git" tells of "correct-horse-battery"
    And block "search-git-for-the-password" tells of "found in 1 commits"
    When the engineer runs block "note-password-on-a-branch"
    Then block "search-git-for-the-password" tells of "found in 2 commits"
    And Kustomization "apps" owns these and nothing else:
      | object                            |
      | ConfigMap flux-system/apps-note   |
      | Secret dev-backend/database-login |
    And Secret "database-login" in "dev-backend" has these entries and no others:
      | entry    |
      | password |
    When the engineer runs block "remove-plain-secret"
    And the engineer writes block "apps-group" and pushes
    Then Secret "database-login" in "dev-backend" goes away
    And block "read-the-password-from-git" tells of "correct-horse-battery"

  @id:encrypted-with-sops
  @unit:security/sops
  Scenario: A Secret encrypted with SOPS and age is unreadable in Git and readable in the cluster
    Given the engineer has run block "store-age-key"
    And the engineer has written blocks "encrypted-secret" and "vault-entry" and pushed
    Then every Flux object is Ready at the pushed commit
    And block "read-secret-in-the-cluster" tells of "correct-horse-battery"
    And block "search-git-for-the-password" tells of "found in 0 commits"
    And no object has two owners
    And these have come to the cluster and nothing else:
      | object                            |
      | Kustomization flux-system/vault   |
      | Secret dev-backend/database-login |
      | Secret flux-system/sops-age       |
    When the engineer runs block "remove-age-key"
    Then there is no Secret "sops-age" in "flux-system"
    And nothing that was there before is gone
    And these have come to the cluster and nothing else:
      | object                            |
      | Kustomization flux-system/vault   |
      | Secret dev-backend/database-login |

  @id:encrypted-and-nobody-decrypts
  @unit:security/sops
  Scenario: Without decryption Flux refuses encrypted data, and takes encrypted stringData for the value
    Given the engineer has written and pushed these blocks:
      | block                          |
      | encrypted-secret               |
      | vault-entry                    |
      | vault-entry-without-decryption |
    Then Kustomization "vault" reports Ready as False with "is SOPS encrypted, configuring decryption is required"
    And there is no Secret "database-login" in "dev-backend"
    When the engineer writes block "encrypted-string-data" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "read-secret-in-the-cluster" tells of "ENC[AES256_GCM,data:"
    And these have come to the cluster and nothing else:
      | object                            |
      | Kustomization flux-system/vault   |
      | Secret dev-backend/database-login |
    And Secret "database-login" in "dev-backend" has these entries and no others:
      | entry    |
      | password |
