"""The shelf: every book that can be named, below the current folder and in the clone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from guide.book import DEFAULT, FILE, SHELF, Book, name_in
from guide.errors import GuideError, near

ROOT = Path(__file__).parents[1]
ALL = "all"


def find(text: str = "", *folders: Path) -> Book:
    """The book of that name, or in that folder; GuideError with the nearest names for none.

    `folders` hold the books that have a name; by itself those of the current folder and the clone.
    """
    known = _known(folders)
    return _read(_place(text or DEFAULT, known), known)


def several(text: str = "", *folders: Path) -> list[Book]:
    """As `find`, but `all` stands for every book that has a name, the default one first."""
    if text != ALL:
        return [find(text, *folders)]
    known = _known(folders)
    return [_read(place, known) for place in known.values()]


def names(*folders: Path) -> list[str]:
    """The names that `find` knows, the default one first."""
    return list(_known(folders))


def _read(place: Path, known: Mapping[str, Path]) -> Book:
    book = Book.read(place)
    twin = known.get(book.name, place)
    if twin.resolve() != place.resolve():
        raise _two(book.file, book.name, twin)
    return book


def _two(file: Path, name: str, other: Path) -> GuideError:
    what = f'two books are called "{name}", the other is {other / FILE}'
    return GuideError(what, file=file, line=1, cure="give one of them another name:")


def _place(text: str, known: Mapping[str, Path]) -> Path:
    if text in known:
        return known[text]
    if text == ALL:
        raise GuideError("BOOK=all stands for several books", cure=f"name one: {', '.join(known)}")
    path = Path(text)
    if path.name == FILE:
        path = path.parent
    if "/" in text or path.name != text or text in (".", "..") or (path / FILE).is_file():
        return path
    raise GuideError(f'no book is called "{text}"', cure=near(text, (*known, ALL)))


def _known(folders: Sequence[Path]) -> dict[str, Path]:
    """The folders of the books by their names, the default book first."""
    found: dict[str, Path] = {}
    for folder in folders or dict.fromkeys((Path(SHELF), ROOT / SHELF)):
        for file in sorted(folder.glob(f"*/{FILE}")):
            name = name_in(file.parent)
            twin = found.setdefault(name, file.parent)
            if twin.resolve() != file.parent.resolve():
                raise _two(file, name, twin)
    first = {DEFAULT: found[DEFAULT]} if DEFAULT in found else {}
    return first | found
