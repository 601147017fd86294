"""A tree of its own with newer pins: the clone is copied, and nothing in the clone changes."""

from __future__ import annotations

import difflib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import pins
from sandbox.toolchain.modules import EMBEDDED, KIND
from sandbox.toolchain.newer import go_mod, locking, python
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
_MATRIX = Path("nightly.yaml")
"""The cells of a night. No run in the copy reads it: it is there only where it becomes another."""
_NOT_COPIED = shutil.ignore_patterns(
    *(".git", "build", "public", ".cache", "__pycache__", ".*_cache", ".hypothesis", ".venv"),
    _MATRIX.name,
)
_PINNED = ("go.mod", "go.sum")
_DIFF = "pins.diff"
_REPORT = "report.md"
_BUILDER = (sys.executable, "-m", "sandbox.toolchain")

FOLDER = Path("build/next")
"""Where a night keeps it."""

Own = Mapping[str, tuple[str, str]]
"""The toolchain's own version of Kubernetes and of Flux (in small letters), before and after."""
Matrix = Callable[[str, Own], str]
"""The text of the matrix where versions that had cells of their own become the toolchain's."""


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

    @property
    def report_file(self) -> Path:
        """What a night says of the versions in it."""
        return self.folder / _REPORT

    def make(
        self, offers: Sequence[Offer], store: Store, clock: Clock, matrix: Matrix
    ) -> dict[str, str]:
        """Copy the clone and take the newest version of each offer that can be had.

        The others by name, with the reason. A further version that becomes the toolchain's own
        needs its pin no more, nor a cell: `matrix` says so in the text of nightly.yaml. Raises
        SandboxError for what does not fit together, or finds no room; then no tree is left.
        """
        try:
            return self._make(offers, store, clock, matrix)
        except OSError as error:
            # Of many files only the first one says what all of them do.
            first = error.args[0][0][-1] if isinstance(error, shutil.Error) else error.strerror
            what = f"newer pins cannot be laid out in {self.folder}: {first}"
            raise SandboxError(what, cure="make room there, or see whose it is") from error

    def _make(
        self, offers: Sequence[Offer], store: Store, clock: Clock, matrix: Matrix
    ) -> dict[str, str]:
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
                self._take_over(tree, matrix)
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
        where it does not install or build. Then the clone is as it was. Nothing is built where the
        copy is the same.
        """
        if not self.diff_file.exists() or not self.files.is_dir():
            raise UsageError(
                f"{self.diff_file} is not there: no newer versions were looked for",
                cure="make nightly NEXT=1",
            )
        changed = self.changed()
        self._refuse_others()
        if not changed:
            return []
        python.of_tree(self.files)
        self.build()
        self._refuse_others()  # building takes minutes, in which somebody may have changed them
        # What is cut off must not lack cells: the matrix and the doubles go when all else is there.
        last = (_MATRIX, *self._doubles(self.files))
        for path in sorted(changed, key=lambda each: last.index(each) + 1 if each in last else 0):
            self._put(path)
        return changed

    def _refuse_others(self) -> None:
        """Raise UsageError where the clone is not what was copied."""
        if self.diff() != self.diff_file.read_text(encoding="utf-8"):
            raise UsageError(
                f"the pins or the matrix have changed since {self.diff_file} was written",
                cure="make nightly NEXT=1, which looks again",
            )

    def diff(self) -> str:
        """What is different in the copy, as git takes it."""
        return "".join(part for path in self.changed() for part in self._diff(path))

    def changed(self) -> list[Path]:
        """The files that are different, from the top of the clone."""
        kept = [
            path.relative_to(self.files)
            for path in sorted((self.files / _TOOLCHAIN).rglob("go.*"))
            if path.name in _PINNED
        ]
        matrix = [_MATRIX] if (self.files / _MATRIX).exists() else []
        return [
            path
            for path in (*locking.FILES, *matrix, *kept, *self._doubles(self.files))
            if _text(self.clone / path) != _text(self.files / path)
        ]

    def _diff(self, path: Path) -> Iterator[str]:
        before = _text(self.clone / path).splitlines(keepends=True)
        after = _text(self.files / path).splitlines(keepends=True)
        to = f"b/{path}" if (self.files / path).exists() else "/dev/null"
        yield from difflib.unified_diff(before, after, f"a/{path}", to)

    def _take_over(self, tree: Path, matrix: Matrix) -> None:
        for path in self._doubles(tree):
            (tree / path).unlink()
            _remove_empty(tree / path.parent)
        before, after = _own(self.clone), _own(tree)
        own = {name: (before[name], version) for name, version in after.items()}
        text = _text(self.clone / _MATRIX)
        if text and (changed := matrix(text, own)) != text:
            (tree / _MATRIX).write_text(changed, encoding="utf-8")

    def _doubles(self, tree: Path) -> list[Path]:
        """The clone's pins of versions that are the toolchain's own in a tree."""
        folders = [
            self.clone / _TOOLCHAIN / pins.PINS.name / f"{product.prefix}{version}"
            for product, version in zip(pins.PRODUCTS, _own(tree).values(), strict=True)
        ]
        files = [path for folder in folders for path in sorted(folder.rglob("go.*"))]
        return [path.relative_to(self.clone) for path in files if path.name in _PINNED]

    def _put(self, path: Path) -> None:
        """Let the clone have one file as it is in the copy."""
        target = self.clone / path
        if (self.files / path).exists():
            part = target.with_suffix(".part")
            shutil.copyfile(self.files / path, part)
            part.replace(target)
        else:
            target.unlink()
            _remove_empty(target.parent)


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


def _own(folder: Path) -> dict[str, str]:
    """The versions of Kubernetes and Flux that the toolchain of a tree has without a pin."""
    required = go_mod.required(_text(folder / _TOOLCHAIN / EMBEDDED.name / "go.mod"))
    versions = {each.name.lower(): required.get(each.module, "") for each in pins.PRODUCTS}
    return {name: version.removeprefix("v") for name, version in versions.items()}


def _remove_empty(folder: Path) -> None:
    """Remove a folder in which nothing is left, and those above that have nothing else."""
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _make_writable(folder: Path) -> None:
    """A clone may be there to be read only; the copy of it is ours."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
