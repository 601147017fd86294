"""Forms of Gherkin: what is taken, with what runs of it, and what is refused, in which words."""

from __future__ import annotations

HEAD = "Feature: Shop\n"
PLAIN = """
  @id:x @unit:a/b
  Scenario: X
    Given a
    Then b
"""
OTHER = PLAIN.replace("@id:x", "@id:y").replace(": X", ": Y")


def outline(table: str, text: str = "<p>", examples: str = "Examples:", keyword: str = "") -> str:
    body = PLAIN.replace("Scenario:", f"{keyword or 'Scenario Outline'}:")
    body = body.replace("Given a", f"Given {text}")
    return HEAD + body + f"    {examples}\n" + "".join(f"      {row}\n" for row in table.split("/"))


def tagged(tag: str) -> str:
    return HEAD + PLAIN.replace("@unit", f"{tag} @unit")


ROWS = ("Then b\n", "Then rows:\n      | h |\n      | <q> |\n")
AB = [["given", "a"], ["then", "b"]]
TAKEN: dict[str, tuple[str, list[list[object]]]] = {
    "plain": (HEAD + PLAIN, AB),
    "crlf": ((HEAD + PLAIN).replace("\n", "\r\n"), AB),
    "cr": ((HEAD + PLAIN).replace("\n", "\r"), AB),
    "comments": ("# one\n" + HEAD + PLAIN.replace("    Then", "    # two\n    Then"), AB),
    "asterisk": (
        HEAD + PLAIN.replace("    Then", "    * c\n    Then"),
        [["given", "a"], ["given", "c"], ["then", "b"]],
    ),
    "and-but": (
        HEAD + PLAIN + "    And c\n    But d\n",
        [*AB, ["then", "c"], ["then", "d"]],
    ),
    "background": (
        HEAD + "  Background:\n    Given z\n    And y\n" + PLAIN,
        [["given", "z"], ["given", "y"], *AB],
    ),
    "rule": (
        HEAD
        + "  Background:\n    Given z\n"
        + OTHER
        + "  Rule: R\n    Some text.\n    Background:\n      When w\n"
        + PLAIN,
        [["given", "z"], *AB, ["given", "z"], ["when", "w"], *AB],
    ),
    "german": (
        "# language: de\nFunktionalität: F\n  @id:x @unit:a/b\n  Szenario: X\n"
        "    Angenommen a\n    Und c\n    Dann b\n",
        [["given", "a"], ["given", "c"], ["then", "b"]],
    ),
    "german-outline": (
        "# language: de\nFunktionalität: F\n  @id:x @unit:a/b\n  Szenariogrundriss: X\n"
        "    Angenommen <p>\n    Dann b\n    Beispiele:\n      | p |\n      | a |\n",
        AB,
    ),
    "example": (HEAD + PLAIN.replace("Scenario:", "Example:"), AB),
    "template": (outline("| p |/| a |", examples="Scenarios:", keyword="Scenario Template"), AB),
    "scenario-with-examples": (outline("| p |/| a |", keyword="Scenario"), AB),
    "examples-twice": (
        outline("| p |/| a |") + "    Examples: more\n      | p |\n      | c |\n",
        [*AB, ["given", "c"], ["then", "b"]],
    ),
    "same-row-twice": (outline("| p |/| a |/| a |"), [*AB, *AB]),
    "value-like-a-column": (
        outline("| first | second |/| <second> | 2 |", "<first> and <second>"),
        [["given", "<second> and 2"], ["then", "b"]],
    ),
    "value-in-brackets": (outline("| p |/| <none> |"), [["given", "<none>"], ["then", "b"]]),
    "printed-word": (
        HEAD + PLAIN.replace("Given a", 'Given "<none>"'),
        [["given", '"<none>"'], ["then", "b"]],
    ),
    "comparison": (
        HEAD + PLAIN.replace("Given a", "Given a < b > c"),
        [["given", "a < b > c"], ["then", "b"]],
    ),
    "table": (
        outline("| p |/| a |").replace(
            "Then b\n", "Then rows <p>:\n      | h |\n      | <p> \\| c |\n"
        ),
        [["given", "a"], ["then", "rows a:", [["h"], ["a | c"]]]],
    ),
    "doc-string": (
        HEAD + PLAIN.replace(
            "Then b\n", 'Then words:\n      """json\n        {\n          1\n      """\n'
        ),
        [["given", "a"], ["then", "words:", "{\n  1"]],
    ),
    "doc-string-of-a-row": (
        outline("| p |/| a |").replace(
            "Then b\n", "Then words:\n      ```\n      <p>\n      ```\n"
        ),
        [["given", "a"], ["then", "words:", "a"]],
    ),
    "tags": ("@slow\n" + tagged("@as.it-is_2 @über @containers"), AB),
    "odd-name": (HEAD + PLAIN.replace(": X", ": \"X\" 'y' \\ {z} %s 1/2"), AB),
}  # fmt: skip

