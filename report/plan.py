"""The plan of a run: every scenario of the feature files, before anything has run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guide import Edition, Features, GuideError
from guide import Scenario as Written
from guide import Step as Sentence
from guide.content import digest
from report.reasons import NOT_YET
from report.results import Scenario, Step

_PLACE = re.compile(r"<(.+?)>")


def plan(features: Features, edition: Edition | None) -> tuple[Scenario, ...]:
    """One not_run scenario for each of the features, and one for each row of an outline.

    Raises GuideError where two scenarios of a feature have one name: pytest-bdd finds them by it.
    """
    names: dict[tuple[str, str], int] = {}
    found: list[Scenario] = []
    for written in features.scenarios.values():
        first = names.setdefault((written.feature, written.name), written.line)
        if first != written.line:
            what = f'two scenarios are called "{written.name}", the other at line {first}'
            cure = "give one of them another name: only one of them would run"
            raise GuideError(what, file=written.file, line=written.line, cure=cure)
        found.extend(_scenarios(features, written, edition))
    return tuple(found)


def _scenarios(features: Features, written: Written, edition: Edition | None) -> Iterator[Scenario]:
    content = _content_hash(features, written, edition)
    count = len(written.steps)
    for number, row in enumerate(written.examples or ((),)):
        example = dict(row)
        sentences = written.expanded[number * count : (number + 1) * count]
        yield Scenario(
            id=f"{written.id}[{number + 1}]" if written.examples else written.id,
            feature=written.file,
            name=_filled(written.name, example),
            tags=written.tags,
            units=written.units,
            error=NOT_YET,
            steps=tuple(map(_step, sentences)),
            line=written.line,
            content_hash=content,
            example=example,
        )


def _filled(name: str, example: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: example.get(place[1], place[0]), name)


def _step(sentence: Sentence) -> Step:
    return Step(
        keyword=sentence.keyword,
        text=sentence.text,
        line=sentence.line,
        table=sentence.table,
        doc_string=sentence.doc_string,
    )


def _content_hash(features: Features, written: Written, edition: Edition | None) -> str:
    parts = [written.name]
    for sentence in written.expanded:
        table = "\n".join(" | ".join(row) for row in sentence.table)
        parts += [sentence.keyword, sentence.text, table, sentence.doc_string]
    if edition is not None:
        parts += [f"{unit} {edition.unit(unit).content_hash}" for unit in written.units]
        used = features.blocks_of(written, edition)
        parts += [f"{block} {edition.block(block).content_hash}" for block in used]
    return digest(*parts)


def hashes(edition: Edition | None) -> dict[str, str]:
    """The content hash of every unit and every block of the edition, by its id."""
    if edition is None:
        return {}
    units = {unit.id: unit.content_hash for unit in edition.units.values()}
    return units | {block.id: block.content_hash for block in edition.blocks.values()}
