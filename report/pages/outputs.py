"""Long texts: a page shows the head and the tail, the whole lies beside it as a text file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from report.folder import Folder
from report.known.secrets import safe
from report.pages.text import plain, plural, size


@dataclass(frozen=True)
class Shown:
    """How much of a text a page shows."""

    head_lines: int = 60
    tail_lines: int = 30
    characters: int = 12_000

    def cut(self, text: str) -> tuple[str, str]:
        """The head and the tail that a page shows; the tail is empty if nothing was cut."""
        lines = text.split("\n")
        many = len(lines) > self.head_lines + self.tail_lines + 10
        if not many and len(text) <= self.characters:
            return text, ""
        head, tail = text, ""
        if many:
            head = "\n".join(lines[: self.head_lines])
            tail = "\n".join(lines[-self.tail_lines :])
        half = self.characters // 2
        if len(head) > half:
            tail = tail or head[-half:]
            head = head[:half]
        return head, tail[-half:]


@dataclass(frozen=True)
class Whole:
    """Where the whole of a text is that a page cuts."""

    what: str
    size: str
    href: str
    """'' where the results of the run alone have it."""


@dataclass(frozen=True)
class Output:
    """What a page shows of a text."""

    label: str
    """Read to those who cannot see the block."""
    head: str
    """'' where there is nothing to show."""
    tail: str = ""
    left: str = ""
    """How much was cut."""
    whole: Whole | None = None


class Outputs:
    """Where whole outputs go: names are unique per run."""

    def __init__(self, folder: Folder | None, shown: Shown | None = None) -> None:
        """Without a folder nothing is saved: what is cut is in the run's results alone."""
        self._folder = folder
        self._shown = shown or Shown()

    def cut(self, text: str) -> tuple[str, str]:
        """The head and the tail of `text` that a page shows; the tail is empty if that is all."""
        return self._shown.cut(text)

    def output(
        self, text: str, name: str, label: str, up: str, whole: Path | None = None
    ) -> Output:
        """What to show of `text`, cut with a link to the whole where it is long.

        `name` becomes the file's path below `evidence/`, `up` is the way from the page to the root
        of the site (`""` or `"../"`), `whole` the file with everything where the results hold only
        a part.
        """
        text = plain(self.read(whole, text)).strip("\n")
        if not text.strip():
            return Output(label, "")
        head, tail = self.cut(text)
        if not tail and head == text:
            return Output(label, text)
        left = text.count("\n") + 1 - _lines(head) - _lines(tail)
        what = plural(left, "line") if left > 0 else size(len(text) - len(head) - len(tail))
        return Output(label, head, tail, what, self.whole(text, name, "output", up))

    def read(self, file: Path | None, text: str) -> str:
        """The whole from its file where that is there and is wanted; `text` otherwise."""
        if self._folder is None or file is None or not file.is_file():
            return text
        return safe(file.read_text(encoding="utf-8", errors="replace"))

    def whole(self, text: str, name: str, what: str, up: str) -> Whole:
        """Save a text that was cut, and say where that is."""
        href = up + self.save(text, name) if self._folder is not None else ""
        return Whole(what, size(len(text.encode())), href)

    def save(self, text: str, name: str) -> str:
        """Write `text` to `evidence/NAME.txt`; returns that path, from the root of the site."""
        path = f"evidence/{name}.txt"
        if self._folder is not None and not self._folder.has(path):
            self._folder.write(path, text + "\n")
        return path


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0
