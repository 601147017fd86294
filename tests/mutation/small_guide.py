"""A guide of one page and two scenarios, and a bench that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from guide import Book, Edition
from mutation.outcome import Ended, Outcome

PAGE = """# Notes { #top data-excused="the steps say it" }

## The note { #note }

Whoever keeps a note keeps it here, and nobody keeps it elsewhere.

``` { .yaml #note title="apps/note.yaml" }
apiVersion: v1
kind: ConfigMap
metadata:
  name: note
  namespace: apps
data:
  owner: team
```

``` { .bash #push }
git push origin main
```
"""
SEED = """# Repository { #top data-excused="a page of its own" }

## Tree { #tree }

``` { .yaml #group title="apps/kustomization.yaml" }
kind: Kustomization
resources:
  - note.yaml
```
"""
FEATURE = """Feature: Notes
  @id:short @unit:notes/note
  Scenario: A note is pushed
    When blocks "note" and "push" are used
    Then the note is there

  @id:long @unit:notes/note
  Scenario: A note is pushed and looked at again and again
    When blocks "note" and "push" are used
    Then the note is there
    And the note is still there

  @id:tree @unit:repository-structure/tree
  Scenario: The tree is there
    Then block "group" is there
"""
BOOK = """title: Notes
description: How notes are kept
name: notes
chapters: [repository-structure, notes]
sources: [guide.md]
folders: {edition: docs}
layout:
  group: team
  project: notes
  clusters: [one]
  baseline: {pages: [repository-structure]}
"""
Answer = Callable[[str], Outcome]


def write(root: Path) -> Book:
    """The book of the small guide below a folder."""
    for name, text in (
        ("docs/notes.md", PAGE),
        ("docs/repository-structure.md", SEED),
        ("features/notes.feature", FEATURE),
        ("source.lock", '{"lock": 2, "guide": "guide.md"}\n'),
        ("book.yaml", BOOK),
    ):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Book.read(root)


class FakeBench:
    """Passes with the true edition; with a fault it answers as it is told."""

    def __init__(
        self, name: str, folder: Path, true: Edition, answers: dict[str, list[Ended]]
    ) -> None:
        self.name = name
        self.folder = folder / name
        self.asked: list[tuple[str, str, float]] = []
        self.closed = False
        self.stopped = threading.Event()
        self._true = true.content_hash
        self._answers = answers

    def run(self, edition: Edition, scenario: str, patience: float) -> Outcome:
        """Answer what it was told for this scenario, the last answer again and again."""
        what = "control" if edition.content_hash == self._true else "fault"
        self.asked.append((what, scenario, patience))
        told = self._answers.get(f"{what} {scenario}", [Ended.PASSED])
        ended = told.pop(0) if len(told) > 1 else told[0]
        line = "" if ended is Ended.PASSED else "it rains"
        waited = 10.0 if scenario == "notes/long" else 1.0
        return Outcome(scenario, ended, line, "Then the sun shines", 2 * waited, waited, waited)

    def run_all(self, edition: Edition, scenarios: list[str], patience: float) -> list[Outcome]:
        """Answer for each in turn."""
        return [self.run(edition, scenario, patience) for scenario in scenarios]

    def stop(self) -> None:
        """Begin no other run."""
        self.stopped.set()

    def close(self) -> None:
        """Leave nothing."""
        self.closed = True
