"""A tree of its own with newer pins: the clone is copied, and nothing in the clone changes."""

from __future__ import annotations

import difflib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain.modules import EMBEDDED, KIND
from sandbox.toolchain.newer import locking, python
from sandbox.toolchain.newer.change import Change, changes
from sandbox.toolchain.newer.lock import Lock
from sandbox.toolchain.newer.locking import Locking
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.taking import Taking
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.resolving import Resolver
from sandbox.toolchain.store import Store
from sandbox.toolchain.venv import LOCK, ROOT

_TOOLCHAIN = Path("sandbox/toolchain")
_NOT_COPIED = shutil.ignore_patterns(
    *(".git", "build", "public", ".cache", "__pycache__", ".*_cache", ".hypothesis", ".venv")
)
_DIFF = "pins.diff"
_BUILDER = (sys.executable, "-m", "sandbox.toolchain")

FOLDER = Path("build/next")
"""Where a night keeps it."""


@dataclass(frozen=True)
class NewerTree:
    """The copy in `folder`, and what is different in it, as a diff beside it."""

    folder: Path
    clone: Path = ROOT

    @property
    def files(self) -> Path:
        """The copy itself."""
        return self.folder / "tree"

    @property
    def diff_file(self) -> Path:
        """The diff that would take the pins up."""
        return self.folder / _DIFF

    def make(self, offers: Sequence[Offer], store: Store, clock: Clock) -> dict[str, str]:
        """Copy the clone and take the newest version of each offer that can be had.

        The others by name, with the reason. Raises SandboxError for what does not fit together;
        then no tree is left.
        """
        left_out: dict[str, str] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.diff_file.unlink(missing_ok=True)
        shutil.rmtree(self.files, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=self.folder))
        try:
            tree = part / "tree"
            shutil.copytree(self.clone, tree, ignore=_NOT_COPIED, symlinks=True)
            _make_writable(tree)
            programs = [offer for offer in offers if offer.pinned.module]
            packages = [offer for offer in offers if not offer.pinned.module]
            if packages:
                clock.tell("resolving the Python packages")
                left_out |= Locking(tree).take(packages)
            if programs:
                left_out |= _take(programs, tree, store, clock)
            tree.rename(self.files)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        self.diff_file.write_text(self.diff(), encoding="utf-8")
        return left_out

    def packages(self) -> list[Change]:
        """The Python packages of which the copy has other versions."""
        before, after = (Lock(_text(folder / LOCK.name)) for folder in (self.clone, self.files))
        return list(changes(before, after))

    def build(self) -> None:
        """Build and prove the programs of the copy. Raises SandboxError with what was said last."""
        sets = [f"--set={EMBEDDED.name}"]
        if _TOOLCHAIN / KIND.name / "go.mod" in self.changed():
            sets.append(f"--set={KIND.name}")
        done = subprocess.run(
            [*_BUILDER, *sets],
            cwd=self.files,
            env={**os.environ, "PYTHONPATH": str(self.files.resolve())},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise SandboxError(f"tomorrow's programs cannot be built: {last}")

    def take(self) -> list[Path]:
        """Install, build and prove, then let the clone have the files of the copy; their names.

        Raises UsageError where there is none, or the clone is not what was copied; SandboxError
        where it does not install or build. Then the clone is as it was.
        """
        if not self.diff_file.exists() or not self.files.is_dir():
            raise UsageError(
                f"{self.diff_file} is not there: no newer versions were looked for",
                cure="make nightly NEXT=1",
            )
        changed = self.changed()
        if self.diff() != self.diff_file.read_text(encoding="utf-8"):
            raise UsageError(
                f"the pins have changed since {self.diff_file} was written",
                cure="make nightly NEXT=1, which looks again",
            )
        python.of_tree(self.files)
        self.build()
        for path in changed:
            part = (self.clone / path).with_suffix(".part")
            shutil.copyfile(self.files / path, part)
            part.replace(self.clone / path)
        return changed

    def diff(self) -> str:
        """What is different in the copy, as git takes it."""
        return "".join(part for path in self.changed() for part in self._diff(path))

    def changed(self) -> list[Path]:
        """The files that are different, from the top of the clone."""
        kept = [
            path.relative_to(self.files)
            for path in sorted((self.files / _TOOLCHAIN).rglob("go.*"))
            if path.name in ("go.mod", "go.sum")
        ]
        return [
            path
            for path in (*locking.FILES, *kept)
            if _text(self.clone / path) != _text(self.files / path)
        ]

    def _diff(self, path: Path) -> Iterator[str]:
        before = _text(self.clone / path).splitlines(keepends=True)
        after = _text(self.files / path).splitlines(keepends=True)
        yield from difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")


def _take(offers: Sequence[Offer], tree: Path, store: Store, clock: Clock) -> dict[str, str]:
    """Take the programs into the go.mod files of a tree; the others by name, with the reason."""
    left_out = {}
    what = ", ".join(f"{offer.pinned.name} {offer.newest}" for offer in offers)
    with store.lock(f"pinning {what}", lambda who: clock.tell(f"waiting for {who}")):
        clock.tell(f"resolving the modules of {what}")
        taking = Taking(tree / _TOOLCHAIN, Resolver.of(store, clock, what))
        for offer in offers:
            try:
                taking.take(offer.pinned, offer.newest)
            except SandboxError as error:
                left_out[offer.pinned.name] = str(error)
        taking.finish()
    return left_out


def _make_writable(folder: Path) -> None:
    """A clone may be there to be read only; the copy of it is ours."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
