Feature: A word list
  Words are written down, sorted and checked.

  @id:sorted @unit:word-list/step-1 @unit:word-list/step-2
  Scenario: A list is sorted
    When she follows steps 1 and 2 of "word-list"
    Then the first word is "apple"

  @id:settings-case-as-written @unit:word-list/step-3 @erratum:settings-case @as-written
  Scenario: The word no is no text
    When she reads block "wrong-case"
    Then the case is false

  @id:settings-case-corrected @unit:word-list/step-3 @erratum:settings-case @corrected
  Scenario: The case is said with a truth value
    When she reads block "settings"
    Then the case is true
