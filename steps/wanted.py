"""Whether what FEATURE and TAGS ask for is there, before anything is begun."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from guide import Book, Edition
from guide.check import hindrances
from guide.errors import BadInput
from report.preflight import Preflight
from report.regression.quarantine import Quarantine
from report.selection import Selection


def look(book: Book, feature: str, tags: str) -> None:
    """Raises BadInput where a book cannot be read, or has nothing of what is asked for.

    Also where a run of it must not begin, or its quarantine cannot be read.
    """
    for problem in hindrances(book, Edition.read(book.edition), feature):
        raise problem
    Quarantine.read(book.file.parent)
    Preflight.read(book.features, book.edition, _selection(feature, tags))


def look_in_all(
    books: Iterable[Book], feature: str, tags: str, only: Callable[[Sequence[str]], str]
) -> None:
    """Raises BadInput where one of several books has nothing of what is asked for.

    `only` is the setting that names the others, as the cure. A book that cannot be read says so
    when its turn comes, and stops no other.
    """
    if not feature and not tags:
        return
    lacking: dict[str, BadInput] = {}
    having: list[str] = []
    for book in books:
        try:
            read = Preflight.read(book.features, book.edition, Selection("", ""))
        except BadInput:
            continue
        try:
            _selection(feature, tags).check(read.scenarios)
        except BadInput as error:
            lacking[book.name] = error
        else:
            having.append(book.name)
    for name, problem in lacking.items():
        if not having:
            raise problem
        raise BadInput(f"book {name}: {problem.what}", cure=only(having)) from problem


def cells(books: Sequence[str]) -> str:
    """The setting of a night that names the cells of these books."""
    return f"CELLS={shlex.quote(','.join(f'{each}-*' for each in books))}"


def one_of(books: Sequence[str]) -> str:
    """The setting of a run that names one of these books."""
    return " or ".join(f"BOOK={each}" for each in books)


def _selection(feature: str, tags: str) -> Selection:
    return Selection(feature, tags.replace("@", ""))
