"""A publication: the own runs put beside those that a branch has, by as many writers as there are.

Each makes a commit on top of what is there and pushes it. Whoever was overtaken begins again on top
of the new one: nothing is ever forced, so no line of another writer goes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from report import histories
from report.branch.git import Git
from report.branch.remote import TOKEN, Remote
from report.branch.source import BRANCH
from report.errors import ReportError
from report.history import KEPT_RUNS, LINES, WHOLE, Line, folder_of, lines, writing

TRIES = 20
"""How often one is overtaken before it gives up."""
_WHO = {"name": "proofbook", "email": "proofbook@localhost"}
"""Who commits where git knows nobody, as on a runner."""
_RIGHTS = (
    f"give whoever runs this the right to push to {BRANCH} (GitLab: the project's setting for "
    f"pushes with CI_JOB_TOKEN, or {TOKEN}; GitHub: contents: write)"
)


@dataclass(frozen=True)
class Own:
    """What a clone has of one book."""

    folder: Path
    lines: Sequence[Line]

    @classmethod
    def read(cls, folder: Path) -> Own | None:
        """The history in a folder; None where there is none."""
        path = folder / LINES
        if not path.is_file():
            return None
        with writing(folder):
            return cls(folder, tuple(lines(path.read_bytes(), path)))


@dataclass(frozen=True)
class Publication:
    """What was added, by the place of each book; nothing where all was there."""

    added: Mapping[Path, int]
    overtaken: int
    """How often somebody else was quicker."""


def publish(remote: Remote, own: Mapping[Path, Own], clone: Git, now: datetime) -> Publication:
    """Add the runs of every book, at its place, to the branch.

    ReportError where the remote does not take them, or where others were quicker TRIES times.
    """
    who = _committer(clone)
    refused_at = commit = None
    added: dict[Path, int] = {}
    for overtaken in range(TRIES):
        tip = remote.fetch(BRANCH)
        if tip == commit:  # it arrived after all
            return Publication(added, overtaken - 1)
        there = remote.git.files(tip) if tip else {}
        files, added = dict(there), {}
        for place, history in own.items():
            added[place] = _add(remote, files, place, history, now)
        if files == there:
            return Publication({}, overtaken)
        commit = _commit(remote.git, files, tip, _message(added), who)
        why = remote.push(commit, BRANCH)
        if not why:
            return Publication(added, overtaken)
        # It says no in many words, or its answer was lost: where the branch is now shows which. Not
        # at once: somebody else may hold it without having moved it yet.
        here = remote.tip(BRANCH)
        if here == commit:
            return Publication(added, overtaken)
        if here == tip == refused_at:
            raise ReportError(f"{remote} does not take {BRANCH}: {why}", cure=_RIGHTS)
        refused_at = tip
    what = f"{remote} did not take {BRANCH} {TRIES} times, others were quicker; at last: {why}"
    raise ReportError(what, cure="run it again")


def _add(remote: Remote, files: dict[str, str], place: Path, own: Own, now: datetime) -> int:
    """Put one book's runs among the files of the branch; how many are new."""
    path = f"{place.as_posix()}/{LINES}"
    named = Path(f"{remote.name}/{BRANCH}/{path}")
    there = tuple(lines(remote.git.content(files[path]), named)) if path in files else ()
    joined = histories.join(there, own.lines)
    runs = histories.within(joined.runs, now)
    kept = {run.id for run in runs}
    content = replace(joined, runs=runs).content
    files[path] = _blob(remote.git, content)
    wanted = {}
    for run in runs[-KEPT_RUNS:]:
        name = folder_of(place, run.id).joinpath(WHOLE).as_posix()
        whole = folder_of(own.folder, run.id) / WHOLE
        if name in files:
            wanted[name] = files[name]
        elif whole.is_file():
            wanted[name] = _blob(remote.git, whole.read_bytes())
    within = f"{(place / 'runs').as_posix()}/"
    for name in [name for name in files if name.startswith(within)]:
        del files[name]
    files |= wanted
    return len(kept.intersection(joined.added))


def _blob(git: Git, content: bytes) -> str:
    return git.line("hash-object", "-w", "--stdin", content=content)


def _commit(
    git: Git, files: Mapping[str, str], tip: str, message: str, who: Mapping[str, str]
) -> str:
    index = git.folder / "index"
    index.unlink(missing_ok=True)
    env = {"GIT_INDEX_FILE": str(index)}
    entries = b"".join(os.fsencode(f"100644 {blob}\t{name}\0") for name, blob in files.items())
    git.said("update-index", "-z", "--index-info", content=entries, env=env)
    tree = git.line("write-tree", env=env)
    parent = ["-p", tip] if tip else []
    return git.line("commit-tree", *parent, "-F", "-", tree, content=message.encode(), env=who)


def _message(added: Mapping[Path, int]) -> str:
    count = sum(added.values())
    return "Add 1 run\n" if count == 1 else f"Add {count} runs\n"


def _committer(clone: Git) -> Mapping[str, str]:
    """Who commits: the person whose clone it is, where git knows who."""
    found: dict[str, str] = {}
    for key, otherwise in _WHO.items():
        asked = clone.ran("config", f"user.{key}")
        value = asked.stdout.decode(errors="replace").strip() or otherwise
        found |= {f"GIT_{role}_{key.upper()}": value for role in ("AUTHOR", "COMMITTER")}
    return found
