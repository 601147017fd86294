"""Binding: which scenario of the feature files a pytest item runs, and what its sentences need."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import plugin
from pytest_bdd.parser import ScenarioTemplate
from pytest_bdd.scenario import (
    STEP_ARGUMENT_DATATABLE,
    STEP_ARGUMENT_DOCSTRING,
    find_fixturedefs_for_step,
    scenario_wrapper_template_registry,
)
from pytest_bdd.steps import step_function_context_registry
from pytest_bdd.utils import registry_get_safe

from guide.taker import Problem, misfit
from report.errors import ReportError
from report.results import ScenarioResult, StepResult

_EXAMPLE = "_pytest_bdd_example"
_BELOW = (("table", STEP_ARGUMENT_DATATABLE), ("text", STEP_ARGUMENT_DOCSTRING))
"""What may stand below a sentence, and the parameter that takes it."""


@dataclass(frozen=True)
class Binding:
    """An item and the scenario (or the row of an outline) that it runs."""

    item: pytest.Item
    template: ScenarioTemplate
    scenario: ScenarioResult

    def sentences(self) -> Sequence[Any]:
        """The steps as pytest-bdd is going to look them up."""
        example: Mapping[str, object] = {}
        if callspec := getattr(self.item, "callspec", None):
            example = callspec.params.get(_EXAMPLE, {})
        return self.template.render(example).steps


def bind(items: Iterable[pytest.Item], plan: Mapping[str, ScenarioResult]) -> list[Binding]:
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


def unbound(bindings: Iterable[Binding], plan: Iterable[ScenarioResult]) -> Iterator[ReportError]:
    """The scenarios that no item runs: they would be not_run without anybody having said so."""
    bound = {binding.scenario.id for binding in bindings}
    for scenario in plan:
        if scenario.id not in bound:
            what = f"no test runs scenario {scenario.id}"
            cure = f'a test module must call scenarios("{scenario.feature}")'
            yield ReportError(what, file=scenario.feature, line=scenario.line, cure=cure)


def misfits(bindings: Iterable[Binding]) -> Iterator[ReportError]:
    """The sentences that would not run as they are read, each line of a feature once.

    Each is taken by one step function, which reads the table or the text below it, and is the one
    that the results are going to show.
    """
    known: set[tuple[object, ...]] = set()
    told: set[tuple[str, int]] = set()
    for binding in bindings:
        item = binding.item
        for number, step in enumerate(binding.sentences()):
            shown = _differs(binding.scenario.steps, number, step)
            # Which step functions are seen depends on where the item lies.
            key = (item.parent, step.type, step.name, bool(step.datatable), step.docstring)
            if key in known and not shown:
                continue
            known.add(key)
            problem = shown or _misfit(item, step)
            place = (binding.scenario.feature, step.line_number)
            if problem and place not in told:
                told.add(place)
                yield ReportError(problem[0], file=place[0], line=place[1], cure=problem[1])


def _differs(planned: Sequence[StepResult], number: int, step: Any) -> Problem:
    if number < len(planned):
        said = planned[number]
        rows = [list(row) for row in said.table]
        if (said.text, rows, said.doc_string) == (step.name, _rows(step), step.docstring or ""):
            return None
    what = f'"{step.keyword} {step.name}" would run, and the results would show another sentence'
    return what, "report it: the features are read in another way than they are run"


def _rows(step: Any) -> list[list[object]]:
    return [list(row) for row in step.datatable.raw()] if step.datatable else []


@dataclass(frozen=True)
class _Function:
    """A step function, as the guide judges one."""

    function: Callable[..., object]

    @property
    def place(self) -> str:
        code = self.function.__code__
        return f"{os.path.relpath(code.co_filename)}:{code.co_firstlineno}"

    @property
    def reads(self) -> Collection[str]:
        return {what for what, name in _BELOW if name in self._parameters}

    @property
    def needs(self) -> Collection[str]:
        parameters = self._parameters
        return {
            what
            for what, name in _BELOW
            if name in parameters and parameters[name].default is Parameter.empty
        }

    @property
    def _parameters(self) -> Mapping[str, Parameter]:
        return signature(self.function).parameters


def _misfit(item: pytest.Item, step: Any) -> Problem:
    text = bool((step.docstring or "").strip())
    below = [
        what for what, is_there in (("table", len(_rows(step)) > 1), ("text", text)) if is_there
    ]
    return misfit(step.keyword, step.name, below, [_Function(each) for each in _takers(item, step)])


def _takers(item: pytest.Item, step: Any) -> list[Callable[..., object]]:
    fixtures: Any = item.session._fixturemanager
    contexts = {
        id(context): context
        for found in find_fixturedefs_for_step(step, fixtures, item)
        if (context := step_function_context_registry.get(found.func)) is not None
    }
    # pytest-bdd has a sentence of its own, "trace", which waits for somebody to debug.
    functions = [context.step_func for context in contexts.values()]
    return [each for each in functions if each.__module__ != plugin.__name__]
