"""The features: features/*.feature, read as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from guide.edition import Edition
from guide.errors import GuideError, near
from guide.feature import Feature, read
from guide.scenario import Scenario, Step


@dataclass(frozen=True)
class Features:
    """Every scenario by its full id."""

    folder: str
    files: Mapping[str, Feature]
    scenarios: Mapping[str, Scenario]
    problems: tuple[GuideError, ...]
    """Everything wrong with the files themselves; empty in what `read` returned."""

    @classmethod
    def read(cls, folder: Path, edition: Edition | None = None) -> Features:
        """Read every feature of a folder; GuideError for the first thing that is wrong.

        With an edition, unknown units, blocks and steps are wrong as well.
        """
        features = cls.examine(folder)
        wrong = [*features.problems, *(features.unknown(edition) if edition else ())]
        if wrong:
            raise wrong[0]
        return features

    @classmethod
    def examine(cls, folder: Path) -> Features:
        """Read every feature and keep what is wrong in `problems` instead of raising it."""
        files: dict[str, Feature] = {}
        scenarios: dict[str, Scenario] = {}
        problems: list[GuideError] = []
        # A run looks below the folder too, and passes over what is hidden.
        for path in sorted(folder.rglob("*.feature")):
            if path.name.startswith("."):
                continue
            if path.parent != folder:
                cure = f"move it to {folder}"
                problems.append(GuideError("lies in a folder of its own", file=path, cure=cure))
                continue
            try:
                feature, found, wrong = read(path)
            except GuideError as problem:
                problems.append(problem)
                continue
            files[feature.stem] = feature
            problems.extend(wrong)
            problems.extend(_named_twice(found))
            for scenario in found:
                first = scenarios.setdefault(scenario.id, scenario)
                if first is not scenario:
                    what = f'scenario id "{scenario.id}" is used twice, first at line {first.line}'
                    cure = "give one of them another @id"
                    problems.append(
                        GuideError(what, file=scenario.file, line=scenario.line, cure=cure)
                    )
        return cls(
            str(folder), MappingProxyType(files), MappingProxyType(scenarios), tuple(problems)
        )

    def unknown(self, edition: Edition) -> list[GuideError]:
        """The units, blocks and steps that scenarios name and no page of the edition has."""
        return [
            problem
            for scenario in self.scenarios.values()
            for problem in _unknown(scenario, edition)
        ]

    def without(self, tag: str) -> Features:
        """The same features without the scenarios that carry a tag."""
        kept = {name: each for name, each in self.scenarios.items() if tag not in each.tags}
        return replace(self, scenarios=MappingProxyType(kept))

    def blocks_of(self, scenario: Scenario, edition: Edition) -> tuple[str, ...]:
        """The ids of the blocks that a scenario uses: named, or of a step that it follows."""
        return tuple(
            dict.fromkeys(name for each in self.runs_of(scenario, edition) for name in each)
        )

    def runs_of(self, scenario: Scenario, edition: Edition) -> tuple[tuple[str, ...], ...]:
        """The same for each of its sentences in turn, as often as it uses them."""
        return tuple(_run_by(step, edition) for step in scenario.expanded)


def _run_by(step: Step, edition: Edition) -> tuple[str, ...]:
    followed: list[str] = []
    for page, number in step.followed:
        unit = f"{page}/step-{number}"
        if unit in edition.units:  # `unknown` tells of a step that is not there
            followed += [block.id for block in edition.blocks_of(unit)]
    return (*(name for name in followed if name not in step.left_out), *step.blocks)


def _named_twice(scenarios: Iterable[Scenario]) -> Iterator[GuideError]:
    names: dict[str, Scenario] = {}
    for scenario in scenarios:
        first = names.setdefault(scenario.name, scenario)
        if first is not scenario:
            what = f'two scenarios are called "{scenario.name}", the other at line {first.line}'
            cure = "give one of them another name: only one of them would run"
            yield GuideError(what, file=scenario.file, line=scenario.line, cure=cure)


def _unknown(scenario: Scenario, edition: Edition) -> Iterator[GuideError]:
    for unit in scenario.units:
        if unit not in edition.units:
            what = f'@unit:{unit} of scenario "{scenario.id}" is on no page'
            cure = near(unit, edition.units)
            yield GuideError(what, file=scenario.file, line=scenario.line, cure=cure)
    seen: set[tuple[int, str]] = set()
    for step in scenario.expanded:
        for name in (*step.blocks, *step.left_out):
            if name not in edition.blocks and (step.line, name) not in seen:
                seen.add((step.line, name))
                cure = near(name, edition.blocks)
                what = f'no page has a block "{name}"'
                yield GuideError(what, file=scenario.file, line=step.line, cure=cure)
        for page, number in step.followed:
            unit = f"{page}/step-{number}"
            if unit not in edition.units and (step.line, unit) not in seen:
                seen.add((step.line, unit))
                what = f'the edition has no step {number} of "{page}"'
                cure = near(unit, edition.units)
                yield GuideError(what, file=scenario.file, line=step.line, cure=cure)
