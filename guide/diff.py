"""A diff, as a block shows it: what changes in one file, applied as `git apply` does it."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from pathlib import Path

from guide.errors import BadInput
from guide.hunk import Hunk, Malformed, lines_in, read

LANGUAGE = "diff"
_NAMED = re.compile(r"(?:---|\+\+\+) (?:[ab]/)?([^\t]+)")
_MOVED = re.compile(r"Hunk #(\d+) succeeded at \d+ \(offset")
_FAILED = re.compile(r"patch failed: .*:(\d+)$", re.MULTILINE)
_LIMIT_S = 60


class DoesNotApply(BadInput):
    """A file in which the lines that a diff is about do not stand, or stand more than once."""

    def __init__(self, what: str, hunk: Hunk, instead: Sequence[str]) -> None:
        super().__init__(what, cure="write the diff against the file as it is at that moment")
        self.hunk = hunk
        self.instead = "\n".join(instead)
        """What stands in the file where the hunk looks for its lines."""


@dataclass(frozen=True)
class Diff:
    """The hunks, and the file that they are about."""

    path: str
    text: str
    """As `git apply` takes it but for the names of the file."""
    hunks: tuple[Hunk, ...]

    @classmethod
    def read(cls, path: str, text: str) -> Diff:
        """Read what a block shows, with or without the file's names; Malformed if it is none."""
        above, hunks = read(text)
        for number, line in enumerate(above):
            named = _NAMED.match(line)
            if named and named[1] != path:
                what = f"it is about {named[1]}, and the title says {path}"
                cure = "one block, one file: the title is its path in the monorepo"
                raise Malformed(what, line=number, cure=cure)
        body = text.split("\n", len(above))[-1]
        return cls(path, body if body.endswith("\n") else f"{body}\n", hunks)

    @classmethod
    def between(cls, path: str, before: str, after: str, context: int = 1) -> str:
        """The text of the diff that makes `after` of `before`, '' where they are the same."""
        lines = unified_diff(lines_in(before), lines_in(after), lineterm="", n=context)
        return "".join(f"{line}\n" for line in list(lines)[2:])

    @property
    def named(self) -> str:
        """The whole diff with the names of the file, as `git apply` takes it."""
        return f"--- a/{self.path}\n+++ b/{self.path}\n{self.text}"

    def apply(self, before: str) -> str:
        """The file with the change in it. DoesNotApply where a line is another than the diff says.

        Lines may have moved, as for git; but where they stand more than once, their number decides,
        and a number that fits none of them is refused: git would take the nearest.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file"
            file.write_bytes(before.encode())
            asked = subprocess.run(
                ["git", "apply", "--verbose", "--whitespace=nowarn", "-"],
                input=f"--- a/file\n+++ b/file\n{self.text}".encode(),
                cwd=folder,
                # Nothing of the user's: settings, a repository around the folder, a language.
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "LC_ALL": "C",
                    "GIT_CONFIG_GLOBAL": os.devnull,
                    "GIT_CONFIG_NOSYSTEM": "1",
                    "GIT_CEILING_DIRECTORIES": str(Path(folder).resolve().parent),
                },
                capture_output=True,
                timeout=_LIMIT_S,
            )
            said = asked.stderr.decode(errors="replace")
            if asked.returncode:
                raise self._refused(said, before)
            for number in _MOVED.findall(said):
                self._refuse_doubt(self.hunks[int(number) - 1], before)
            return file.read_bytes().decode()

    def _refused(self, said: str, before: str) -> DoesNotApply:
        failed = _FAILED.search(said)
        first = int(failed[1]) if failed else self.hunks[0].first
        hunk = next((each for each in self.hunks if each.first == first), self.hunks[0])
        lines = lines_in(before)
        what = f"the change does not apply to {self.path}"
        if hunk.places(lines):  # without a line below it, git takes a hunk for the end of the file
            what += ": its lines stand there, but not at the end or the beginning of the file"
        return DoesNotApply(what, hunk, _nearest(lines, hunk))

    def _refuse_doubt(self, hunk: Hunk, before: str) -> None:
        lines = lines_in(before)
        places = hunk.places(lines)
        if len(places) > 1:
            where = ", ".join(map(str, places))
            what = f"the lines of the change stand more than once in {self.path}, at {where}"
            raise DoesNotApply(what, hunk, _nearest(lines, hunk))


def _nearest(lines: Sequence[str], hunk: Hunk) -> Sequence[str]:
    """As many lines as the hunk is about, from where they are most like it."""
    size, old = len(hunk.old), list(hunk.old)
    starts = range(max(1, len(lines) - size + 1))

    def likeness(start: int) -> tuple[float, int]:
        same = SequenceMatcher(None, list(lines[start : start + size]), old, autojunk=False)
        return same.ratio(), -abs(start + 1 - hunk.first)

    best = max(starts, key=likeness)
    return lines[best : best + size]
