"""A commit as a page shows it: message, files with their numbers, and the lines of the diff."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.evidence import Commit
from report.pages.outputs import Outputs, Whole
from report.pages.text import plain

# git puts a name with a quote, a backslash or a control character in quotes.
_FILE = re.compile(r'^diff --git "?a/(?P<old>.+?)"? "?b/(?P<new>.+?)"?$', re.MULTILINE)
_BETWEEN = re.compile(r"\n(?=diff --git )")


@dataclass(frozen=True)
class Diff:
    """A commit and what of its diff is shown."""

    sha: str
    subject: str
    body: str
    files: int
    added: int
    gone: int
    lines: Sequence[tuple[str, str]]
    """Each line and its kind: a file's, of a hunk's head, added, deleted, or ''."""
    whole: Whole | None
    """Where the whole of it is, if it was cut."""
    opened: bool

    @classmethod
    def of(
        cls,
        made: Commit,
        name: str,
        outputs: Outputs,
        up: str,
        *,
        opened: bool = False,
        whole: Path | None = None,
        only: Collection[str] = (),
    ) -> Diff | None:
        """The commit; `name` is where a long diff is saved, `up` the way to the site's root.

        `whole` is the file with everything where the results hold only a part of the diff. With
        `only` the files at these paths are shown: None if the commit has none of them.
        """
        diff = plain(outputs.read(whole, made.diff)).strip("\n")
        if only:
            parts = _BETWEEN.split(diff)
            diff = "\n".join(p for p in parts if (f := _FILE.match(p)) and f["new"] in only)
            if not diff:
                return None
        lines = diff.split("\n")
        subject, _, body = plain(made.message).strip().partition("\n")
        head, tail = outputs.cut(diff)
        return cls(
            made.sha,
            subject,
            body.strip(),
            sum(bool(_FILE.match(text)) for text in lines),
            *changed(diff),
            told(head),
            outputs.whole(diff, name, "diff", up) if tail or head != diff else None,
            opened,
        )


def changed(diff: str) -> tuple[int, int]:
    """How many lines a unified diff adds, and how many it takes away."""
    lines = diff.split("\n")
    added = sum(text.startswith("+") and not text.startswith("+++") for text in lines)
    gone = sum(text.startswith("-") and not text.startswith("---") for text in lines)
    return added, gone


def told(diff: str) -> Sequence[tuple[str, str]]:
    """The lines of a unified diff, each with its kind."""
    return [(_kind(text), text) for text in diff.split("\n")] if diff.strip() else []


def _kind(text: str) -> str:
    if text.startswith(("diff --git", "index ", "+++", "---", "new file", "deleted file")):
        return "df"
    if text.startswith("@@"):
        return "dh"
    if text.startswith("+"):
        return "da"
    return "dd" if text.startswith("-") else ""
