"""The matrix of a night: which cells there are, a run of one book on one set of versions each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from guide import Book, GuideError, shelf
from guide.checked_yaml import CheckedYaml
from guide.errors import near
from sandbox.errors import UsageError
from sandbox.toolchain import pins
from sandbox.toolchain.modules import EMBEDDED

FILE = Path(__file__).parents[1] / "nightly.yaml"
SCHEMA = Path(__file__).with_name("matrix.schema.json")
OWN = "own"
NEXT = "next"
_DEFAULTS = {"kubernetes": [OWN], "flux": [OWN], "book": [""]}
_FLUX = "github.com/fluxcd/flux2/v2"


@dataclass(frozen=True)
class Cell:
    """One run of a night."""

    book: Book
    provider: str
    kubernetes: str
    """A pinned version; '' for that of the toolchain."""
    newer: str = ""
    """'next' on what is newer than the pins, 'next-helm' on a newer Helm alone; '' on the pins."""

    @property
    def name(self) -> str:
        """What the history knows it by: it stays when a version is taken up to its next patch."""
        minor = f"kubernetes-{self.kubernetes.rpartition('.')[0]}" if self.kubernetes else ""
        return "-".join(filter(None, (self.book.name, self.provider, minor, self.newer)))


@dataclass(frozen=True)
class Matrix:
    """The cells in the order in which they run."""

    cells: tuple[Cell, ...]

    @classmethod
    def read(cls, path: Path = FILE) -> Matrix:
        """The matrix of a file; GuideError for what is unknown in it, and for two equal cells."""
        read = CheckedYaml.read(path, SCHEMA)
        products: list[dict[str, Any]] = read.value
        cells: dict[str, Cell] = {}
        for place, product in enumerate(products):
            given = {**_DEFAULTS, **product}
            books = [_book(read, place, text) for text in given["book"]]
            versions = [_kubernetes(read, place, text) for text in given["kubernetes"]]
            for text in given["flux"]:
                _flux(read, place, text)
            # A Flux that is not the toolchain's is refused: two of them are one and the same.
            every = itertools.product(books, given["provider"], versions, given["flux"])
            for book, provider, kubernetes, _ in every:
                cell = Cell(book, provider, kubernetes)
                if cell.name in cells:
                    raise read.problem(_twice(cells[cell.name], cell), place, cure="leave one out")
                cells[cell.name] = cell
        return cls(tuple(cells.values()))

    def with_tomorrow(self) -> Matrix:
        """The cells, then one on newer versions for each that has the toolchain's own."""
        own = [cell for cell in self.cells if not cell.kubernetes]
        return Matrix((*self.cells, *(replace(cell, newer=NEXT) for cell in own)))

    def only(self, asked: str) -> Sequence[Cell]:
        """The cells that are asked for, by commas, * for any letters; all where nothing is.

        GuideError for one that there is not.
        """
        patterns = [each.strip() for each in asked.split(",") if each.strip()]
        names = [cell.name for cell in self.cells]
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise GuideError(f'no cell is called "{pattern}"', cure=near(pattern, names))
        return [
            cell
            for cell in self.cells
            if not patterns or any(fnmatchcase(cell.name, pattern) for pattern in patterns)
        ]


def _book(read: CheckedYaml, place: int, text: str) -> Book:
    try:
        return shelf.find(text)
    except GuideError as error:
        raise read.problem(error.what, place, "book", cure=error.cure) from error


def _kubernetes(read: CheckedYaml, place: int, text: str) -> str:
    try:
        return pins.version_of("" if text == OWN else text)
    except UsageError as error:
        raise read.problem(error.what, place, "kubernetes", cure=error.cure) from error


def flux_pinned() -> str:
    """The one version of Flux that is pinned."""
    return EMBEDDED.versions[_FLUX].removeprefix("v")


def _flux(read: CheckedYaml, place: int, text: str) -> None:
    has = flux_pinned()
    if text not in (OWN, has):
        what = f"Flux {text} is not pinned, there is {has}"
        raise read.problem(what, place, "flux", cure=f"say {OWN}: only Kubernetes can be pinned")


def _twice(first: Cell, second: Cell) -> str:
    if first == second:
        return f"two cells are equal: {first.name}"
    return f"two cells are called {first.name}: {first.kubernetes} and {second.kubernetes}"
