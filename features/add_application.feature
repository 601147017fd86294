Feature: Adding a new application
  A team brings a Helm chart to a cluster by changing Git and nothing else: a base, an overlay, an
  entry in the list of applications, the namespace and the chart repository, a commit. Flux does
  the rest, in the order that the Kustomizations name.

  Background:
    Given a sandbox at the baseline

  @id:followed-to-the-letter
  @unit:add-application/step-1 @unit:add-application/step-2 @unit:add-application/step-3
  @unit:add-application/step-4 @unit:add-application/step-5 @unit:add-application/step-6
  Scenario: Following the six steps brings the application to the cluster
    When the engineer follows steps 1 to 5 of "add-application"
    Then every Flux object is Ready at the pushed commit
    And block "verify-kustomizations" shows "infra-namespaces" as Ready at the pushed commit
    And block "verify-kustomizations" shows "infra-helm-repositories" as Ready at the pushed commit
    And block "verify-kustomizations" shows "apps" as Ready at the pushed commit
    And block "verify-helmreleases" shows "my-app" as Ready with chart version "6.9.2"
    And HelmRelease "my-app" in "my-app" asks for chart version "6.9.2"
    And block "verify-events" comes to tell of "InstallSucceeded"
    And Deployment "my-app-podinfo" in "my-app" has 2 ready replicas
    And nothing that was there before is gone
    And these have come to the cluster and nothing else:
      | object                                  |
      | Deployment my-app/my-app-podinfo        |
      | HelmChart flux-system/my-app-my-app     |
      | HelmRelease my-app/my-app               |
      | HelmRepository flux-system/podinfo      |
      | Namespace my-app                        |
      | Secret my-app/sh.helm.release.v1.my-app.v1 |
      | Service my-app/my-app-podinfo           |

  @id:dependencies-come-first
  @unit:add-application/step-4
  Scenario: The namespace, then the chart repository, then the application
    When the engineer follows steps 1 to 5 of "add-application"
    Then every Flux object is Ready at the pushed commit
    And the cluster saw these for the first time in this order:
      | object                              |
      | Namespace my-app                    |
      | HelmRepository flux-system/podinfo  |
      | HelmRelease my-app/my-app           |
      | Deployment my-app/my-app-podinfo    |

  @id:overlay-wins-over-base
  @unit:add-application/step-2
  Scenario: Values of the overlay win over values of the base, the others stay
    When the engineer follows steps 1 to 5 of "add-application"
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "my-app" in "my-app" has been given these values:
      | value        | is             | comes from |
      | replicaCount | 2              | overlay    |
      | ui.message   | hello from dev | overlay    |
      | logLevel     | info           | base       |

  @id:manifest-for-one-cluster
  @unit:add-application/step-2-extra
  Scenario: A manifest beside the overlay reaches this cluster only through the overlay's list
    Given the engineer has followed steps 1 to 4 of "add-application"
    When the engineer writes block "my-app-configmap-dev" and pushes
    Then every Flux object is Ready at the pushed commit
    And there is no ConfigMap "my-app-dev" in "my-app"
    When the engineer writes block "my-app-overlay-with-configmap" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "my-app-dev" in "my-app" holds "stage" as "dev"
    And these have come to the cluster and nothing else:
      | object                                     |
      | ConfigMap my-app/my-app-dev                |
      | Deployment my-app/my-app-podinfo           |
      | HelmChart flux-system/my-app-my-app        |
      | HelmRelease my-app/my-app                  |
      | HelmRepository flux-system/podinfo         |
      | Namespace my-app                           |
      | Secret my-app/sh.helm.release.v1.my-app.v1 |
      | Service my-app/my-app-podinfo              |

  @id:without-depends-on
  @unit:add-application/step-4
  Scenario: Without dependsOn the application is tried before its namespace exists
    Given Kustomization "infra-namespaces" is held back
    And the engineer has followed steps 1 to 4 of "add-application"
    And the engineer has written block "kustomizations-without-depends-on"
    When the engineer commits and pushes
    Then Kustomization "apps" reports Ready as False with "namespaces "my-app" not found"
    When Kustomization "infra-namespaces" is let go
    Then every Flux object is Ready at the pushed commit

  @id:with-depends-on
  @unit:add-application/step-4
  Scenario Outline: With dependsOn the application waits for namespaces and chart repositories
    Given the engineer has followed steps 1 to 4 of "add-application"
    And Kustomization "<group>" is held back
    When the engineer commits and pushes
    Then Kustomization "apps" reports Ready as False with "dependency 'flux-system/<group>' revision is not up to date"
    And Kustomization "apps" has not tried the pushed commit
    When Kustomization "<group>" is let go
    Then every Flux object is Ready at the pushed commit

    Examples:
      | group                   |
      | infra-namespaces        |
      | infra-helm-repositories |

  @id:app-base-path-as-written @erratum:app-base-path @as-written
  @unit:add-application/step-2
  Scenario: A base path of six levels leads out of the repository
    Given the engineer has followed steps 1 to 2 of "add-application" without block "build-my-app-overlay"
    When the engineer writes block "my-app-overlay-six-levels"
    Then block "build-my-app-overlay" fails with "no such file or directory"
    And block "build-my-app-overlay" fails with "'../../../../../../bases/my-app'"
    When the engineer follows steps 3 to 4 of "add-application"
    And the engineer commits and pushes
    Then Kustomization "apps" reports Ready as False with "'../../../../../../bases/my-app'"

  @id:app-base-path-corrected @erratum:app-base-path @corrected
  @unit:add-application/step-2
  Scenario: A base path of four levels leads to the base
    When the engineer follows steps 1 to 2 of "add-application"
    Then block "build-my-app-overlay" prints a HelmRelease named "my-app"
    When the engineer follows steps 3 to 4 of "add-application"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit

  @id:answers-through-its-service @containers
  @unit:add-application/step-6-ask
  Scenario: The application answers through its Service with the message of the overlay
    When the engineer follows steps 1 to 5 of "add-application"
    Then every Flux object is Ready at the pushed commit
    And block "ask-my-app" tells of ""message": "hello from dev""
    And block "ask-my-app-from-inside" tells of "check succeed"
