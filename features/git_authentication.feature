Feature: Git authentication
  The access token belongs to bootstrap, the deploy key to Flux. Whoever takes the token back after
  bootstrap breaks nothing; whoever steals the key from the cluster can read and no more.

  Background:
    Given a sandbox at the baseline

  @id:token-revoked
  @unit:git-authentication/runtime
  Scenario: The token is revoked after bootstrap, and a pushed change still arrives
    Given the bootstrap token is revoked and the engineer goes on with a token for repositories
    Then block "use-bootstrap-token" fails with "Authentication failed"
    When the engineer writes blocks "team-note" and "apps-group-with-team-note"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And ConfigMap "team-note" in "flux-system" holds "team" as "checkout"
    And everything fetched since the push was fetched over SSH with the deploy key

  @id:token-before-it-is-revoked
  @unit:git-authentication/runtime
  Scenario: As long as it is not revoked, the token opens the repository
    Then block "use-bootstrap-token" tells of "refs/heads/main"

  @id:token-in-no-object
  @unit:git-authentication/token
  Scenario: The token is in no object and in no commit, the private key in one Secret
    Then the private key is in these objects of the cluster and in no other:
      | object                         |
      | Secret flux-system/flux-system |
    And the bootstrap token is in no object of the cluster
    And the bootstrap token is in no commit of the monorepo

  @id:read-only-is-sufficient
  @unit:git-authentication/read-only
  Scenario: The deploy key reads; pushing with it is refused
    Given the deploy key of the project may not push
    When the engineer runs block "take-key-from-cluster"
    Then block "read-with-deploy-key" reads the monorepo with the deploy key
    And block "read-with-deploy-key" tells of "refs/heads/main"
    And block "push-with-deploy-key" fails with "This deploy key does not have write access to this project"

  @id:secret-and-reference
  @unit:git-authentication/secret
  Scenario: gotk-sync.yaml refers to the Secret that holds the key GitLab knows
    Then block "show-reference-to-login" tells of "name: flux-system"
    And block "show-reference-to-login" tells of "url: ssh://git@"
    And block "show-login-of-flux" tells of these:
      | words         |
      | identity:     |
      | identity.pub: |
      | known_hosts:  |
    And the deploy key of the project is the public half of the key in Secret "flux-system"
