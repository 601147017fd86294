Feature: Adding a service
  A service reaches a cluster by changes in Git alone.

  Background:
    Given a sandbox at the baseline

  @id:whole-way @unit:add-service/step-1 @unit:add-service/step-2 @unit:add-service/step-3
  Scenario: Following the steps brings the service to the cluster
    When the engineer follows steps 1 to 3 of "add-service"
    Then every Flux object is Ready at the pushed commit

  @id:verify-shows-it @unit:add-service/step-4
  Scenario: The verification shows the release as Ready
    When the engineer runs block "shop-verify"
    Then the output names "shop" as Ready

  @id:deep-path @unit:add-service/step-2 @erratum:overlay-depth @as-written
  Scenario: Six levels up there is no base
    When block "shop-overlay-deep" is built
    Then kustomize fails with "no such file"

  @id:right-path @unit:add-service/step-2 @erratum:overlay-depth @corrected
  Scenario: Four levels up there is
    When block "shop-overlay" is built
    Then kustomize prints HelmRelease "shop"
