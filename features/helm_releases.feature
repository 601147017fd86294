Feature: Helm releases
  A release is a base that clusters share and an overlay for each of them. The overlay's values win,
  its namespace line moves the release, and a name of its own needs an option that is easily missed.

  Background:
    Given a sandbox at the baseline

  @id:base-and-overlay
  @unit:helm-releases/step-1 @unit:helm-releases/step-2 @unit:helm-releases/step-3
  @unit:helm-releases/step-4 @unit:troubleshooting/status
  Scenario: Base and overlay together bring the release with the values of this cluster
    When the engineer follows steps 1 to 3 of "helm-releases"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And block "verify-ingress-nginx" shows "ingress-nginx" as Ready with chart version "4.0.0"
    And block "get-releases" shows "ingress-nginx" as Ready with chart version "4.0.0"
    And HelmRelease "ingress-nginx" in "ingress-nginx" asks for chart version "4.0.0"
    And no object has two owners
    And every Kustomization prunes what disappears
    And Kustomization "infra-components" has waited for "infra-namespaces" and "infra-helm-repositories"
    And Deployment "ingress-nginx-controller" in "ingress-nginx" has 1 ready replica
    And block "show-ingress-nginx-service" tells of "service.beta.kubernetes.io/azure-load-balancer-internal: "true""
    And HelmRelease "ingress-nginx" in "ingress-nginx" has been given these values:
      | value                                                                                   | is   | comes from          |
      | controller.replicaCount                                                                 | 1    | overlay, over base  |
      | controller.service.annotations.service.beta.kubernetes.io/azure-load-balancer-internal  | "true" | overlay             |
    And these have come to the cluster and nothing else:
      | object                                                   |
      | Deployment ingress-nginx/ingress-nginx-controller        |
      | HelmChart flux-system/ingress-nginx-ingress-nginx        |
      | HelmRelease ingress-nginx/ingress-nginx                  |
      | Kustomization flux-system/infra-components               |
      | Namespace ingress-nginx                                  |
      | Secret ingress-nginx/sh.helm.release.v1.ingress-nginx.v1 |
      | Service ingress-nginx/ingress-nginx-controller           |

  @id:base-alone
  @unit:helm-releases/step-1
  Scenario: Without patches the values of the base hold
    Given the engineer has followed steps 1 to 3 of "helm-releases"
    When the engineer writes block "ingress-nginx-overlay-plain" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "ingress-nginx-controller" in "ingress-nginx" has 2 ready replicas
    And HelmRelease "ingress-nginx" in "ingress-nginx" has been given these values:
      | value                   | is | comes from |
      | controller.replicaCount | 2  | base       |
    And nothing that was there before is gone

  @id:not-in-the-group
  @unit:helm-releases/step-3
  Scenario: Base and overlay that no group names are not applied
    Given the engineer has followed steps 1 to 2 of "helm-releases"
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And nothing has come to the cluster and nothing is gone

  @id:release-renaming-as-written @erratum:release-renaming @as-written
  @unit:helm-releases/renaming
  Scenario: Another name in the patch alone is ignored without a word
    Given the engineer has followed steps 1 to 3 of "helm-releases"
    And what block "build-and-say-everything" prints is noted
    When the engineer writes block "ingress-nginx-overlay-renamed-silently"
    Then block "build-and-say-everything" prints what was noted
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And there is no HelmRelease "ingress-nginx-dev" in "ingress-nginx"
    And HelmRelease "ingress-nginx" in "ingress-nginx" has been given these values:
      | value                   | is | comes from            |
      | controller.replicaCount | 1  | the rest of the patch |
      | controller.service.annotations.service.beta.kubernetes.io/azure-load-balancer-internal | "true" | the rest of the patch |

  @id:release-renaming-corrected @erratum:release-renaming @corrected
  @unit:helm-releases/renaming
  Scenario: With allowNameChange the release has a name of the cluster's own
    Given the engineer has followed steps 1 to 3 of "helm-releases"
    And what block "build-and-say-everything" prints is noted
    When the engineer writes block "ingress-nginx-overlay-renamed" and pushes
    Then block "build-and-say-everything" prints something else than was noted
    And every Flux object is Ready at the pushed commit
    And there is no HelmRelease "ingress-nginx" in "ingress-nginx"
    And HelmRelease "ingress-nginx-dev" in "ingress-nginx" has been given these values:
      | value                   | is | comes from |
      | controller.replicaCount | 1  | overlay    |
      | controller.service.annotations.service.beta.kubernetes.io/azure-load-balancer-internal | "true" | overlay |
    And Deployment "ingress-nginx-dev-controller" in "ingress-nginx" has 1 ready replica

  @id:namespace-override
  @unit:helm-releases/namespace
  Scenario: The overlay's namespace overrides that of the base
    Given the engineer has followed steps 1 to 3 of "helm-releases"
    And the engineer has written blocks "edge-namespace" and "namespaces-group-with-edge"
    When the engineer writes block "ingress-nginx-overlay-edge" and pushes
    Then every Flux object is Ready at the pushed commit
    And there is no HelmRelease "ingress-nginx" in "ingress-nginx"
    And Deployment "ingress-nginx-controller" in "edge" has 1 ready replica
    And nothing that was there before is gone
    And these have come to the cluster and nothing else:
      | object                                          |
      | Deployment edge/ingress-nginx-controller        |
      | HelmChart flux-system/edge-ingress-nginx        |
      | HelmRelease edge/ingress-nginx                  |
      | Kustomization flux-system/infra-components      |
      | Namespace edge                                  |
      | Namespace ingress-nginx                         |
      | Secret edge/sh.helm.release.v1.ingress-nginx.v1 |
      | Service edge/ingress-nginx-controller           |

  @id:values-merge-order
  @unit:helm-releases/values
  Scenario: Chart, sources in their order, base, overlay: the later one wins
    Given the engineer has followed steps 1 to 3 of "helm-releases"
    And the engineer has written blocks "ingress-nginx-base-release-with-sources" and "ingress-nginx-base-kustomization-with-sources"
    When the engineer writes block "ingress-nginx-value-sources" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "ingress-nginx" in "ingress-nginx" has been given these values:
      | value                                      | is       | comes from                |
      | controller.replicaCount                    | 1        | overlay, over all others  |
      | controller.logLevel                        | info     | base, over first source   |
      | controller.service.type                    | NodePort | second source, over first |
      | controller.service.annotations.cost-centre | platform | first source              |
      | controller.service.annotations.service.beta.kubernetes.io/azure-load-balancer-internal | "true" | overlay |
      | controller.image                           | None     | chart: nobody gives it    |
    And these values of "ingress-nginx" were given and overruled:
      | ConfigMap              | value                   | is        | overruled by  |
      | ingress-values-company | controller.replicaCount | 5         | second source |
      | ingress-values-company | controller.logLevel     | debug     | base          |
      | ingress-values-company | controller.service.type | ClusterIP | second source |
      | ingress-values-team    | controller.replicaCount | 4         | base          |
    And block "show-ingress-nginx-image" tells of "podinfo:6.9.2"
    And these have come to the cluster and nothing else:
      | object                                                   |
      | ConfigMap ingress-nginx/ingress-values-company           |
      | ConfigMap ingress-nginx/ingress-values-team              |
      | Deployment ingress-nginx/ingress-nginx-controller        |
      | HelmChart flux-system/ingress-nginx-ingress-nginx        |
      | HelmRelease ingress-nginx/ingress-nginx                  |
      | Kustomization flux-system/infra-components               |
      | Namespace ingress-nginx                                  |
      | Secret ingress-nginx/sh.helm.release.v1.ingress-nginx.v1 |
      | Service ingress-nginx/ingress-nginx-controller           |

  @id:namespace-object-is-taken-over
  @unit:helm-releases/namespace-object
  Scenario: The overlay's namespace renames a Namespace object, and takes another team's over
    Given the engineer has written these blocks:
      | block                             |
      | team-space-namespace              |
      | team-space-note                   |
      | team-space-base                   |
      | team-space-overlay                |
      | apps-group-with-team-space        |
      | kustomizations-without-depends-on |
    And what block "identity-of-dev-backend" prints is noted
    Then block "build-team-space" prints a Namespace named "dev-backend"
    And block "build-team-space" prints no Namespace named "team-space"
    When the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And Kustomization "apps" owns these and nothing else:
      | object                                |
      | ConfigMap dev-backend/team-space-note |
      | ConfigMap flux-system/apps-note       |
      | Namespace dev-backend                 |
    And ConfigMap "team-space-note" in "dev-backend" holds "owner" as "space-team"
    And Kustomization "infra-namespaces" owns these and nothing else:
      | object                |
      | Namespace dev-backend |
    Given Kustomization "infra-namespaces" is held back
    When the engineer writes block "apps-group" and pushes
    Then Namespace "dev-backend" goes away with all that was in it
    When Kustomization "infra-namespaces" is let go
    Then every Flux object is Ready at the pushed commit
    And block "identity-of-dev-backend" prints something else than was noted

  @id:namespace-object-is-taken-back
  @unit:helm-releases/namespace-object
  Scenario: With dependsOn its own group takes the namespace back before the overlay goes
    Given what block "identity-of-dev-backend" prints is noted
    When the engineer writes these blocks:
      | block                      |
      | team-space-namespace       |
      | team-space-note            |
      | team-space-base            |
      | team-space-overlay         |
      | apps-group-with-team-space |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "team-space-note" in "dev-backend" holds "owner" as "space-team"
    And block "owner-of-dev-backend" prints these lines and no others:
      | line |
      | apps |
    When the engineer writes block "apps-group" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "team-space-note" in "dev-backend" goes away
    And block "owner-of-dev-backend" prints these lines and no others:
      | line             |
      | infra-namespaces |
    And block "identity-of-dev-backend" prints what was noted

  @id:changed-by-hand
  @unit:helm-releases/drift
  Scenario: What is changed by hand in a release stays, with driftDetection it is put back
    Given the engineer has followed steps 1 to 3 of "helm-releases"
    And the engineer has committed and pushed
    And every Flux object is Ready at the pushed commit
    When the engineer runs blocks "scale-ingress-nginx-by-hand" and "reconcile-ingress-nginx"
    Then Deployment "ingress-nginx-controller" in "ingress-nginx" has 3 ready replicas
    When the engineer writes block "ingress-nginx-base-release-with-drift-detection" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "ingress-nginx-controller" in "ingress-nginx" has 1 ready replica
    When the engineer runs blocks "scale-ingress-nginx-by-hand" and "reconcile-ingress-nginx"
    Then Deployment "ingress-nginx-controller" in "ingress-nginx" has 1 ready replica
