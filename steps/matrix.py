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
from sandbox.toolchain.pins import FLUX, KUBERNETES, Product, Versions

FILE = Path(__file__).parents[1] / "nightly.yaml"
SCHEMA = Path(__file__).with_name("matrix.schema.json")
OWN = "own"
NEXT = "next"
_DEFAULTS = {"kubernetes": [OWN], "flux": [OWN], "book": [""]}


@dataclass(frozen=True)
class Cell:
    """One run of a night."""

    book: Book
    provider: str
    kubernetes: str
    """A pinned version; '' for that of the toolchain."""
    newer: str = ""
    """'next' on what is newer than the pins, 'next-helm' on a newer Helm alone; '' on the pins."""
    flux: str = ""
    """A pinned version; '' for that of the toolchain."""

    @property
    def name(self) -> str:
        """What the history knows it by.

        It stays when a Kubernetes is taken up to its next patch. Of Flux the patch is part of it:
        a pinned one may be of the minor version that the toolchain has.
        """
        minor = KUBERNETES.prefix + self.kubernetes.rpartition(".")[0] if self.kubernetes else ""
        flux = FLUX.prefix + self.flux if self.flux else ""
        return "-".join(filter(None, (self.book.name, self.provider, minor, flux, self.newer)))

    @property
    def versions(self) -> Versions:
        """The pinned versions that it runs on."""
        return Versions(self.kubernetes, self.flux)


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
            kubernetes = [_version(read, place, KUBERNETES, each) for each in given["kubernetes"]]
            flux = [_version(read, place, FLUX, each) for each in given["flux"]]
            every = itertools.product(books, given["provider"], kubernetes, flux)
            for book, provider, one, other in every:
                cell = Cell(book, provider, one, flux=other)
                if cell.name in cells:
                    raise read.problem(_twice(cells[cell.name], cell), place, cure="leave one out")
                cells[cell.name] = cell
        return cls(tuple(cells.values()))

    def with_tomorrow(self) -> Matrix:
        """The cells, then one on newer versions for each that has the toolchain's own."""
        own = [cell for cell in self.cells if cell.versions == Versions()]
        return Matrix((*self.cells, *(replace(cell, newer=NEXT) for cell in own)))

    def only(self, asked: str) -> Sequence[Cell]:
        """The cells that are asked for, by commas, * for any letters; all where nothing is.

        Tomorrow's cell comes by its own name and by that of today's. GuideError for one that there
        is not.
        """
        patterns = [each.strip() for each in asked.split(",") if each.strip()]
        names = [cell.name for cell in self.cells]
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise GuideError(f'no cell is called "{pattern}"', cure=near(pattern, names))
        called = {cell.name: {cell.name, replace(cell, newer="").name} for cell in self.cells}
        return [
            cell
            for cell in self.cells
            if not patterns
            or any(fnmatchcase(name, each) for name in called[cell.name] for each in patterns)
        ]


def _book(read: CheckedYaml, place: int, text: str) -> Book:
    try:
        return shelf.find(text)
    except GuideError as error:
        raise read.problem(error.what, place, "book", cure=error.cure) from error


def _version(read: CheckedYaml, place: int, product: Product, text: str) -> str:
    try:
        return product.version_of("" if text == OWN else text)
    except UsageError as error:
        raise read.problem(error.what, place, product.name.lower(), cure=error.cure) from error


def _twice(first: Cell, second: Cell) -> str:
    if first == second:
        return f"two cells are equal: {first.name}"
    return f"two cells are called {first.name}: {first.kubernetes} and {second.kubernetes}"
