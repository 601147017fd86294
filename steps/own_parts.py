"""What a book takes from its clone for a run: its parts, and where the links in them lead."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from guide import Book


@dataclass(frozen=True)
class OwnParts:
    """Files and folders from which something runs, all links followed."""

    links: dict[Path, Path] = field(default_factory=dict)
    """By what way each was come to: a part of the book, or a link in one."""

    @classmethod
    def of(cls, book: Book) -> OwnParts:
        """All that a book takes."""
        baseline = book.layout.baseline
        parts = [book.edition, book.features, book.steps, book.charts]
        return cls.at(*parts, *([baseline.folder] if baseline else []))

    @classmethod
    def at(cls, *parts: Path) -> OwnParts:
        """What lies in these folders."""
        found: dict[Path, Path] = {}
        waiting = list(parts)
        while waiting:
            link = waiting.pop()
            place = link.resolve()
            if place not in found:
                found[place] = link
                for at, folders, files in os.walk(place):
                    inside = (Path(at, each) for each in (*folders, *files))
                    waiting += [each for each in inside if each.is_symlink()]
        return cls(found)

    @property
    def places(self) -> set[Path]:
        """Where they lie."""
        return set(self.links)

    def link_out_of(self, root: Path) -> str:
        """The first way out of a tree, as it is called there; '' where there is none."""
        inner = root.resolve()
        ways = [way for place, way in self.links.items() if not place.is_relative_to(inner)]
        return min((os.path.relpath(way, inner) for way in ways), default="")


def meet(path: Path, other: Path) -> bool:
    """Whether one is the other, or lies in it."""
    return path == other or path in other.parents or other in path.parents
