Feature: Updating an application or component
  An update is a commit and nothing else: a value in the base, a tag in the overlay, data, a chart
  version. Taking it back is a commit too.

  Background:
    Given a sandbox at the baseline

  @id:find-the-files
  @unit:update-component/step-1
  Scenario: A release is found in its base and in its overlay
    Given the engineer has followed steps 1 to 4 of "add-application"
    Then block "find-files-of-my-app" tells of these:
      | words                                                                     |
      | flux-config/bases/my-app/helmrelease.yaml                                 |
      | flux-config/clusters/platform-core-dev-aks/apps/my-app/kustomization.yaml |
    And block "find-files-of-my-app" says nothing of "dev-backend"

  @id:value-in-the-base
  @unit:update-component/step-2 @unit:update-component/step-2-base-value
  @unit:update-component/step-3 @unit:update-component/step-4
  Scenario: A value changed in the base reaches the release, the overlay's values stay
    Given the engineer has brought steps 1 to 5 of "add-application" to the cluster
    When the engineer writes block "my-app-base-release-debug"
    And the engineer runs block "commit-the-update"
    Then every Flux object is Ready at the pushed commit
    And HelmRelease "my-app" in "my-app" has been given these values:
      | value        | is    | comes from |
      | logLevel     | debug         | base       |
      | replicaCount | 2             | overlay    |
      | ui.message   | hello from dev | overlay   |
    And block "verify-release" of release "my-app" in "my-app" tells of "my-app.v2"

  @id:image-tag-in-the-overlay
  @unit:update-component/step-2-image-tag
  Scenario: An image tag changed in the overlay reaches the containers
    Given the engineer has brought steps 1 to 5 of "add-application" to the cluster
    When the engineer writes block "my-app-overlay-image-tag" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "my-app-podinfo" in "my-app" runs an image with tag "6.9.1"
    And HelmRelease "my-app" in "my-app" has been given these values:
      | value        | is             | comes from |
      | image.tag    | 6.9.1          | overlay    |
      | logLevel     | info           | base       |
      | replicaCount | 2              | overlay    |
      | ui.message   | hello from dev | overlay    |

  @id:configmap-data
  @unit:update-component/step-2-configmap
  Scenario: Changed data of a ConfigMap reaches the cluster
    When the engineer writes block "apps-note-updated" and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "apps-note" in "flux-system" holds these:
      | key   | value            |
      | owner | application-team |
    And nothing has come to the cluster and nothing is gone

  @id:chart-version-and-back
  @unit:update-component/step-2-chart-version @unit:update-component/step-4
  Scenario: A new chart version is installed, and git revert brings back the old one
    Given the engineer has brought steps 1 to 5 of "add-application" to the cluster
    When the engineer writes block "my-app-base-release-next-version" and pushes
    Then HelmRelease "my-app" in "my-app" reports Ready as True with "podinfo@6.9.3-proofbook.1"
    And block "verify-release" of release "my-app" in "my-app" tells of "6.9.3-proofbook.1"
    When the engineer runs block "revert-last-commit"
    Then HelmRelease "my-app" in "my-app" reports Ready as True with "my-app.v3 with chart podinfo@6.9.2"

  @id:no-request-fails @containers
  @unit:update-component/step-4-no-gap
  Scenario: An update rolls through while clients keep asking, and no request fails
    Given the engineer has followed steps 1 to 5 of "add-application"
    And every Flux object is Ready at the pushed commit
    And clients in the cluster keep asking Service "my-app-podinfo" in "my-app"
    When the engineer writes block "my-app-overlay-image-tag" and pushes
    Then every Flux object is Ready at the pushed commit
    And Deployment "my-app-podinfo" in "my-app" runs an image with tag "6.9.1"
    And every request of the clients was answered, by the pods before the update and by those after it
