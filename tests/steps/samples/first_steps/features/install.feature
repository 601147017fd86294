Feature: Install
  @id:installed @unit:install/step-2
  Scenario: Flux is installed into an empty cluster
    Given a sandbox at the baseline
    When the engineer runs block "install"
    Then block "check" tells of "all checks passed"
    And our namespace "flux-system" is there

  @id:empty @unit:install/step-1
  Scenario: Before that there is no Flux
    Given a sandbox at the baseline
    Then block "look" says nothing of "flux-system"

  @id:chart @unit:install/chart
  Scenario: The chart of the book is served
    Given a sandbox at the baseline
    Then block "chart" tells of "4.5.6"
