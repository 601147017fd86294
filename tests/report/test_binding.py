"""Sentences that would not run as they are read: found before anything is started."""

from __future__ import annotations

from pathlib import Path

from tiny_suite import TinySuite

STEPS = """
@given("a shelf")
def shelf(): pass

@given(parsers.re("an? (?P<what>.*)p"))
def lamp(what): pass

@given(parsers.parse("a {what}"))
def anything(what): pass

@then("nothing is there:")
def nothing(): pass

@then("rows are there:")
def rows(datatable): pass

@then("words are there:")
def words(docstring): pass

@then("something may be there:")
def something(datatable=None, docstring=""): pass
"""
FEATURE = """Feature: A shop
  @id:first @unit:shop/step-1
  Scenario: One
    Given a shelf
    And a lamp
    And an ape
    Then trace
    And a table
    And nothing is there:
      | what |
      | lamp |
    And nothing is there:
      \"\"\"
      a lamp
      \"\"\"
    And rows are there:
    And rows are there:
      \"\"\"
      a lamp
      \"\"\"
    And rows are there:
      | what |
      | lamp |
    And words are there:
    And words are there:
      \"\"\"
      a lamp
      \"\"\"
    And something may be there:
    And something may be there:
      | what |
      | lamp |

  @id:second @unit:shop/step-1
  Scenario: Two
    When a shelf
"""


def test_each_sentence_is_taken_by_one_function_that_reads_what_stands_below(
    tmp_path: Path,
) -> None:
    outcome = TinySuite(tmp_path, FEATURE, STEPS).run()
    assert outcome.exit_code == 2
    assert not (tmp_path / "build").exists()
    by = "test_shop.py"
    told = [line for line in outcome.stdout.splitlines() if line.startswith("features/")]
    assert [line.removeprefix("features/shop.feature:").split(". Cure: ")[0] for line in told] == [
        f'4: 2 step functions take "a shelf", {by}:13 and {by}:7',
        f'5: 2 step functions take "a lamp", {by}:10 and {by}:13',
        '6: no step says "And an ape"',
        '7: no step says "Then trace"',
        '8: no step says "And a table"',
        f'9: the table below "nothing is there:" is read by nobody ({by}:16)',
        f'12: the text below "nothing is there:" is read by nobody ({by}:16)',
        '16: "rows are there:" has no table below it',
        '17: "rows are there:" has no table below it',
        '24: "words are there:" has no text below it',
        '36: no step says "When a shelf"',
    ]


def test_what_would_run_is_what_the_results_would_show(tmp_path: Path) -> None:
    feature = """
        Feature: A shop
          @id:first @unit:shop/step-1
          Scenario: One
            Given a shelf
    """
    conftest = """
        from pytest_bdd import parser

        parser.render_string = lambda text, row: text.replace("shelf", "lamp")
    """
    outcome = TinySuite(tmp_path, feature, STEPS, conftest=conftest).run()
    assert outcome.exit_code == 2
    assert outcome.stdout.startswith(
        'features/shop.feature:5: "Given a lamp" would run, and the results would show another'
    )
