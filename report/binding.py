"""Binding: which scenario of the feature files a pytest item runs, and what its sentences need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import ScenarioTemplate
from pytest_bdd.scenario import find_fixturedefs_for_step, scenario_wrapper_template_registry
from pytest_bdd.utils import registry_get_safe

from report.errors import ReportError
from report.results import Scenario

_EXAMPLE = "_pytest_bdd_example"


@dataclass(frozen=True)
class Binding:
    """An item and the scenario (or the row of an outline) that it runs."""

    item: pytest.Item
    template: ScenarioTemplate
    scenario: Scenario

    def sentences(self) -> Sequence[Any]:
        """The steps as pytest-bdd is going to look them up."""
        example: Mapping[str, object] = {}
        if callspec := getattr(self.item, "callspec", None):
            example = callspec.params.get(_EXAMPLE, {})
        return self.template.render(example).steps


def bind(items: Iterable[pytest.Item], plan: Mapping[str, Scenario]) -> list[Binding]:
    """The items that run scenarios, each with its own; other items are left out.

    Raises ReportError where two items run one scenario, or where an item runs one that the
    plan lacks.
    """
    found: dict[str, Binding] = {}
    for item in items:
        template = registry_get_safe(scenario_wrapper_template_registry, _function(item))
        if template is None:
            continue
        name = _id(item, template)
        place = f"{item.nodeid} runs scenario"
        if name not in plan:
            what = f'{place} "{template.name}", which is not in the features of this run'
            cure = "name the folder of that feature with --features-folder"
            file = template.feature.filename
            raise ReportError(what, file=file, line=template.line_number, cure=cure)
        if name in found:
            what = f"{place} {name}, and so does {found[name].item.nodeid}"
            raise ReportError(what, cure="collect each feature in one test module only")
        found[name] = Binding(item, template, plan[name])
    return list(found.values())


def _function(item: pytest.Item) -> object:
    return getattr(item, "obj", None)


def _id(item: pytest.Item, template: ScenarioTemplate) -> str:
    word = next((tag[3:] for tag in sorted(template.tags) if tag.startswith("id:")), "")
    name = f"{Path(template.feature.filename).stem}/{word}"
    callspec = getattr(item, "callspec", None)
    if callspec is None or _EXAMPLE not in callspec.params:
        return name
    return f"{name}[{callspec.indices[_EXAMPLE] + 1}]"


def unbound(bindings: Iterable[Binding], plan: Iterable[Scenario]) -> Iterator[ReportError]:
    """The scenarios that no item runs: they would be not_run without anybody having said so."""
    bound = {binding.scenario.id for binding in bindings}
    for scenario in plan:
        if scenario.id not in bound:
            what = f"no test runs scenario {scenario.id}"
            cure = f'a test module must call scenarios("{scenario.feature}")'
            yield ReportError(what, file=scenario.feature, line=scenario.line, cure=cure)


def without_step(bindings: Iterable[Binding]) -> Iterator[ReportError]:
    """The sentences that no step function takes, each line of a feature once."""
    known: set[tuple[object, str, str]] = set()
    told: set[tuple[str, int]] = set()
    for binding in bindings:
        item = binding.item
        for step in binding.sentences():
            # Which step functions are seen depends on where the item lies.
            key = (item.parent, step.type, step.name)
            if key in known:
                continue
            fixtures: Any = item.session._fixturemanager
            if next(iter(find_fixturedefs_for_step(step, fixtures, item)), None) is not None:
                known.add(key)
                continue
            place = (binding.scenario.feature, step.line_number)
            if place not in told:
                told.add(place)
                what = f'no step says "{step.keyword} {step.name}"'
                cure = "write the sentence as a step does, or write a step for it"
                yield ReportError(what, file=place[0], line=place[1], cure=cure)
