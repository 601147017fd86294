"""Which scenarios a run is asked for: by feature or scenario (FEATURE=), by tags (TAGS=)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from guide.errors import near
from guide.tags import ROLES
from report.errors import ReportError
from report.results import ScenarioResult

if TYPE_CHECKING:
    from _pytest.mark.expression import Expression

_WORD = re.compile(r"[\w:+\-.\[\]\\/]+")
"""A word of an expression, as pytest cuts it."""
_OPERATORS = frozenset({"and", "or", "not"})


@dataclass(frozen=True)
class Selection:
    """What was asked for; empty texts ask for everything."""

    features: str
    """Feature files, their stems or ids of scenarios, separated by commas or white space."""
    tags: str
    """An expression of tags: `containers and not slow`."""

    def check(self, plan: Sequence[ScenarioResult]) -> None:
        """ReportError for what matches nothing, and for an expression that is none."""
        if self.features.strip() and not self._names():
            what = f'FEATURE "{self.features}" names nothing'
            raise ReportError(what, cure="name features or scenarios, or leave it out")
        for name in self._names():
            if not any(_matches(name, scenario) for scenario in plan):
                known = {PurePath(one.feature).stem for one in plan} | {one.base_id for one in plan}
                what = f'FEATURE "{name}" matches no feature and no scenario'
                raise ReportError(what, cure=near(name, known))
        if not self.tags:
            return
        try:
            expression = self._expression()
        except SyntaxError as error:
            what = f'TAGS "{self.tags}" is no expression of tags: {error.msg}'
            raise ReportError(what, cure='write it like "containers and not slow"') from error
        known = {tag for one in plan for tag in one.tags if ":" not in tag}
        there = f"the tags are {', '.join(sorted(known)) or 'none'}"
        # Behind a `not` or an `or`, an unknown tag would take more than was meant.
        for tag in _WORD.findall(self.tags):
            if tag not in {*known, *ROLES, *_OPERATORS}:
                guess = near(tag, known)
                cure = f"{guess}; {there}" if guess.endswith("?") else there
                raise ReportError(f'TAGS "{self.tags}": no scenario has tag "{tag}"', cure=cure)
        if not any(expression.evaluate(_has(one)) for one in plan if self.wants(one)):
            what = f'TAGS "{self.tags}" matches no scenario'
            if self.features:
                what += f' of FEATURE "{self.features}"'
            raise ReportError(what, cure=there)

    def wants(self, scenario: ScenarioResult) -> bool:
        """True where the scenario is of the features asked for; tags are pytest's business."""
        names = self._names()
        return not names or any(_matches(name, scenario) for name in names)

    def takes(self, scenario: ScenarioResult) -> bool:
        """True where the scenario is of the features and of the tags that were asked for."""
        tagged = not self.tags or self._expression().evaluate(_has(scenario))
        return tagged and self.wants(scenario)

    def _expression(self) -> Expression:
        # pytest's, of which every command would load a part for those few that have tags.
        from _pytest.mark.expression import Expression

        return Expression.compile(self.tags)

    def _names(self) -> list[str]:
        return self.features.replace(",", " ").split()

    def __str__(self) -> str:
        """As the words of a make command: `FEATURE=... TAGS=...`."""
        parts = {"FEATURE": self.features, "TAGS": self.tags}
        return " ".join(f"{name}={shlex.quote(text)}" for name, text in parts.items() if text)


def _matches(name: str, scenario: ScenarioResult) -> bool:
    path = PurePath(scenario.feature)
    stem = PurePath(name).name.removesuffix(".feature")
    if name in (scenario.id, scenario.base_id):
        return True
    is_file = "/" not in name or name.endswith(".feature")
    return is_file and stem.replace("-", "_") == path.stem.replace("-", "_")


class _has:
    """What an expression asks: is there such a tag?"""

    def __init__(self, scenario: ScenarioResult) -> None:
        self._tags = frozenset(tag for tag in scenario.tags if ":" not in tag)

    def __call__(self, name: str, /, **wanted: object) -> bool:
        return name in self._tags
