Feature: Values of a release
  Values that are not in the release itself reach it all the same, at once or in time.

  Background:
    Given a sandbox at the baseline

  @id:watched @unit:helm-values/from-beside @unit:helm-values/watched @unit:helm-values/not-watched
  Scenario: With the label a release follows its ConfigMap when it is made, changed and deleted, and not without
    When the engineer writes and pushes these blocks:
      | block                       |
      | podinfo-repository          |
      | podinfo-release             |
      | podinfo-release-values-from |
      | quiet-release               |
      | quiet-values                |
    Then every Flux object is Ready at the pushed commit
    And Deployment "podinfo" in "default" has 1 ready replica
    And Deployment "quiet" in "default" has 2 ready replicas
    And HelmRelease "quiet" in "default" reports Ready as True with "podinfo@4.0.6"
    When the engineer writes block "podinfo-values" and pushes
    Then Deployment "podinfo" in "default" has 2 ready replicas
    And ConfigMap "podinfo-values" in "default" holds these:
      | key         | value             |
      | values.yaml | replicaCount: 2\n |
    And every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                                       |
      | ConfigMap default/podinfo-values             |
      | ConfigMap default/quiet-values               |
      | Deployment default/podinfo                   |
      | Deployment default/quiet                     |
      | HelmChart flux-system/default-podinfo        |
      | HelmChart flux-system/default-quiet          |
      | HelmRelease default/podinfo                  |
      | HelmRelease default/quiet                    |
      | HelmRepository flux-system/podinfo           |
      | Secret default/sh.helm.release.v1.podinfo.v1 |
      | Secret default/sh.helm.release.v1.podinfo.v2 |
      | Secret default/sh.helm.release.v1.quiet.v1   |
    When the engineer writes block "quiet-values-more" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes block "podinfo-values-more" and pushes
    Then Deployment "podinfo" in "default" has 3 ready replicas
    And every Flux object is Ready at the pushed commit
    And HelmRelease "quiet" in "default" has been given these values:
      | value        | is |
      | replicaCount | 2  |
    When the engineer runs block "look-at-quiet"
    Then Deployment "quiet" in "default" has 3 ready replicas
    When the engineer runs block "remove-podinfo-values"
    And the engineer commits and pushes
    Then Deployment "podinfo" in "default" has 1 ready replica

  @id:watched-secret @unit:helm-values/watched
  Scenario: With the label a release follows its Secret when it is made, changed and deleted
    When the engineer writes blocks "podinfo-repository", "podinfo-release" and "podinfo-release-values-from" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "podinfo" in "default" has 1 ready replica
    When the engineer writes block "podinfo-more-values" and pushes
    Then Deployment "podinfo" in "default" has 4 ready replicas
    When the engineer writes block "podinfo-more-values-changed" and pushes
    Then Deployment "podinfo" in "default" has 5 ready replicas
    And every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                                       |
      | Deployment default/podinfo                   |
      | HelmChart flux-system/default-podinfo        |
      | HelmRelease default/podinfo                  |
      | HelmRepository flux-system/podinfo           |
      | Secret default/podinfo-more-values           |
      | Secret default/sh.helm.release.v1.podinfo.v1 |
      | Secret default/sh.helm.release.v1.podinfo.v2 |
      | Secret default/sh.helm.release.v1.podinfo.v3 |
    When the engineer runs block "remove-podinfo-more-values"
    And the engineer commits and pushes
    Then Deployment "podinfo" in "default" has 1 ready replica

  @id:watch-all @unit:helm-values/watch-all
  Scenario: With the flag a release follows a ConfigMap that has no label
    When the engineer writes block "watch-all-values" and pushes
    Then every Flux object is Ready at the pushed commit
    And block "new-helm-controller" tells of "successfully rolled out"
    And block "who-has-the-flag" lists "helm-controller" and nothing else
    When the engineer writes blocks "podinfo-repository", "quiet-release" and "quiet-values" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "quiet" in "default" has 2 ready replicas
    When the engineer writes block "quiet-values-more" and pushes
    Then Deployment "quiet" in "default" has 3 ready replicas

  @id:inside-chart @unit:helm-values/inside-chart
  Scenario: A second file of the chart stands above the first, and the release above both
    When the engineer writes block "mongodb" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "mongodb-mongodb" in "mongodb" reports Ready as True with "merged values files [values.yaml values-production.yaml]"
    And ConfigMap "mongodb-settings" in "mongodb" holds "mode" as "production"
    And Deployment "mongodb" in "mongodb" has 5 ready replicas
    And these have come to the cluster and nothing else:
      | object                                       |
      | ConfigMap mongodb/mongodb-settings           |
      | Deployment mongodb/mongodb                   |
      | HelmChart mongodb/mongodb-mongodb            |
      | HelmRelease mongodb/mongodb                  |
      | HelmRepository mongodb/bitnami               |
      | Namespace mongodb                            |
      | Secret mongodb/sh.helm.release.v1.mongodb.v1 |
    When the engineer writes block "mongodb-without-files" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "mongodb-settings" in "mongodb" comes to hold "mode" as "development" again

  @id:second-file-alone @unit:helm-values/inside-chart
  Scenario: Without the chart's first file in the list its values are missing
    Given the engineer has written block "mongodb"
    When the engineer writes block "mongodb-second-file-alone" and pushes
    Then HelmChart "mongodb-mongodb" in "mongodb" reports Ready as True with "merged values files [values-production.yaml]"
    And HelmRelease "mongodb" in "mongodb" reports Ready as False with "<.Values.image.repository>: nil pointer"
    And there is no Deployment "mongodb" in "mongodb"

  @id:missing-file @unit:helm-values/missing-file
  Scenario: A file that the chart does not have keeps the release from its chart, unless it is told not to mind
    Given the engineer has written block "mongodb"
    When the engineer writes block "mongodb-missing-file" and pushes
    Then HelmChart "mongodb-mongodb" in "mongodb" reports Ready as False with "no values file found at path 'values-staging.yaml'"
    And HelmRelease "mongodb" in "mongodb" reports Ready as False with "HelmChart 'mongodb/mongodb-mongodb' is not ready"
    And there is no Deployment "mongodb" in "mongodb"
    When the engineer writes block "mongodb-ignore-missing" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "mongodb-mongodb" in "mongodb" reports Ready as True with "merged values files [values.yaml]"
    And ConfigMap "mongodb-settings" in "mongodb" holds "mode" as "development"
    And Deployment "mongodb" in "mongodb" has 5 ready replicas

  @id:chart-list-as-written @erratum:chart-list @as-written @unit:helm-values/missing-file
  Scenario: The list of HelmCharts does not speak of an override values file
    Given the engineer has written block "mongodb"
    When the engineer writes block "mongodb-missing-file" and pushes
    Then HelmChart "mongodb-mongodb" in "mongodb" reports Ready as False with "no values file found at path 'values-staging.yaml'"
    And block "list-charts" says nothing of "failed to locate override values file"

  @id:chart-list-corrected @erratum:chart-list @corrected @unit:helm-values/missing-file
  Scenario: The list of HelmCharts shows chart, source and the path that is missing
    Given the engineer has written block "mongodb"
    When the engineer writes block "mongodb-missing-file" and pushes
    Then HelmChart "mongodb-mongodb" in "mongodb" reports Ready as False with "no values file found at path 'values-staging.yaml'"
    And block "list-charts" ends well
