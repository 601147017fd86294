"""What the sentences about writing and following do, in any length and with a push or without."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guide.scenario import Step
from guide.sentences import Sentences
from steps import repository

ROOT = Path(__file__).parents[2]
KNOWN = Sentences.of([ROOT / "steps"])


class Writer:
    """An engineer who notes what is asked for."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def write(self, block: str) -> None:
        self.done.append(block)

    def push(self, message: str) -> None:
        self.done.append(f"push: {message}")

    def follow(self, *words: Any, without: str) -> None:
        self.done.append((*words, without))


def said(text: str, kind: str, table: list[list[str]] | None = None) -> list[Any]:
    """Do what the one function that takes the sentence does."""
    rows = tuple(tuple(row) for row in table or ())
    [taken] = [each for each in KNOWN.known if each.takes(Step(kind, text, 1, rows, kind=kind))]
    found = taken._expression.fullmatch(text)
    assert found
    writer: Any = Writer()
    request: Any = SimpleNamespace(node=SimpleNamespace(name="test_a_note_arrives"))
    if "page" in found.groupdict():
        repository.follow_steps(writer, **found.groupdict())
    elif table:
        repository.write_table(writer, table, found["push"], request)
    else:
        repository.write_blocks(writer, found["blocks"], found["push"], request)
    return list(writer.done)


@pytest.mark.parametrize(
    ("kind", "text", "done"),
    [
        ("when", 'the engineer writes block "a"', ["a"]),
        ("when", 'the engineer adds block "a" and pushes', ["a", "push: a note arrives"]),
        ("when", 'the engineer writes blocks "a" and "b"', ["a", "b"]),
        ("when", 'the engineer writes blocks "c", "b" and "a" and pushes',
         ["c", "b", "a", "push: a note arrives"]),
        ("given", 'the engineer has written block "a"', ["a"]),
        ("given", 'the engineer has written blocks "a", "b", "c" and "d" and pushed',
         ["a", "b", "c", "d", "push: a note arrives"]),
        ("given", 'the engineer has followed step 2 of "page"', [("page", 2, 2, "")]),
        ("when", 'the engineer follows steps 1 to 3 of "page"', [("page", 1, 3, "")]),
        ("given", 'the engineer has followed steps 1 to 3 of "page" without block "b"',
         [("page", 1, 3, "b")]),
    ],
)  # fmt: skip
def test_blocks_and_steps_in_any_number(kind: str, text: str, done: list[Any]) -> None:
    assert said(text, kind) == done


@pytest.mark.parametrize(
    ("kind", "text", "pushes"),
    [
        ("given", "the engineer has written these blocks:", False),
        ("given", "the engineer has written and pushed these blocks:", True),
        ("when", "the engineer writes these blocks:", False),
        ("when", "the engineer writes and pushes these blocks:", True),
    ],
)
def test_blocks_of_a_table(kind: str, text: str, pushes: bool) -> None:
    done = said(text, kind, [["block"], ["a"], ["b"]])
    assert done == ["a", "b", *(["push: a note arrives"] if pushes else [])]


def test_words_that_may_be_left_out_are_told_in_brackets() -> None:
    told = {each.told for each in KNOWN.known if each.module == "repository"}
    assert "the engineer writes/adds block[s] <blocks>[ and pushes]" in told
    assert "the engineer has written[ and pushed] these blocks:" in told
