"""Claims of the features that would be true for nothing, found without a cluster.

That something is not there or goes away can be said of any misspelt name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from guide import Edition, Features
from guide.scenario import Scenario

ROOT = Path(__file__).parents[2]
EDITION = Edition.read(ROOT / "docs/guide")
FEATURES = Features.read(ROOT / "features", EDITION)
_ABSENT = re.compile(r'there is no \w+ "([^"]+)"')
_GONE = re.compile(r'^(\w+) "([^"]+)"(?: in "([^"]+)")? goes away')
_NOT_TRIED = re.compile(r'Kustomization "([^"]+)" has not tried')


def _written(scenario: Scenario) -> str:
    return "\n".join(EDITION.block(name).text for name in FEATURES.blocks_of(scenario, EDITION))


def vain(scenario: Scenario, written: str) -> Iterator[str]:
    """The sentences of a scenario that hold for a name which nobody has."""
    seen: list[str] = []
    for step in scenario.expanded:
        absent = _ABSENT.search(step.text)
        if absent and not re.search(rf"(?<![\w-]){re.escape(absent[1])}(?![\w-])", written):
            yield f"{step.text}: no block of the scenario names it"
        gone = _GONE.match(step.text)
        if gone:
            kind, name, namespace = gone.groups()
            there = [f'{kind} "{name}"', f' in "{name}" holds']
            there.append(f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}")
            if not any(words in text for words in there for text in seen):
                yield f"{step.text}: nobody has seen that it was there"
        not_tried = _NOT_TRIED.search(step.text)
        if not_tried and not any(f'"{not_tried[1]}"' in text for text in seen):
            yield f"{step.text}: nobody has waited for what it says instead"
        seen += [step.text, *(" ".join(row) for row in step.table)]


@pytest.mark.parametrize("scenario", FEATURES.scenarios.values(), ids=lambda each: each.id)
def test_no_scenario_says_of_a_name_that_nobody_has_that_it_is_not_there(
    scenario: Scenario,
) -> None:
    assert not list(vain(scenario, _written(scenario)))


def test_such_sentences_are_found(tmp_path: Path) -> None:
    (tmp_path / "x.feature").write_text(
        """Feature: X
  @id:a @unit:x/y
  Scenario: A
    When this is done
    Then there is no ConfigMap "notes" in "x"
    And Secret "login" in "x" goes away
    And Namespace "dev" goes away with all that was in it
    And Kustomization "apps" has not tried the pushed commit

  @id:b @unit:x/y
  Scenario: B
    Given Kustomization "apps" owns these and nothing else:
      | object         |
      | Secret x/login |
    And ConfigMap "m" in "dev" holds "a" as "b"
    Then there is no ConfigMap "note" in "x"
    And Secret "login" in "x" goes away
    And Namespace "dev" goes away with all that was in it
    And Kustomization "apps" has not tried the pushed commit
""",
        encoding="utf-8",
    )
    found = Features.examine(tmp_path).scenarios
    assert len(list(vain(found["x/a"], "name: note"))) == 4
    assert not list(vain(found["x/b"], "name: note"))
