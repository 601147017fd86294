"""A bare repository and clones of it, as a team and its pipelines have them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recorded_runs import results

from report.history import History, record
from report.results import Results

BRANCH = "proofbook-history"
END = datetime(2026, 11, 28, tzinfo=UTC)
_WHO = {f"GIT_{who}_{what}": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    """What git prints, asked as a person in that folder would."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**kept, **_WHO}
    done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def run(name: str, book: str, age: int) -> Results:
    """A run that ended so many days before END."""
    found = results("run-1")
    stamp = (END - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    about = replace(found.run, id=name, book=book, started=stamp, finished=stamp)
    return Results(about, found.scenarios)


def ids(folder: Path) -> list[str]:
    return [one.id for one in History.read(folder).runs]


@dataclass(frozen=True)
class Team:
    """The bare repository, with a branch main of one file."""

    bare: Path

    @classmethod
    def of(cls, folder: Path) -> Team:
        bare, first = folder / "bare.git", folder / "first"
        git(folder, "init", "-q", "--bare", "-b", "main", str(bare))
        git(folder, "init", "-q", "-b", "main", str(first))
        (first / "page.md").write_text("# A page\n")
        git(first, "add", "-A")
        git(first, "commit", "-qm", "A page")
        git(first, "commit", "-q", "--allow-empty", "-m", "Another commit")
        git(first, "push", "-q", str(bare), "main")
        return cls(bare)

    def clone(self, name: str, *words: str) -> Path:
        """A clone of it; `--depth=1` for a shallow one."""
        target = self.bare.parent / name
        git(self.bare.parent, "clone", "-q", *words, f"file://{self.bare}", str(target))
        return target

    def lines(self, path: str = "history/runs.jsonl") -> list[str]:
        """The file with the lines, as the branch has it now."""
        return git(self.bare, "show", f"{BRANCH}:{path}").splitlines()

    def files(self) -> list[str]:
        return git(self.bare, "ls-tree", "-r", "--name-only", BRANCH).splitlines()


def recorded(clone: Path, *names: str, book: str = "operational") -> None:
    """Runs that a clone has recorded, the first the oldest."""
    place = "history" if book == "operational" else f"books/{book}/history"
    for number, name in enumerate(names):
        record(run(name, book, len(names) - number), clone / "build" / place)


def state(clone: Path) -> str:
    """All of a clone that nobody but its person may change: files, index, refs, settings."""
    asked = (
        ("status", "--porcelain=v2", "--branch"),
        ("for-each-ref",),
        ("config", "--local", "--list"),
        ("rev-parse", "--is-shallow-repository", "HEAD"),
        ("count-objects", "-v"),
    )
    here = sorted(f"{path.relative_to(clone)}" for path in (clone / ".git").rglob("*"))
    return "".join(git(clone, *words) for words in asked) + "\n".join(here)
