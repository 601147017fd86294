Feature: ClusterIssuers
  An issuer is a base and an overlay like any release, but its kind has to be known first: the
  definitions of cert-manager come before it, and dependsOn says so. The definitions are cert-manager's
  own; its controller is not part of the proof.

  Background:
    Given a sandbox at the baseline

  @id:definitions-then-issuer
  @unit:cluster-issuers/step-1 @unit:cluster-issuers/step-2 @unit:cluster-issuers/step-3
  @unit:cluster-issuers/step-4 @unit:cluster-issuers/step-5
  Scenario: The definitions first, then the issuer with the mail address of this cluster
    When the engineer follows steps 1 to 4 of "cluster-issuers"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-letsencrypt-staging" tells of "email: dev-cluster-admin@example.com"
    And block "show-letsencrypt-staging" tells of "server: https://acme-staging-v02.api.letsencrypt.org/directory"
    And Kustomization "infra-cluster-issuers" has waited for "infra-cert-manager-crds"
    And Kustomization "infra-cert-manager-crds" owns these and nothing else:
      | object                                                       |
      | CustomResourceDefinition challenges.acme.cert-manager.io     |
      | CustomResourceDefinition orders.acme.cert-manager.io         |
      | CustomResourceDefinition certificaterequests.cert-manager.io |
      | CustomResourceDefinition certificates.cert-manager.io        |
      | CustomResourceDefinition clusterissuers.cert-manager.io      |
      | CustomResourceDefinition issuers.cert-manager.io             |
    And Kustomization "infra-cert-manager-crds" reports Healthy as True
    And Kustomization "infra-cluster-issuers" reports Healthy as True
    And Kustomization "infra-cluster-issuers" owns these and nothing else:
      | object                            |
      | ClusterIssuer letsencrypt-staging |
    And these have come to the cluster and nothing else:
      | object                                                       |
      | ClusterIssuer letsencrypt-staging                            |
      | CustomResourceDefinition certificaterequests.cert-manager.io |
      | CustomResourceDefinition certificates.cert-manager.io        |
      | CustomResourceDefinition challenges.acme.cert-manager.io     |
      | CustomResourceDefinition clusterissuers.cert-manager.io      |
      | CustomResourceDefinition issuers.cert-manager.io             |
      | CustomResourceDefinition orders.acme.cert-manager.io         |
      | Kustomization flux-system/infra-cert-manager-crds            |
      | Kustomization flux-system/infra-cluster-issuers              |

  @id:wrong-order
  @unit:cluster-issuers/step-4
  Scenario: An issuer before its definitions is refused as an unknown kind, and tried again
    Given the engineer has followed steps 2 to 3 of "cluster-issuers"
    When the engineer writes blocks "cluster-issuers-entry" and "cluster-issuers-entry-without-order" and pushes
    Then Kustomization "infra-cluster-issuers" reports Ready as False for one of these reasons:
      | words                                                                   | when                           |
      | no matches for kind "ClusterIssuer" in version "cert-manager.io/v1"     | the kind was never there       |
      | the server could not find the requested resource (patch clusterissuers. | the kind was there and is gone |
    When the engineer follows step 1 of "cluster-issuers"
    And the engineer adds block "cert-manager-crds-entry" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-letsencrypt-staging" tells of "dev-cluster-admin@example.com"

  @id:issuer-base-path-as-written @erratum:issuer-base-path @as-written
  @unit:cluster-issuers/step-3
  Scenario: A base path of six levels leads out of flux-config
    Given the engineer has followed steps 2 to 3 of "cluster-issuers"
    When the engineer writes block "letsencrypt-staging-overlay-six-levels"
    Then block "build-letsencrypt-staging" fails with "no such file or directory"
    And block "build-letsencrypt-staging" fails with "'../../../../../../bases/cluster-issuers/letsencrypt-staging'"
    When the engineer writes blocks "cluster-issuers-entry" and "cluster-issuers-entry-without-order" and pushes
    Then Kustomization "infra-cluster-issuers" reports Ready as False with "no such file or directory"
    And Kustomization "infra-cluster-issuers" reports Ready as False with "'../../../../../../bases/cluster-issuers/letsencrypt-staging'"

  @id:issuer-base-path-corrected @erratum:issuer-base-path @corrected
  @unit:cluster-issuers/step-3
  Scenario: A base path of five levels leads to the base
    When the engineer follows steps 2 to 3 of "cluster-issuers"
    Then block "build-letsencrypt-staging-base" tells of "email: certificates@example.com"
    And block "build-letsencrypt-staging" prints a ClusterIssuer named "letsencrypt-staging"
    And block "build-letsencrypt-staging" tells of these:
      | words                                                          |
      | name: letsencrypt-staging-private-key                          |
      | server: https://acme-staging-v02.api.letsencrypt.org/directory |
      | class: nginx                                                   |

  @id:issuer-patch-without-name-as-written @erratum:issuer-patch-without-name @as-written
  @unit:cluster-issuers/step-3
  Scenario: A patch without a name is no patch
    Given the engineer has followed steps 2 to 3 of "cluster-issuers"
    When the engineer writes block "letsencrypt-staging-overlay-without-name"
    Then block "build-letsencrypt-staging" fails with "unable to parse SM or JSON patch"
    When the engineer writes blocks "cluster-issuers-entry" and "cluster-issuers-entry-without-order" and pushes
    Then Kustomization "infra-cluster-issuers" reports Ready as False with "unable to parse SM or JSON patch"

  @id:issuer-patch-without-name-corrected @erratum:issuer-patch-without-name @corrected
  @unit:cluster-issuers/step-3
  Scenario: A patch that names the issuer changes its mail address and nothing else
    Given the engineer has written blocks "letsencrypt-staging-base" and "letsencrypt-staging-base-kustomization"
    When the engineer follows step 3 of "cluster-issuers"
    Then block "build-letsencrypt-staging" prints what block "build-letsencrypt-staging-base" prints, but for these lines:
      | line                                       |
      | -     email: certificates@example.com      |
      | +     email: dev-cluster-admin@example.com |
