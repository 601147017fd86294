Feature: Grafana annotations
  Grafana shows on its dashboards what Flux has fetched and when.

  Background:
    Given a sandbox at the baseline

  @id:grafana-secret-corrected @erratum:grafana-secret @corrected @unit:grafana/step-1 @unit:grafana/step-2
  Scenario: With the token in its secret each new commit becomes an annotation
    When the engineer writes block "monitoring-namespace" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer runs block "store-grafana-token"
    And the engineer writes block "grafana-notification" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes block "ops-note" and pushes
    Then a message to "/api/annotations" tells of the pushed commit and of these:
      | words                       |
      | text: gitrepository/flux-system.flux-system |
      | kind: GitRepository         |
    And every Flux object is Ready at the pushed commit
    And these have come to the cluster and nothing else:
      | object                         |
      | Alert monitoring/grafana       |
      | ConfigMap monitoring/ops-note  |
      | Namespace monitoring           |
      | Provider monitoring/grafana    |
      | Secret monitoring/grafana-auth |
    And every message to "/api/annotations" carries the token "glsa-YOUR-TOKEN"

  @id:grafana-secret-as-written @erratum:grafana-secret @as-written @unit:grafana/step-2
  Scenario: Without the secret nothing reaches Grafana, and the log says what is missing
    When the engineer writes blocks "monitoring-namespace" and "grafana-notification" and pushes
    Then every Flux object is Ready at the pushed commit
    When the engineer writes block "ops-note" and pushes
    Then every Flux object is Ready at the pushed commit
    And the log comes to tell of "secrets \"grafana-auth\" not found" through block "notification-log"
    And no message to "/api/annotations" has come
