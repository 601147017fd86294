"""An outline: how a row of its examples fills a sentence, and what its examples lack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from guide.errors import near
from guide.placeholder import PRINTED

_PLACE = re.compile(r"<(.+?)>")
"""What a run (pytest-bdd) takes as the name of a column; the results must show what it runs."""
_COLUMN = re.compile(r"<(\w[\w .-]*)>")
"""What a reader takes as the name of a column."""

Problem = tuple[str, str, int]
"""What is wrong, the cure, and the line."""


def fill(text: str, row: Mapping[str, str]) -> str:
    """The text with the columns of a row, all at once: a value is not filled again."""
    return _PLACE.sub(lambda place: row.get(place[1], place[0]), text)


def rows(node: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Each row of the examples of a scenario, as (column, value) pairs."""
    for examples in node["examples"]:
        names = _names(examples)
        for row in examples["tableBody"]:
            yield tuple(zip(names, (cell["value"] for cell in row["cells"]), strict=True))


def wrong_examples(node: Mapping[str, Any], is_outline: bool) -> Iterator[Problem]:
    """What keeps the examples of a scenario from being rows that are run."""
    if is_outline and not node["examples"]:
        cure = "add Examples with a row, or write Scenario"
        yield "is an outline without Examples", cure, node["location"]["line"]
    for examples in node["examples"]:
        line = examples["location"]["line"]
        for tag in examples["tags"]:
            cure = "tag the scenario, or make two scenarios of it"
            yield f"has a tag on its Examples, {tag['name']}", cure, tag["location"]["line"]
        if examples["description"].strip():
            yield "has text in its Examples", "begin and end each row with |", line
        elif not examples["tableBody"]:
            yield "has Examples without a row", "add a header and a row, or take them away", line
        names = _names(examples)
        if "" in names:
            yield "has a column without a name", "give it one, or take it away", line
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f'has two columns "{name}"', "give one of them another name", line


def wrong_columns(
    node: Mapping[str, Any], texts: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[Problem]:
    """Columns that no text uses, and `<words>` of a text that no column is called.

    `texts` are the lines of a scenario, each with all the text that belongs to it.
    """
    lines = [(line, text) for line, parts in texts for text in parts]
    tables = [set(_names(examples)) for examples in node["examples"]] or [set[str]()]
    used = {place for _, text in lines for place in _PLACE.findall(text)}
    for examples, names in zip(node["examples"], tables, strict=False):
        for name in sorted(names - used):
            cure = f"write <{name}> in a sentence, or take the column away"
            yield f'uses its column "{name}" nowhere', cure, examples["location"]["line"]
    seen: set[tuple[int, str]] = set()
    for names in tables:
        for line, text in lines:
            # What is filled is gone; only what the sentence itself says is looked at.
            left = fill(text, dict.fromkeys(names, ""))
            for word in _COLUMN.findall(left):
                if word not in PRINTED and (line, word) not in seen:
                    seen.add((line, word))
                    yield f"says <{word}>, which no column fills", _cure(word, names), line


def _cure(word: str, names: set[str]) -> str:
    literal = f"to say it as it is, make a column with the value <{word}>"
    if word in names:
        return f"take the < before it away, it hides the column; {literal}"
    return f"{near(word, names)}; {literal}" if names else f"add Examples; {literal}"


def _names(examples: Mapping[str, Any]) -> list[str]:
    return [cell["value"] for cell in examples.get("tableHeader", {}).get("cells", ())]
