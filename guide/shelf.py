"""The shelf: every book that can be named, below the current folder and in the clone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from guide.book import FILE, Book, name_in
from guide.errors import GuideError, near

ROOT = Path(__file__).parents[1]
FOLDER = "books"
DEFAULT = "operational"
"""The book that is meant where none is named."""
ALL = "all"


def find(text: str = "") -> Book:
    """The book of that name, or in that folder; GuideError with the nearest names for none."""
    return _read(_place(text or DEFAULT))


def several(text: str = "") -> list[Book]:
    """As `find`, but `all` stands for every book on the shelf, the default one first."""
    if text != ALL:
        return [find(text)]
    return [_read(place) for place in _known().values()]


def _read(place: Path) -> Book:
    book = Book.read(place)
    twin = _known().get(book.name, place)
    if twin.resolve() != place.resolve():
        raise _two(book.file, book.name, twin)
    return book


def _two(file: Path, name: str, other: Path) -> GuideError:
    what = f'two books are called "{name}", the other is {other / FILE}'
    return GuideError(what, file=file, line=1, cure="give one of them another name:")


def _place(text: str) -> Path:
    known = _known()
    if text in known:
        return known[text]
    path = Path(text)
    if path.name == FILE:
        path = path.parent
    if "/" in text or path.name != text or text in (".", "..") or (path / FILE).is_file():
        return path
    raise GuideError(f'no book is called "{text}"', cure=near(text, (*known, ALL)))


def _known() -> dict[str, Path]:
    """The folders of the books by their names, the default book first."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for file in sorted(folder.glob(f"*/{FILE}")):
            name = name_in(file.parent)
            twin = found.setdefault(name, file.parent)
            if twin.resolve() != file.parent.resolve():
                raise _two(file, name, twin)
    first = {DEFAULT: found[DEFAULT]} if DEFAULT in found else {}
    return first | found


def _folders() -> Iterable[Path]:
    return dict.fromkeys((Path(FOLDER), ROOT / FOLDER))