REFUSED = {
    "bom": ("\ufeff" + HEAD + PLAIN, ":1: begins with a byte order mark (BOM). Cure: save it as"),
    "first-and": (
        HEAD + PLAIN.replace("Given a", "And a"),
        ":5: the first step begins with And. Cure: begin it with Given, When or Then",
    ),
    "first-but": (HEAD + PLAIN.replace("Given a", "But a"), ":5: the first step begins with But."),
    "first-asterisk": (HEAD + PLAIN.replace("Given a", "* a"), ":5: the first step begins with *."),
    "and-after-background": (
        HEAD + "  Background:\n    Given z\n" + PLAIN.replace("Given a", "And a"),
        ":7: the first step begins with And.",
    ),
    "background-and": (
        HEAD + "  Background:\n    And z\n" + PLAIN, ":3: the first step begins with And.",
    ),
    "tag-in-brackets": (tagged("@issue(42)"), ":3: tag @issue(42) is no plain word. Cure: write"),
    "tag-parametrize": (tagged("@parametrize"), ":3: tag @parametrize is an order to pytest"),
    "tag-usefixtures": (tagged("@usefixtures"), ":3: tag @usefixtures is an order to pytest"),
    "tag-skip": (tagged("@skip"), ":3: tag @skip is an order to pytest"),
    "tag-xfail": (tagged("@xfail"), ":3: tag @xfail is an order to pytest"),
    "tag-of-the-feature": ("@skip\n" + HEAD + PLAIN, ":1: tag @skip is an order to pytest"),
    "tag-of-a-rule": (HEAD + " @skip\n Rule: R\n" + PLAIN, ":2: tag @skip is an order to pytest"),
    "tag-underscore": (tagged("@_x"), ":3: tag @_x is no plain word"),
    "tag-class": (tagged("@__class__"), ":3: tag @__class__ is no plain word"),
    "tag-number": (tagged("@42"), ":3: tag @42 is no plain word"),
    "tag-slash": (tagged("@a/b"), ":3: tag @a/b is no plain word"),
    "tag-not": (tagged("@not"), ":3: tag @not cannot be asked for with TAGS"),
    "tag-misspelt": (tagged("@container"), ":3: tag @container does nothing. Cure: did you mean"),
    "tag-key-misspelt": (tagged("@units:a/c"), ":3: tag @units:a/c is of no known kind. Cure:"),
    "tag-empty": (tagged("@unit:"), ":3: tag @unit: names nothing. Cure: write @unit:<page>"),
    "tag-key-only": (tagged("@erratum"), ":3: tag @erratum names nothing. Cure: write @erratum:<i"),
    "tag-id-of-the-feature": ("@id:z\n" + HEAD + PLAIN, ":1: tag @id:z names no scenario where"),
    "two-errata": (
        tagged("@erratum:a @erratum:b @corrected"), ':4: scenario "X" is about 2 errata, a and b',
    ),
    "role-without-erratum": (
        tagged("@as-written"), ':4: scenario "X" is @as-written and about no erratum. Cure: tag it',
    ),
    "tag-on-examples": (
        outline("| p |/| a |", examples="@quick\n    Examples:"),
        ':7: scenario "X" has a tag on its Examples, @quick. Cure: tag the scenario',
    ),
    "id-on-examples": (
        outline("| p |/| a |", examples="@id:y\n    Examples:"),
        ':7: scenario "X" has a tag on its Examples, @id:y.',
    ),
    "outline-without-examples": (
        HEAD + PLAIN.replace("Scenario:", "Scenario Outline:"),
        ':4: scenario "X" is an outline without Examples. Cure: add Examples with a row, or',
    ),
    "examples-without-table": (
        outline("# nothing"), ':7: scenario "X" has Examples without a row. Cure: add a header',
    ),
    "examples-without-row": (outline("| p |"), ':7: scenario "X" has Examples without a row.'),
    "second-examples-without-row": (
        outline("| p |/| a |") + "    Examples:\n      | p |\n",
        ':10: scenario "X" has Examples without a row.',
    ),
    "examples-text": (
        outline("p |/| p |/| a |"), ':7: scenario "X" has text in its Examples. Cure: begin and',
    ),
    "column-misspelt": (
        outline("| words |/| a |", "<words> and <word>"),
        ':5: scenario "X" says <word>, which no column fills. Cure: did you mean words?; to say i',
    ),
    "column-unused": (
        outline("| p | q |/| a | 1 |"), ':7: scenario "X" uses its column "q" nowhere. Cure: write',
    ),
    "column-twice": (outline("| p | p |/| a | b |"), ':7: scenario "X" has two columns "p".'),
    "column-without-name": (
        outline("| p | |/| a | b |"), ':7: scenario "X" has a column without a name.',
    ),
    "column-of-one-table-only": (
        outline("| p | q |/| a | b |", "<p> <q>") + "    Examples:\n      | p |\n      | c |\n",
        ':5: scenario "X" says <q>, which no column fills.',
    ),
    "column-in-a-name": (
        outline("| p |/| a |").replace(": X", ": X <q>"),
        ':4: scenario "X <q>" says <q>, which no column fills.',
    ),
    "column-hidden": (
        outline("| p |/| a |", "<p> 3 <5 and <p>"),
        ':5: scenario "X" says <p>, which no column fills. Cure: take the < before it away',
    ),
    "column-without-outline": (
        HEAD + PLAIN.replace("Given a", 'Given "<p>"'),
        ':5: scenario "X" says <p>, which no column fills. Cure: add Examples; to say it as it is',
    ),
    "column-in-a-table": (
        HEAD + PLAIN.replace("Then b", "Then rows:\n      | h |\n      | <p> |"),
        ':6: scenario "X" says <p>, which no column fills.',
    ),
    "column-in-a-doc-string": (
        HEAD + PLAIN.replace("Then b", 'Then words:\n      """\n      <p>\n      """'),
        ':6: scenario "X" says <p>, which no column fills.',
    ),
    "table-without-row": (
        HEAD + PLAIN.replace("Then b", "Then rows:\n      | h |"),
        ":6: a table with a header and no row. Cure: write the rows below it, or take it away",
    ),
    "table-with-empty-row": (
        HEAD + PLAIN.replace("Then b", "Then rows:\n      | h |\n      | |"),
        ":6: a table with an empty row. Cure: fill it",
    ),
    "table-emptied-by-a-row": (
        outline("| p | q |/| a | |").replace(*ROWS),
        ":6: a table with an empty row.",
    ),
    "doc-string-empty": (
        HEAD + PLAIN.replace("Then b", 'Then words:\n      """\n      """'),
        ":6: an empty text below a step. Cure: write it, or take it away",
    ),
    "same-name": (
        HEAD + PLAIN + OTHER.replace(": Y", ": X"),
        ':9: two scenarios are called "X", the other at line 4. Cure: give one of them another',
    ),
    "same-name-in-a-rule": (
        HEAD + PLAIN + "  Rule: R\n" + OTHER.replace(": Y", ": X"),
        ':10: two scenarios are called "X", the other at line 4.',
    ),
    "no-name": (HEAD + PLAIN.replace(": X", ":"), ':4: scenario "" has no name. Cure: write what'),
    "no-step": (
        HEAD + PLAIN.replace("    Given a\n    Then b\n", "") + OTHER,
        ':4: scenario "X" has no step. Cure: write what it does',
    ),
    "no-scenario": (HEAD + "  Background:\n    Given z\n", ":1: holds no scenario. Cure:"),
    "steps-in-the-text": (
        HEAD + "  Given z\n" + PLAIN,
        ':1: the text of Feature "Shop" has a line that is never run: Given z. Cure: move it',
    ),
    "heading-in-the-text": (
        HEAD + "  Backgrund:\n    z\n" + PLAIN,
        ':1: the text of Feature "Shop" has a line that is never run: Backgrund:. Cure: correct',
    ),
    "heading-in-the-text-of-a-rule": (
        HEAD + "  Rule: R\n    Whenever z\n    When y\n" + PLAIN,
        ':2: the text of Rule "R" has a line that is never run: When y.',
    ),
    "keyword-misspelt-in-the-background": (
        HEAD + "  Background:\n    Givn z\n    Given y\n" + PLAIN,
        ":2: the background has text before its first step. Cure: begin each of its lines",
    ),
    "keyword-misspelt": (
        HEAD + PLAIN.replace("Given a", "Givn a"),
        ':4: scenario "X" has text before its first step.',
    ),
    "two-features": (HEAD + PLAIN + HEAD, ":7: is no Gherkin: expected"),
    "rows-of-two-lengths": (outline("| p |/| a | b |"), ":9: is no Gherkin: inconsistent cell"),
    "unknown-language": ("# language: xx\n" + HEAD + PLAIN, ":1: is no Gherkin: Language not sup"),
}  # fmt: skip
