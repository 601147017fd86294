Feature: Values that are encrypted
  A release gets values that lie in Git encrypted, and is upgraded whenever they change.

  Background:
    Given a sandbox at the baseline

  @id:encrypted @unit:helm-secrets/step-1 @unit:helm-secrets/step-2 @unit:helm-secrets/step-4
  @unit:helm-secrets/step-5 @unit:helm-secrets/step-6
  @unit:helm-secrets/change @unit:helm-secrets/who-can-read
  Scenario: Whoever follows the steps gets a release with the values, and an upgrade when they change
    When the engineer follows steps 1 to 6 of "helm-secrets"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And the monorepo has the tree of block "sensitive-tree"
    And block "show-encrypted" says nothing of "not-for-everybody"
    And HelmRelease "podinfo" in "podinfo" has been given these values:
      | value        | is                |
      | replicaCount | 2                 |
      | ui.message   | not-for-everybody |
    And Deployment "podinfo" in "podinfo" has 2 ready replicas
    And block "read-values" tells of "not-for-everybody"
    And one Secret in "podinfo" is called "podinfo-values" with a hash behind it
    When the engineer runs block "edit-values"
    And the engineer commits and pushes
    Then every Flux object is Ready at the pushed commit
    And block "show-encrypted" says nothing of "not-for-everybody"
    And HelmRelease "podinfo" in "podinfo" has been given these values:
      | value        | is                |
      | replicaCount | 3                 |
      | ui.message   | not-for-everybody |
    And one Secret in "podinfo" is called "podinfo-values" with a hash behind it
    And Deployment "podinfo" in "podinfo" has 3 ready replicas

  @id:secret-of-kubernetes @unit:helm-secrets/step-2 @unit:helm-secrets/second-rule
  Scenario: Of a Secret in the form of Kubernetes only what it keeps is encrypted
    Given the engineer has followed steps 1 to 2 of "helm-secrets"
    When the engineer writes block "sensitive-login"
    Then block "show-encrypted-login" says nothing of "known-to-few"
    And block "show-encrypted-login" says nothing of "c2hvcC1rZWVwZXI="
    And block "show-encrypted-login" tells of these:
      | words                     |
      | apiVersion: v1            |
      | kind: Secret              |
      | name: podinfo-login       |
      | user: ENC[AES256_GCM      |
      | password: ENC[AES256_GCM  |

  @id:without-references @unit:helm-secrets/step-5
  Scenario: Without the list of references the release asks for a Secret that nobody makes
    Given the engineer has followed steps 1 to 6 of "helm-secrets"
    When the engineer writes block "sensitive-list-without-references" and pushes
    Then Kustomization "sensitive" has applied the pushed commit
    And HelmRelease "podinfo" in "podinfo" reports Ready as False with "secrets "podinfo-values" not found"

  @id:general-rule @unit:helm-secrets/general-rule
  Scenario: The rule for Secrets alone leaves every value as it was, without an error
    Given the engineer has run blocks "make-key" and "write-general-rule"
    And the engineer has written block "sensitive-values"
    Then block "encrypt-values" ends well
    And block "show-encrypted" tells of "message: not-for-everybody"

  @id:rule-order @unit:helm-secrets/rule-order
  Scenario: Behind the rule for Secrets the rule for values is never reached
    Given the engineer has run blocks "make-key" and "write-rules-in-the-other-order"
    And the engineer has written block "sensitive-values"
    Then block "encrypt-values" ends well
    And block "show-encrypted" tells of "message: not-for-everybody"

  @id:file-name @unit:helm-secrets/file-name
  Scenario: A file that is not called as YAML cannot be opened for editing
    Given the engineer has followed steps 1 to 2 of "helm-secrets"
    And the engineer has written block "sensitive-values"
    When the engineer runs block "encrypt-to-another-name"
    Then block "edit-enc" fails with "Could not unmarshal input data"
    And block "edit-encrypted" fails with "Could not unmarshal input data"

  @id:sops-folder-as-written @erratum:sops-folder @as-written @unit:helm-secrets/beside-rules
  Scenario: At the top of the repository sops finds no rules and encrypts nothing
    Given the engineer has followed steps 1 to 2 of "helm-secrets"
    And the engineer has written block "values-at-the-top"
    Then block "encrypt-at-the-top" fails with "config file not found"

  @id:sops-folder-corrected @erratum:sops-folder @corrected
  @unit:helm-secrets/beside-rules @unit:helm-secrets/step-3
  Scenario: In the folder of its rules sops encrypts every value
    Given the engineer has followed steps 1 to 2 of "helm-secrets"
    When the engineer follows step 3 of "helm-secrets"
    Then block "show-encrypted" says nothing of "not-for-everybody"
    And block "show-encrypted" tells of these:
      | words                          |
      | replicaCount: ENC[AES256_GCM   |
      | message: ENC[AES256_GCM        |
