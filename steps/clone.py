"""A clone of git's: what its working tree holds, held against one of its commits."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guide import GuideError

_IN_TREE, _IN_INDEX = ("ls-tree", "-r", "-z"), ("ls-files", "--stage", "-z")
_SUBMODULE = b"160000 "
"""The mode of an entry that is the commit of another repository."""


@dataclass(frozen=True)
class Clone:
    """A repository with a working tree."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Clone | None:
        """The clone in which a folder lies; None where it lies in none."""
        done = _git(folder, "rev-parse", "--show-toplevel")
        if done.returncode:
            return None
        return cls(Path(done.stdout.decode().removesuffix("\n")).resolve())

    def commit(self, ref: str) -> str:
        """The id of the commit that a word names. Raises GuideError where it names none."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        done = _git(self.root, *words)
        if done.returncode:
            asked = _git(self.root, "rev-parse", "--is-shallow-repository")
            cure = "name a branch, a tag or a commit"
            if asked.stdout.strip() == b"true":
                cure = "the clone is shallow: git fetch --unshallow, then run it again"
            raise GuideError(f'SINCE "{ref}" is no commit of {self.root}', cure=cure)
        return done.stdout.decode().strip()

    def unpack(self, commit: str, folder: Path) -> None:
        """Write the tree of a commit into a folder, and leave the own tree and index alone."""
        folder.mkdir()
        index = folder.with_name("index")
        env = {**os.environ, "GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(folder)}
        self._said("checkout", "--quiet", commit, "--", ":/", env=env)

    def changed(self, commit: str, tree: Path, whole: Iterable[Path] = ()) -> set[str]:
        """What is not as in the tree of a commit, files that git does not know yet among it.

        `tree` is that tree, unpacked. Files are read: what git says of a change depends on its
        settings and on marks in its index. In the folders `whole` also what git is to ignore.
        """
        known = self._said("ls-files", "--cached", "--others", "--exclude-standard", "-z")
        names = {os.fsdecode(name) for name in known.split(b"\0") if name}
        for folder, folders, files in os.walk(tree):
            links = [each for each in folders if Path(folder, each).is_symlink()]
            names |= {str(Path(folder, each).relative_to(tree)) for each in (*files, *links)}
        names.update(name for place in whole for name in self._below(place))
        others = {name for name in names if _of(self.root / name) != _of(tree / name)}
        return others | self._other_submodules(commit)

    def _below(self, place: Path) -> Iterator[str]:
        """The files in a folder of the clone, whatever git thinks of them; not of submodules."""
        apart = [self.root / each for each in _submodules(self._said(*_IN_INDEX))]
        for folder, _, files in os.walk(place):
            at = Path(folder)
            beside = "__pycache__" in at.parts or not at.is_relative_to(self.root)
            if not beside and not any(at.is_relative_to(each) for each in apart):
                yield from (str((at / each).relative_to(self.root)) for each in files)

    def _other_submodules(self, commit: str) -> set[str]:
        """The submodules that are at another commit, or hold something else than theirs.

        In the tree of a commit they are empty folders: their commit is what tells them apart.
        """
        was = _submodules(self._said(*_IN_TREE, commit))
        now = _submodules(self._said(*_IN_INDEX))
        return {
            name
            for name in was.keys() | now.keys()
            if was.get(name) != now.get(name) or self._holds_other(name, was[name])
        }

    def _holds_other(self, name: str, commit: str) -> bool:
        """Whether what lies in the folder of a submodule is not the tree of its commit."""
        folder = self.root / name
        inner = Clone.around(folder) if folder.is_dir() else None
        if inner is None or inner.root != folder.resolve():
            # It was never fetched: there is nothing that a scenario could stand on.
            return folder.is_symlink() or not folder.is_dir() or any(folder.iterdir())
        with tempfile.TemporaryDirectory() as place:
            tree = Path(place) / "tree"
            try:
                inner.unpack(commit, tree)
            except GuideError:  # it has not even the commit
                return True
            return bool(inner.changed(commit, tree))

    def _said(self, *words: str, env: dict[str, str] | None = None) -> bytes:
        """What git prints. Raises GuideError where it fails: its silence would mean no change."""
        done = _git(self.root, *words, env=env)
        if done.returncode:
            why = done.stderr.decode(errors="replace").strip()
            raise GuideError(f"SINCE asks git, and `git {words[0]}` failed: {why}", file=self.root)
        return done.stdout


def _git(
    folder: Path, *words: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    # Where a user has set it, git would check submodules out as well, and note in their settings
    # that their tree is the one unpacked here.
    line = ["git", "-C", str(folder), "-c", "submodule.recurse=false", *words]
    return subprocess.run(line, env=env, capture_output=True, timeout=120)


def _submodules(listed: bytes) -> Mapping[str, str]:
    """The submodules that git lists, of a tree or of the index: path → commit."""
    found = {}
    for entry in listed.split(b"\0"):
        if entry.startswith(_SUBMODULE):
            told, _, name = entry.partition(b"\t")
            # A tree says: mode, type, object; the index: mode, object, stage.
            words = told.decode().split()
            found[os.fsdecode(name)] = words[2] if words[1] == "commit" else words[1]
    return found


def _of(path: Path) -> tuple[str, bytes]:
    """What git keeps of a file: whether it is a link, a program or neither, and its bytes."""
    if path.is_symlink():
        return "link", os.fsencode(path.readlink())
    if path.is_dir():
        return "folder", b""  # another repository in this one
    if not path.exists():
        return "gone", b""
    program = path.stat().st_mode & stat.S_IXUSR
    return ("program" if program else "file"), path.read_bytes()
