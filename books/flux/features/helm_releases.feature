Feature: Helm releases
  A release gets its chart from a HelmChart that is made for it, or from an object that is there, and
  follows what it finds there.

  Background:
    Given a sandbox at the baseline

  @id:version @unit:helm-releases/version
  Scenario: One version of a chart repository is taken, or one that a range allows
    When the engineer writes blocks "podinfo-repository", "podinfo-release" and "podinfo-release-fixed" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '6.9.2'"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@6.9.2"
    When the engineer writes blocks "podinfo-release" and "podinfo-release-range" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "podinfo" in "default" asks for chart version ">=4.0.0 <5.0.0"
    And HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '4.0.6'"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@4.0.6"

  @id:version-of-git @unit:helm-releases/version
  Scenario: A chart in Git has its own version, whatever the release asks for
    Given the public project "chart-makers/podinfo" has the charts on branch "master"
    And the engineer has run block "store-git-server-ca"
    When the engineer writes blocks "podinfo-git", "podinfo-release" and "podinfo-release-git" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "podinfo" in "default" asks for chart version "4.0.x"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@6.9.2"

  @id:switch @unit:helm-releases/switch
  Scenario: A release that goes over to a reference is upgraded, and loses the HelmChart of its template
    Given the engineer has run block "push-charts"
    When the engineer writes blocks "podinfo-repository", "podinfo-oci" and "podinfo-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "default-podinfo" in "flux-system" reports Ready as True with "4.0.6"
    And block "identity-of-podinfo" prints the identity of Deployment "podinfo" in "default"
    Given what block "identity-of-podinfo" prints is noted
    When the engineer writes block "podinfo-release-oci" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "default-podinfo" in "flux-system" goes away
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo.v2 with chart podinfo@6.9.2+"
    And Deployment "podinfo" in "default" has 2 ready replicas
    And block "identity-of-podinfo" prints what was noted

  @id:chart-namespace-as-written @erratum:chart-namespace @as-written
  @unit:helm-releases/chart-namespace
  Scenario: A HelmChart in default finds no source, and a release that looks into flux-system no chart
    Given the public project "chart-makers/podinfo" has the charts on branch "master"
    And the engineer has run block "store-git-server-ca"
    And the engineer has brought block "podinfo-git" to the cluster
    When the engineer runs block "apply-chart-in-default"
    Then HelmChart "podinfo" in "default" reports Ready as False with "GitRepository.source.toolkit.fluxcd.io "podinfo" not found"
    And HelmRelease "podinfo" in "default" reports Ready as False with "HelmChart.source.toolkit.fluxcd.io "podinfo" not found"

  @id:chart-namespace-corrected @erratum:chart-namespace @corrected
  @unit:helm-releases/chart-namespace @unit:helm-releases/reference @unit:helm-releases/revision
  Scenario: A HelmChart beside its source is released, and each commit is a new chart with Revision
    Given the public project "chart-makers/podinfo" has the charts on branch "master"
    And the engineer has run block "store-git-server-ca"
    When the engineer writes these blocks:
      | block                 |
      | podinfo-git           |
      | podinfo-chart         |
      | podinfo-release-oci   |
      | podinfo-release-chart |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "podinfo" reports Ready as True with "packaged 'podinfo' chart with version '6.9.2+"
    And HelmRelease "podinfo" in "default" has been given these values:
      | value        | is |
      | replicaCount | 2  |
    And Deployment "podinfo" in "default" has 2 ready replicas
    When the engineer runs blocks "change-chart" and "fetch-chart"
    Then Deployment "podinfo" in "default" has 3 ready replicas

  @id:chart-by-version @unit:helm-releases/revision
  Scenario: Without Revision a commit changes the release only where it counts the version up
    Given the public project "chart-makers/podinfo" has the charts on branch "master"
    And the engineer has run block "store-git-server-ca"
    And the engineer has written blocks "podinfo-git" and "podinfo-chart"
    When the engineer writes these blocks:
      | block                    |
      | podinfo-chart-by-version |
      | podinfo-release-oci      |
      | podinfo-release-chart    |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "podinfo" reports Ready as True with "packaged 'podinfo' chart with version '6.9.2'"
    When the engineer runs block "change-chart"
    Then block "fetch-chart" has HelmChart "podinfo" look again
    And HelmChart "podinfo" reports Ready as True with "packaged 'podinfo' chart with version '6.9.2'"
    And block "reconcile-podinfo-release" has HelmRelease "podinfo" in "default" look again
    And there is no Secret "sh.helm.release.v1.podinfo.v2" in "default"
    And Deployment "podinfo" in "default" has 2 ready replicas
    When the engineer runs blocks "count-version-up" and "fetch-chart"
    Then HelmChart "podinfo" reports Ready as True with "packaged 'podinfo' chart with version '6.9.10'"
    And Deployment "podinfo" in "default" has 3 ready replicas

  @id:revision-of-bucket @unit:helm-releases/revision-of-bucket
  Scenario: A package that is put into its bucket again under the same version is another chart with Revision
    Given the engineer has run block "fill-bucket"
    When the engineer writes these blocks:
      | block                   |
      | podinfo-bucket          |
      | podinfo-chart           |
      | podinfo-chart-of-bucket |
      | podinfo-release-oci     |
      | podinfo-release-chart   |
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "podinfo" reports Ready as True with "packaged 'podinfo' chart with version '4.0.6+"
    And Deployment "podinfo" in "default" has 2 ready replicas
    When the engineer runs block "change-package"
    Then Deployment "podinfo" in "default" has 5 ready replicas
    And every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                                      |
      | Bucket flux-system/podinfo                  |
      | Deployment default/podinfo                  |
      | HelmChart flux-system/podinfo               |
      | HelmRelease default/podinfo                 |
      | Secret default/sh.helm.release.v1.podinfo.v1 |
      | Secret default/sh.helm.release.v1.podinfo.v2 |
