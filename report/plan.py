"""The plan of a run: every scenario of the feature files, before anything has run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guide import Edition, Features, Scenario, Step
from guide.content import digest
from guide.footing import Footing
from guide.outline import fill
from report.reasons import NOT_YET
from report.results import ScenarioResult, StepResult


def plan(
    features: Features, edition: Edition | None, footing: Footing | None = None
) -> tuple[ScenarioResult, ...]:
    """One not_run scenario for each of the features, and one for each row of an outline.

    With the footing of a book each notes what it stands on.
    """
    return tuple(
        scenario
        for written in features.scenarios.values()
        for scenario in _scenarios(
            features, written, edition, footing.of(written) if footing else {}
        )
    )


def _scenarios(
    features: Features,
    written: Scenario,
    edition: Edition | None,
    stands_on: Mapping[str, str],
) -> Iterator[ScenarioResult]:
    said, shown = _said(written), _shown(features, written, edition)
    count = len(written.steps)
    rows = zip(written.results, written.examples or ((),), strict=True)
    for number, (ident, row) in enumerate(rows):
        example = dict(row)
        sentences = written.expanded[number * count : (number + 1) * count]
        yield ScenarioResult(
            id=ident,
            feature=written.file,
            name=fill(written.name, example),
            tags=written.tags,
            units=written.units,
            error=NOT_YET,
            steps=tuple(map(_step, sentences)),
            line=written.line,
            content_hash=digest(written.name, *said, *shown),
            feature_hash=feature_hash(written),
            text_hash=digest(*shown) if shown else "",
            stands_on=stands_on,
            example=example,
        )


def feature_hash(written: Scenario) -> str:
    """The digest of its sentences, of all rows of an outline, before anything in them is masked."""
    return digest(*_said(written))


def _step(sentence: Step) -> StepResult:
    return StepResult(
        keyword=sentence.keyword,
        text=sentence.text,
        line=sentence.line,
        table=sentence.table,
        doc_string=sentence.doc_string,
    )


def _said(written: Scenario) -> list[str]:
    """Its sentences, with what stands below each."""
    said = []
    for sentence in written.expanded:
        table = "\n".join(" | ".join(row) for row in sentence.table)
        said += [sentence.keyword, sentence.text, table, sentence.doc_string]
    return said


def _shown(features: Features, written: Scenario, edition: Edition | None) -> list[str]:
    """The hashes of the units that it proves and of the blocks that it uses."""
    if edition is None:
        return []
    used = features.blocks_of(written, edition)
    return [f"{unit} {edition.unit(unit).content_hash}" for unit in written.units] + [
        f"{block} {edition.block(block).content_hash}" for block in used
    ]


def hashes(edition: Edition | None) -> dict[str, str]:
    """The content hash of every unit and every block of the edition, by its id."""
    if edition is None:
        return {}
    units = {unit.id: unit.content_hash for unit in edition.units.values()}
    return units | {block.id: block.content_hash for block in edition.blocks.values()}
