"""A book in a clone of its own, for SINCE=."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from guide import Book, shelf
from steps.since import since

OWN = shelf.find("flux").file.parent.resolve()


def git(clone: Path, *words: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=clone, check=True, capture_output=True)


def made(clone: Path) -> Path:
    shutil.copytree(OWN, clone / "book", copy_function=shutil.copyfile)
    git(clone, "init", "--quiet", "--initial-branch=main")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "first")
    return clone


def found(clone: Path, ref: str = "HEAD") -> dict[str, str]:
    return dict(since(Book.read(clone / "book"), ref).reasons)


def change(clone: Path, name: str, old: str, new: str) -> None:
    file = clone / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
