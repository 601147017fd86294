"""Where another history comes from: a folder, a branch of a remote, or a commit of the clone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from report.branch.git import Git
from report.branch.remote import Remote, remotes
from report.errors import ReportError
from report.history import LINES, WHOLE

BRANCH = "proofbook-history"
"""The branch that `history-publish` makes."""


@dataclass(frozen=True)
class Other:
    """What was named, as a folder; a branch or a commit is laid out as a build folder is."""

    folder: Path
    laid_out: bool = False
    shared: bool = False
    """Whether it is BRANCH of a remote, to which each book comes with its first run."""


@contextmanager
def opened(given: str) -> Iterator[Other | None]:
    """What is named; None for a BRANCH that its remote does not have yet.

    A branch of a remote is fetched, into a place of its own. ReportError for what names nothing.
    """
    if Path(given).exists():
        yield Other(Path(given))
        return
    try:
        clone = Git.around(Path())
    except ReportError as error:
        raise ReportError("is no folder, and " + error.what, file=given, cure=_CURE) from error
    known = sorted(remotes(clone), key=len, reverse=True)
    remote = next((name for name in known if given.startswith(f"{name}/")), "")
    with tempfile.TemporaryDirectory(prefix="proofbook-") as folder:
        if remote:
            branch = given.removeprefix(f"{remote}/")
            there = _fetched(clone, remote, branch, Path(folder))
            yield Other(Path(folder), laid_out=True, shared=branch == BRANCH) if there else None
            return
        commit = clone.commit_of(given)
        if not commit:
            what = "is no folder, no branch of a remote and no commit of this clone"
            raise ReportError(what, file=given, cure=_CURE)
        _unpack(clone, commit, Path(folder))
        yield Other(Path(folder), laid_out=True)


_CURE = f"name a folder, such as the build folder of a CI artefact, or origin/{BRANCH}"


def _fetched(clone: Git, name: str, branch: str, folder: Path) -> bool:
    with Remote.opened(clone, name) as remote:
        commit = remote.fetch(branch)
        if commit:
            _unpack(remote.git, commit, folder)
        elif branch != BRANCH:
            raise ReportError(f'{remote} has no branch "{branch}"', cure=_CURE)
    return bool(commit)


def _unpack(git: Git, commit: str, folder: Path) -> None:
    """Write the histories of a commit, as they are, and nothing else of it."""
    for name, blob in git.files(commit).items():
        path = Path(name)
        whole = path.name == WHOLE and path.parts[-3:-2] == ("runs",)
        if (path.name == LINES or whole) and ".." not in path.parts:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(git.content(blob))
