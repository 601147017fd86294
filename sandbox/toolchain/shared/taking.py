"""Take what is missing from the archive that PROOFBOOK_TOOLCHAIN names, in place of building it."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain.modules import SETS, GoModule, modules_of
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.shared import archive, known, remote
from sandbox.toolchain.shared.archive import Packed
from sandbox.toolchain.store import Store, size_of

PLACE = "PROOFBOOK_TOOLCHAIN"


def key(names: Sequence[str]) -> str:
    """What an archive of these modules, each with its key, is called.

    It changes with anything that is built.
    """
    return hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:16]


def file_name(names: Sequence[str]) -> str:
    """Name of the archive of these modules."""
    return f"proofbook-toolchain-{key(names)}{archive.SUFFIX}"


def address(base: str, names: Sequence[str]) -> str:
    """Where the archive of these modules is on a server, as a generic package registry lays out."""
    return f"{base.rstrip('/')}/{key(names)}/{file_name(names)}"


def take(store: Store, missing: Sequence[GoModule], clock: Clock) -> list[GoModule]:
    """What of the missing modules has to be built, after the archive gave what it has.

    Raises UsageError where PROOFBOOK_TOOLCHAIN names nothing, SandboxError on an archive that is
    not, byte by byte, what this repository knows.
    """
    place = os.environ.get(PLACE, "")
    packable = [each for each in missing if each in modules_of(tuple(SETS))]
    if not place or not packable:
        return list(missing)
    file = _found(store, place, packable, clock)
    taken = _unpack(store, file, packable, clock, remote.shown(place)) if file else []
    if taken:
        clock.tell(f"took {_names(taken)} from {remote.shown(place)}")
    left = [each for each in missing if each not in taken]
    if left:
        clock.tell(f"{remote.shown(place)} does not have {_names(left)}")
    return left


def _unpack(
    store: Store, file: Path, missing: Sequence[GoModule], clock: Clock, shown: str
) -> list[GoModule]:
    clock.tell(f"unpacking what {shown} has, every file held against its digest")
    started = time.monotonic()
    names = [store.folder(each).name for each in missing]
    wanted = {name: store.work / "stage" / name for name in names}
    for stage in wanted.values():
        shutil.rmtree(stage, ignore_errors=True)
    try:
        found = {each.name: each for each in archive.unpack(file, wanted, _must_be_known)}
    except SandboxError:
        for stage in wanted.values():
            shutil.rmtree(stage, ignore_errors=True)
        raise
    taken = [each for each in missing if store.folder(each).name in found]
    for module in taken:
        name = store.folder(module).name
        (wanted[name] / "share").mkdir(exist_ok=True)
        record = {
            "go": found[name].go,
            "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "seconds": round(time.monotonic() - started, 1),
            "bytes": size_of(wanted[name]),
            "taken_from": shown,
        }
        store.finish(module, wanted[name], record)
    return taken


def _must_be_known(packed: Packed) -> None:
    if not known.trusted(packed.name, packed.go, packed.digest):
        raise SandboxError(
            f"the archive's {packed.name}, built with Go {packed.go}, has the digest "
            f"{packed.digest}, which {known.FILE.name} of this repository does not have",
            phase="toolchain",
            cure="where you trust who built it, commit the file that their `make toolchain-pack "
            f"ACCEPT=1` wrote; else unset {PLACE}",
        )


def _found(store: Store, place: str, missing: Sequence[GoModule], clock: Clock) -> Path | None:
    """The archive as a file of this machine; None where the place has none for these modules."""
    if not remote.is_address(place):
        return _local(store, Path(place).expanduser(), missing)
    urls = [address(place, names) for names in _holding(store, missing)]
    for url in [place] if place.endswith(archive.SUFFIX) else urls:
        if remote.exists(url):
            target = store.work / "fetched" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}"
            clock.tell(f"fetching {remote.shown(url)}")
            remote.fetch(url, target, clock.tell)
            return target
    return None


def _local(store: Store, place: Path, missing: Sequence[GoModule]) -> Path | None:
    if place.is_file():
        return place
    if not place.is_dir():
        raise UsageError(
            f"{PLACE}={place} is neither a file nor a folder",
            cure="name an archive of `make toolchain-pack`, a folder with archives, or an address",
        )
    wanted = (place / file_name(names) for names in _holding(store, missing))
    return next((each for each in wanted if each.is_file()), None)


def _holding(store: Store, missing: Sequence[GoModule]) -> Iterator[list[str]]:
    """The modules of each archive that may hold something of what is missing.

    That which holds the most of it comes first, of those the smallest.
    """
    every = [
        modules_of(sets) for count in range(1, len(SETS) + 1) for sets in combinations(SETS, count)
    ]
    held = {modules: len(set(missing) & set(modules)) for modules in every}
    for modules in sorted(held, key=lambda each: (-held[each], len(each))):
        if held[modules]:
            yield [store.folder(each).name for each in modules]


def _names(modules: Sequence[GoModule]) -> str:
    return ", ".join(each.name for each in modules)
