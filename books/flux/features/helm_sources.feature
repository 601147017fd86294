Feature: Chart sources
  Flux fetches charts from chart repositories, Git repositories, buckets and OCI registries, and says of
  each what it has fetched.

  Background:
    Given a sandbox at the baseline

  @id:http @unit:helm-sources/http
  Scenario: A chart repository is fetched: Flux stands at the index that is served
    When the engineer writes block "podinfo-repository" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRepository "podinfo" reports Ready as True with "stored artifact"
    And HelmRepository "podinfo" stands at the digest of the index that is served
    And block "list-repositories" shows "podinfo" as Ready with "stored artifact"

  @id:repository-namespace-as-written @erratum:repository-namespace @as-written
  @unit:helm-sources/one-namespace
  Scenario: A release that looks into flux-system does not find a repository in default
    Given the engineer has written blocks "podinfo-repository" and "podinfo-release"
    When the engineer writes block "podinfo-repository-in-default" and pushes
    Then HelmRepository "podinfo" in "default" reports Ready as True with "stored artifact"
    And HelmChart "default-podinfo" reports Ready as False with "HelmRepository.source.toolkit.fluxcd.io "podinfo" not found"
    And HelmRelease "podinfo" in "default" reports Ready as False with "HelmChart 'flux-system/default-podinfo' is not ready"

  @id:repository-namespace-corrected @erratum:repository-namespace @corrected
  @unit:helm-sources/one-namespace @unit:helm-releases/template
  Scenario: A release finds the repository in flux-system, and installs the chart with its values
    When the engineer writes blocks "podinfo-repository" and "podinfo-release" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '4.0.6'"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@4.0.6"
    And HelmRelease "podinfo" in "default" has been given these values:
      | value        | is |
      | replicaCount | 2  |
    And Deployment "podinfo" in "default" has 2 ready replicas
    And these have come to the cluster and nothing else:
      | object                                       |
      | Deployment default/podinfo                   |
      | HelmChart flux-system/default-podinfo        |
      | HelmRelease default/podinfo                  |
      | HelmRepository flux-system/podinfo           |
      | Secret default/sh.helm.release.v1.podinfo.v1 |

  @id:login @unit:helm-sources/login
  Scenario: A repository with a login is fetched with name and password, not without or with a wrong one
    Given the engineer has run block "store-wrong-chart-login"
    When the engineer writes blocks "podinfo-repository" and "podinfo-repository-without-login" and pushes
    Then HelmRepository "podinfo" reports Ready as False with "401"
    When the engineer writes blocks "podinfo-repository" and "podinfo-repository-private" and pushes
    Then Kustomization "flux-system" has applied the pushed commit
    And HelmRepository "podinfo" reports Ready as False with "401"
    When the engineer runs block "correct-password"
    Then block "fetch-repository" has HelmRepository "podinfo" look again
    And every Flux object is Ready at the pushed commit
    And HelmRepository "podinfo" stands at the digest of the index that is served
    When the engineer runs block "store-chart-login"
    Then block "fetch-repository" has HelmRepository "podinfo" look again
    And every Flux object is Ready at the pushed commit

  @id:git @unit:helm-sources/git @unit:helm-releases/name
  Scenario: A chart in a folder of a Git repository is packed and released
    Given the public project "chart-makers/podinfo" has the charts on branch "master"
    And the engineer has run block "store-git-server-ca"
    When the engineer writes blocks "podinfo-git", "podinfo-release" and "podinfo-release-git" and pushes
    Then every Flux object is Ready at the pushed commit
    And GitRepository "podinfo" reports Ready as True with "stored artifact for revision 'master@sha1:"
    And HelmChart "default-podinfo" reports Ready as True with "packaged 'podinfo' chart with version '6.9.2'"
    And Deployment "podinfo" in "default" has 2 ready replicas

  @id:git-ignored @unit:helm-sources/git
  Scenario: What the source ignores is not there for a release
    Given the public project "chart-makers/podinfo" has the charts on branch "master"
    And the engineer has run block "store-git-server-ca"
    And the engineer has written blocks "podinfo-git", "podinfo-release" and "podinfo-release-git"
    When the engineer writes block "podinfo-git-without-charts" and pushes
    Then HelmChart "default-podinfo" reports Ready as False with "invalid chart reference"
    And there is no Deployment "podinfo" in "default"

  @id:bucket @unit:helm-sources/bucket @unit:helm-releases/name
  Scenario: A package in a bucket is released, and all that lies in the bucket is fetched for it
    Given the engineer has run block "fill-bucket"
    And the downloads of "notes.txt" from bucket "shop" are noted
    When the engineer writes blocks "podinfo-bucket", "podinfo-release" and "podinfo-release-bucket" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmChart "default-podinfo" reports Ready as True with "pulled 'podinfo' chart with version '4.0.6'"
    And Deployment "podinfo" in "default" has 2 ready replicas
    And these have come to the cluster and nothing else:
      | object                                       |
      | Bucket flux-system/podinfo                   |
      | Deployment default/podinfo                   |
      | HelmChart flux-system/default-podinfo        |
      | HelmRelease default/podinfo                  |
      | Secret default/sh.helm.release.v1.podinfo.v1 |
    And "notes.txt" has been downloaded from bucket "shop" 1 time since

  @id:bucket-download-as-written @erratum:bucket-download @as-written @unit:helm-sources/bucket-look
  Scenario: A look at a bucket in which nothing has changed downloads nothing
    Given the engineer has run block "fill-bucket"
    And the downloads of "notes.txt" from bucket "shop" are noted
    When the engineer writes block "podinfo-bucket" and pushes
    Then every Flux object is Ready at the pushed commit
    And "notes.txt" has been downloaded from bucket "shop" 1 time since
    And block "look-into-bucket" has Bucket "podinfo" look again
    And "notes.txt" has been downloaded from bucket "shop" 1 time since

  @id:bucket-download-corrected @erratum:bucket-download @corrected @unit:helm-sources/bucket-look
  Scenario: When something in a bucket has changed, all the rest is downloaded again too
    Given the engineer has run block "fill-bucket"
    And the downloads of "notes.txt" from bucket "shop" are noted
    When the engineer writes block "podinfo-bucket" and pushes
    Then every Flux object is Ready at the pushed commit
    And "notes.txt" has been downloaded from bucket "shop" 1 time since
    When the engineer runs blocks "add-to-bucket" and "look-into-bucket"
    Then "notes.txt" has been downloaded from bucket "shop" 2 times since

  @id:oci-namespace-as-written @erratum:oci-namespace @as-written @unit:helm-sources/oci-namespace
  Scenario: An OCIRepository without a namespace is in default, and a release looks into flux-system
    Given the engineer has run blocks "push-charts" and "apply-oci-without-namespace"
    Then OCIRepository "podinfo" in "default" reports Ready as True with "6.9.2@sha256:"
    And HelmRelease "podinfo" in "default" reports Ready as False with "OCIRepository.source.toolkit.fluxcd.io "podinfo" not found"
    And there is no OCIRepository "podinfo" in "flux-system"

  @id:oci-namespace-corrected @erratum:oci-namespace @corrected
  @unit:helm-sources/oci-namespace @unit:helm-sources/oci @unit:helm-releases/reference
  Scenario: A chart of a registry is released from flux-system, with no HelmChart beside it
    Given the engineer has run block "push-charts"
    When the engineer writes blocks "podinfo-oci" and "podinfo-release-oci" and pushes
    Then every Flux object is Ready at the pushed commit
    And OCIRepository "podinfo" reports Ready as True with "6.9.2@sha256:"
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@6.9.2+"
    And HelmRelease "podinfo" in "default" has been given these values:
      | value        | is |
      | replicaCount | 2  |
    And Deployment "podinfo" in "default" has 2 ready replicas
    And there is no HelmChart "default-podinfo" in "flux-system"

  @id:oci-address @unit:helm-sources/oci
  Scenario: An address that does not begin with oci:// is refused
    Then block "apply-oci-without-scheme" fails with "should match '^oci://.*$'"

  @id:layer-selector-as-written @erratum:layer-selector @as-written @unit:helm-sources/oci-layer
  Scenario: Without a layerSelector a chart is released all the same, but for what Flux drops
    Given the engineer has run block "push-with-picture"
    And the engineer has written blocks "podinfo-oci" and "podinfo-release-oci"
    When the engineer writes block "podinfo-oci-without-selector" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@6.9.3+"
    And Deployment "podinfo" in "default" has 2 ready replicas
    And ConfigMap "podinfo-picture" in "default" holds "picture" as "missing"

  @id:layer-selector-corrected @erratum:layer-selector @corrected @unit:helm-sources/oci-layer
  Scenario: With the layerSelector a chart is released with all that was pushed
    Given the engineer has run block "push-with-picture"
    When the engineer writes blocks "podinfo-oci" and "podinfo-release-oci" and pushes
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "podinfo" in "default" reports Ready as True with "podinfo@6.9.3+"
    And ConfigMap "podinfo-picture" in "default" holds "picture" as "there"

  @id:oci-version @unit:helm-sources/oci-version
  Scenario: A range can be narrowed down by a pattern, and a tag stays with its version
    Given the engineer has run block "push-charts"
    When the engineer writes blocks "podinfo-oci" and "podinfo-oci-wide" and pushes
    Then every Flux object is Ready at the pushed commit
    And OCIRepository "podinfo" reports Ready as True with "6.9.2@sha256:"
    When the engineer writes block "podinfo-oci-filtered" and pushes
    Then every Flux object is Ready at the pushed commit
    And OCIRepository "podinfo" reports Ready as True with "4.0.6@sha256:"
    When the engineer writes block "podinfo-oci" and pushes
    Then every Flux object is Ready at the pushed commit
    And OCIRepository "podinfo" reports Ready as True with "6.9.2@sha256:"
    When the engineer writes block "podinfo-oci-tag" and pushes
    Then every Flux object is Ready at the pushed commit
    And OCIRepository "podinfo" reports Ready as True with "4.0.6@sha256:"

  @id:oci-digest @unit:helm-sources/oci-version
  Scenario: A tag that is moved moves the release, and a digest holds it
    Given the engineer has run block "push-charts"
    When the engineer writes blocks "podinfo-oci", "podinfo-oci-tag" and "podinfo-release-oci" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "podinfo" in "default" has 2 ready replicas
    When the engineer runs block "pin-digest"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    Given what block "oci-revision" prints is noted
    When the engineer runs block "move-tag"
    Then block "fetch-oci" has OCIRepository "podinfo" look again
    And block "oci-revision" prints what was noted
    And every Flux object is Ready at the pushed commit
    And Deployment "podinfo" in "default" has 2 ready replicas
    When the engineer writes blocks "podinfo-oci" and "podinfo-oci-tag" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "podinfo" in "default" has 5 ready replicas
    And block "oci-revision" prints something else than was noted
