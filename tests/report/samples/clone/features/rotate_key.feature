Feature: Rotating the key
  The cluster never loses its source.

  Background:
    Given a sandbox at the baseline

  @id:read-only @unit:rotate-key/key-rights
  Scenario: Pushing with the deploy key is refused
    When someone pushes with the deploy key
    Then the push is refused

  @id:new-key-works @unit:rotate-key/step-1
  Scenario Outline: A key of type <type> works
    When the engineer makes a key of type "<type>"
    Then Flux fetches with it

    Examples:
      | type    |
      | ed25519 |
      | ecdsa   |

  @id:old-key-gone @unit:rotate-key/step-3 @containers
  Scenario: The old key opens nothing
    When the old key is removed
    Then a container that uses it is refused
