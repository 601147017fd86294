"""Tags become marks, and every sentence has a step: checked before a sandbox starts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.scenario import (
    find_fixturedefs_for_step,
    scenario_wrapper_template_registry,
)

_WRONG_USE = 2


def mark_name(tag: str) -> str:
    """The mark for a Gherkin tag: `id:two-words` becomes `id_two_words`."""
    return re.sub(r"\W", "_", tag.removeprefix("@"))


def mark_expression(tags: str) -> str:
    """A pytest mark expression from TAGS: `@containers and not @slow`."""
    return re.sub(r"@?[\w:./-]+", lambda word: mark_name(word[0]), tags)


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool:
    """Give a scenario the mark for its tag (tags may hold characters that marks may not)."""
    getattr(pytest.mark, mark_name(tag))(function)
    return True


def feature_of(item: pytest.Item) -> str:
    """The stem of the feature file that an item comes from."""
    template = scenario_wrapper_template_registry[item.obj]  # type: ignore[attr-defined]
    return Path(template.feature.filename).stem


def missing(session: pytest.Session) -> list[str]:
    """Each sentence that no step function takes, as `file:line: what. Cure: …`."""
    found = {}
    manager = session._fixturemanager
    for item in session.items:
        template = scenario_wrapper_template_registry[item.obj]  # type: ignore[attr-defined]
        callspec: Any = getattr(item, "callspec", None)
        example = callspec.params.get("_pytest_bdd_example", {}) if callspec else {}
        scenario = template.render(example)
        for step in scenario.steps:
            if not any(True for _ in find_fixturedefs_for_step(step, manager, item)):
                where = f"{scenario.feature.rel_filename}:{step.line_number}"
                found[where] = (
                    f"{where}: no step takes the sentence `{step.keyword} {step.name}`. "
                    f"Cure: correct the sentence, or write a step of type {step.type}"
                )
    return [found[where] for where in sorted(found)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """End with exit code 2 where a sentence has no step."""
    wrong = missing(session)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        pytest.exit(f"{len(wrong)} sentence(s) without a step", returncode=_WRONG_USE)
