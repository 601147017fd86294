"""Whether what a run showed still counts: it ran what stands there now, and not too long ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import guide
from guide.footing import BLOCKS, WORDS, Footing
from report.clock import moment, odd
from report.masking import MARK
from report.plan import feature_hash
from report.results import Results, ScenarioResult

STALE_AFTER = timedelta(days=7)
"""Evidence older than this no longer counts."""


@dataclass(frozen=True)
class Validity:
    """What evidence is held against: the edition and its features as they are, and a moment."""

    edition: guide.Edition
    features: guide.Features
    now: datetime
    footing: Footing | None = None
    """What the scenarios of the book stand on, where it is known which book it is."""
    clocks: Mapping[str, str] = field(default_factory=dict)
    """The runs whose times cannot be, by their id, and why."""

    def stale(
        self, results: Results, rows: Sequence[ScenarioResult], scenario: guide.Scenario, unit: str
    ) -> list[str]:
        """Why each result of a scenario in a run is no proof of `unit` any more, '' if it is.

        Without a unit the scenario is judged as a whole, as proof of all that it claims.
        """
        why = _other_rows(rows, scenario)
        return [why or self._stale(results, row, scenario, unit) for row in rows]

    def _stale(
        self, results: Results, row: ScenarioResult, scenario: guide.Scenario, unit: str
    ) -> str:
        if row.status == "passed" and not _is_said(row, scenario):
            return "the feature changed after this run"
        if any(self._text_changed(results, one) for one in ([unit] if unit else scenario.units)):
            return "the text changed after this run"
        if part := self._other_footing(results, row, scenario):
            return f"{part} changed after this run"
        if why := self.clocks.get(results.run.id) or odd(results.run, self.now):
            return f"the clock of the run was wrong: {why}"
        finished = moment(results.run.finished)
        if finished is None or self.now - finished > STALE_AFTER:
            return "the run is older than 7 days"
        return ""

    def _text_changed(self, results: Results, unit: str) -> bool:
        hashes = results.run.units
        if hashes:
            known = self.edition.units.get(unit)
            return known is None or hashes.get(unit) != known.content_hash
        return results.run.edition_hash != self.edition.content_hash

    @cached_property
    def _from_elsewhere(self) -> Mapping[str, Sequence[str]]:
        """The blocks that a scenario runs and that stand under none of its units."""
        blocks = self.edition.blocks
        return {
            scenario.id: [
                name
                for name in self.features.blocks_of(scenario, self.edition)
                if name in blocks and blocks[name].unit not in scenario.units
            ]
            for scenario in self.features.scenarios.values()
        }

    def _other_footing(
        self, results: Results, row: ScenarioResult, scenario: guide.Scenario
    ) -> str:
        """What the scenario stood on otherwise than it would now, in words; '' if on the same."""
        if not row.stands_on:  # of an older version: its run has noted the hash of each block
            return WORDS[BLOCKS] if self._block_changed(results, scenario) else ""
        now = self._stands_on.get(scenario.id, {})
        parts = dict.fromkeys((*WORDS, *now, *row.stands_on))
        other = (part for part in parts if row.stands_on.get(part) != now.get(part))
        return next((WORDS.get(part, "what the scenario stands on") for part in other), "")

    @cached_property
    def _stands_on(self) -> Mapping[str, Mapping[str, str]]:
        """What each scenario stands on now."""
        if self.footing is None:
            return {}
        return {each.id: self.footing.of(each) for each in self.features.scenarios.values()}

    def _block_changed(self, results: Results, scenario: guide.Scenario) -> bool:
        hashes = results.run.units
        return any(
            name in hashes and hashes[name] != self.edition.blocks[name].content_hash
            for name in self._from_elsewhere[scenario.id]
        )


def _other_rows(rows: Sequence[ScenarioResult], scenario: guide.Scenario) -> str:
    """Why the rows that a run tells of are not those that the feature has now, '' if they are.

    One that it tells nothing of may never have run, and the green of the others is not its own.
    """
    told, now = {row.id for row in rows}, set(scenario.results)
    if now - told:
        return "a row of the outline has not run"
    return "the feature changed after this run" if told - now else ""


def _is_said(row: ScenarioResult, scenario: guide.Scenario) -> bool:
    """Whether the sentences are those that ran.

    A word of a table may be a piece of what a Secret holds: where something in them was masked,
    the digest tells that was made before.
    """
    ran = _sentences_ran(row)
    if ran == _sentences(scenario, row):
        return True
    return MARK in str(ran) and row.feature_hash == feature_hash(scenario)


def _sentences_ran(row: ScenarioResult) -> list[tuple[object, ...]]:
    return [(step.keyword.strip(), step.text, step.table, step.doc_string) for step in row.steps]


def _sentences(scenario: guide.Scenario, row: ScenarioResult) -> list[tuple[object, ...]]:
    """The sentences as the feature has them now; those of one row for a row of an outline."""
    steps = scenario.expanded
    if scenario.examples:
        number = int(row.id.rpartition("[")[2].rstrip("]") or 1) if "[" in row.id else 1
        size = len(scenario.steps)
        steps = steps[size * (number - 1) : size * number]
    return [(step.keyword.strip(), step.text, step.table, step.doc_string) for step in steps]
