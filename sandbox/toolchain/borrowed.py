"""Programs that are taken from PATH, as a module beside those that are built without them.

They are copied: what PATH leads to may be another file tomorrow, and a sandbox that is up keeps the
one that it was proven with.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from sandbox.errors import SandboxError
from sandbox.from_path import Taken
from sandbox.toolchain.modules import HERE, GoModule
from sandbox.toolchain.store import Store, size_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Borrowed(GoModule):
    """The programs that were taken. Nothing of it is built, packed or known by a digest."""

    taken: tuple[Taken, ...]

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """None of its own: each program is of the version that the toolchain pins."""
        return {}

    @cached_property
    def key(self) -> str:
        """Hash of every file that was taken."""
        files = sorted(f"{each.name} {each.version} {each.digest}" for each in self.taken)
        return hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]


def lend(modules: Sequence[GoModule], taken: Sequence[Taken]) -> tuple[GoModule, ...]:
    """The modules without the programs that were taken, and these; as they are where none was."""
    if not taken:
        return tuple(modules)
    names = {each.name for each in taken}
    rest = [_without(module, names) for module in modules]
    borrowed = Borrowed(
        name="path",
        folder=HERE,
        binaries={each.name: each.path for each in taken},
        disk_gib=0.6,
        kept_gib=0.6,
        minutes=0,
        taken=tuple(taken),
    )
    return (*(module for module in rest if module.binaries), borrowed)


def _without(module: GoModule, names: set[str]) -> GoModule:
    rest = {name: package for name, package in module.binaries.items() if name not in names}
    return module if len(rest) == len(module.binaries) else replace(module, binaries=rest)


def copy(store: Store, module: Borrowed) -> None:
    """Put the programs beside what is built, each held against its digest.

    Raises SandboxError where a file is not the one any more that was asked for its version.
    """
    started, stage = time.monotonic(), store.work / "stage" / store.folder(module).name
    shutil.rmtree(stage, ignore_errors=True)
    for each in module.taken:
        target = stage / "bin" / each.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with _opened(each) as program, target.open("wb") as beside:
            shutil.copyfileobj(program, beside)
        target.chmod(0o755)
        if digest(target) != each.digest:
            raise _changed(each, "is another file")
    record = {
        "taken": [asdict(each) for each in module.taken],
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(time.monotonic() - started, 1),
        "bytes": size_of(stage),
    }
    store.finish(module, stage, record)


def _opened(taken: Taken) -> BinaryIO:
    # Apart from the writing: what hinders that is the cache's, and told as that.
    try:
        return Path(taken.path).open("rb")
    except FileNotFoundError:
        raise _changed(taken, "is gone") from None
    except OSError as error:
        raise _changed(taken, f"cannot be read ({error.strerror})") from error


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _changed(taken: Taken, how: str) -> SandboxError:
    return SandboxError(
        f"{taken.path} {how} since it was taken as {taken.name} {taken.version}",
        phase="toolchain",
        cure="run the command again: it is looked at anew",
    )
