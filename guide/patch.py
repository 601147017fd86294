"""The corrections of every erratum that stands in a source guide, as a unified diff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from guide.document import Document
from guide.erratum import Change, Errata
from guide.errors import GuideError
from guide.lock import SourceLock
from guide.match import Match
from guide.source import SourceGuide
from guide.standing import Standing


@dataclass(frozen=True, order=True)
class _Edit:
    """One replacement within one line of the guide."""

    start: int
    end: int
    new: str


def patch(file: Path, lock: SourceLock, errata: Errata) -> str:
    """A diff that `git apply` takes in the repository (or the folder) of the guide; '' if none.

    GuideError where the guide cannot be read or two corrections collide.
    """
    document = Document.read(file, any_dialect=True)
    guide = SourceGuide.of(document)
    text = file.read_bytes().decode("utf-8")
    # The document's first line is without a byte order mark: places are counted behind it.
    mark = "\ufeff" * text.startswith("\ufeff")
    raw = text.removeprefix(mark).split("\n")
    if any("\r" in line.removesuffix("\r") for line in raw):
        cure = "save the file with LF or CRLF"
        raise GuideError("line breaks of a single CR", file=file, line=1, cure=cure)
    view = Standing(guide, Match.of(guide, lock), errata, document.lines)
    view.refuse_lost()
    edits: dict[int, set[_Edit]] = defaultdict(set)
    for erratum in errata.values():
        for change in erratum.changes:
            for index, column in view.places(change):
                edits[index].add(_edit(raw[index], column, change))
    corrected = [
        line
        for index, old in enumerate(raw)
        for line in _corrected(old, sorted(edits.get(index, ())), file, index + 1)
    ]
    raw[0], corrected[0] = mark + raw[0], mark + corrected[0]
    return "".join(_diff(raw, corrected, _path_in_repository(file)))


def _edit(line: str, column: int, change: Change) -> _Edit:
    length = len(line.removesuffix("\r"))
    if column < 0:
        at = len(line.rstrip())
        return _Edit(at, at, " " + change.new)
    return _Edit(column, length if change.line_end else column + len(change.old), change.new)


def _corrected(line: str, edits: list[_Edit], file: Path, number: int) -> Iterator[str]:
    ending = "\r" if line.endswith("\r") else ""
    indent = line[: len(line) - len(line.lstrip())]
    parts: list[str] = []
    position = 0
    for edit in edits:
        if edit.start < position:
            cure = "give their changes facts that do not overlap"
            raise GuideError("two errata change the same text", file=file, line=number, cure=cure)
        first, *more = edit.new.split("\n")
        new = [first, *(indent + text if text.strip() else "" for text in more)]
        parts += [line[position : edit.start], "\n".join(new)]
        position = edit.end
    text = "".join(parts) + line[position:].removesuffix(ending)
    yield from (piece + ending for piece in text.split("\n"))


def _diff(old: list[str], new: list[str], name: str) -> Iterator[str]:
    # The text after the last line break is a line of its own only where it is not empty.
    before, after = ([line + "\n" for line in lines] for lines in (old, new))
    for lines in (before, after):
        last = lines.pop()
        if last != "\n":
            lines.append(last.removesuffix("\n"))
    # As git writes it: without a tab behind it, a name would end at its first blank.
    end = "\t" if " " in name else ""
    for line in unified_diff(before, after, f"a/{name}{end}", f"b/{name}{end}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _path_in_repository(file: Path) -> str:
    full = file.resolve()
    for folder in full.parents:
        if (folder / ".git").exists():
            return full.relative_to(folder).as_posix()
    return full.name
