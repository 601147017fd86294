"""One file with built modules: a tar, zstd-compressed, whose first entry says what is in it.

manifest.json                  which modules, the Go that built them, every file with its digest
<module>-<key>/bin/… share/…   the files, in the order of the manifest
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import zstandard

from sandbox.errors import SandboxError
from sandbox.toolchain.shared import digest
from sandbox.toolchain.shared.digest import File

SUFFIX = ".tar.zst"
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 16 * 1024**2
_LEVEL = 10
"""Of zstd: 3 % smaller at 19, in six times the time."""
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A module in an archive."""

    name: str
    """With its key: `embedded-95a9a48eadd6a486`."""
    go: str
    """The version of Go that built it."""
    files: tuple[File, ...]

    @property
    def digest(self) -> str:
        """The digest of all its files."""
        return digest.of(self.files)


def write(target: Path, root: Path, modules: Sequence[Packed]) -> None:
    """Pack the folders of these modules below `root`; the file is there whole, or not at all."""
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    manifest = json.dumps([asdict(each) for each in modules], indent=1).encode()
    compressor = zstandard.ZstdCompressor(level=_LEVEL, threads=-1)
    try:
        with (
            part.open("wb") as raw,
            compressor.stream_writer(raw) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            _add(tar, _MANIFEST, len(manifest), io.BytesIO(manifest), program=False)
            for module in modules:
                for file in module.files:
                    with (root / module.name / file.path).open("rb") as content:
                        path = f"{module.name}/{file.path}"
                        _add(tar, path, file.size, content, program=file.program)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, path: str, size: int, content: IO[bytes], *, program: bool) -> None:
    # No time, no owner: the same modules give the same archive.
    entry = tarfile.TarInfo(path)
    entry.size, entry.mode = size, 0o755 if program else 0o644
    tar.addfile(entry, content)


def contents(file: Path) -> tuple[Packed, ...]:
    """What an archive says that it holds. Raises SandboxError on a file that is none."""
    with _opened(file) as tar:
        return _manifest(file, tar)


def unpack(
    file: Path, wanted: Mapping[str, Path], accepts: Callable[[Packed], None]
) -> tuple[Packed, ...]:
    """Unpack the wanted modules (name with key → an empty folder); those that were in it.

    `accepts` raises SandboxError for a module that is not to be trusted, before anything of it is
    written. Raises SandboxError as soon as a byte is not what the manifest says.
    """
    with _opened(file) as tar:
        manifest = _manifest(file, tar)
        taken = tuple(each for each in manifest if each.name in wanted)
        for each in taken:
            accepts(each)
        _check_paths(file, taken)
        left = {
            f"{module.name}/{each.path}": (wanted[module.name] / each.path, each)
            for module in taken
            for each in module.files
        }
        for entry in _entries(tar):
            if not left:
                break
            if (place := left.pop(entry.name, None)) is not None:
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is None or entry.size != place[1].size:
                    raise _not_so(file, f"{entry.name} is not the file that its manifest names")
                _write(file, content, *place)
    if left:
        raise _not_so(file, f"it lacks {min(left)}")
    return taken


def _write(file: Path, content: IO[bytes], target: Path, expected: File) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := content.read(_CHUNK):
            found.update(chunk)
            out.write(chunk)
    if found.hexdigest() != expected.sha256:
        raise _not_so(file, f"{expected.path} is not what its manifest says")
    target.chmod(0o755 if expected.program else 0o644)


def _check_paths(file: Path, modules: Sequence[Packed]) -> None:
    """Only plain paths below the parts of a module, each once: nothing is written elsewhere."""
    for module in modules:
        paths = [each.path for each in module.files]
        for path in paths:
            parts = PurePosixPath(path).parts
            if path != "/".join(parts) or parts[0] not in digest.PARTS or ".." in parts:
                raise _not_so(file, f"{path!r} is no path of a module")
        if len(set(paths)) != len(paths):
            raise _not_so(file, f"a file of {module.name} is in it twice")


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with (
            file.open("rb") as raw,
            zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as plain,
            tarfile.open(fileobj=plain, mode="r|") as tar,
        ):
            yield tar
    except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
        raise _not_so(file, f"it cannot be unpacked: {error}") from error


def _entries(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (entry := tar.next()) is not None:
        yield entry


def _manifest(file: Path, tar: tarfile.TarFile) -> tuple[Packed, ...]:
    entry = tar.next()
    content = tar.extractfile(entry) if entry is not None and entry.isreg() else None
    if entry is None or content is None or entry.name != _MANIFEST:
        raise _not_so(file, "it does not begin with a manifest")
    if entry.size > _LARGEST_MANIFEST:
        raise _not_so(file, f"its manifest has {entry.size} bytes")
    try:
        return tuple(_packed(each) for each in json.loads(content.read()))
    except (ValueError, TypeError, KeyError) as error:
        raise _not_so(file, f"its manifest cannot be read: {error}") from error


def _packed(value: Mapping[str, Any]) -> Packed:
    files = tuple(
        File(str(each["path"]), bool(each["program"]), int(each["size"]), str(each["sha256"]))
        for each in value["files"]
    )
    return Packed(name=str(value["name"]), go=str(value["go"]), files=files)


def _not_so(file: Path, why: str) -> SandboxError:
    return SandboxError(
        f"{file} is no archive of the toolchain that can be taken: {why}",
        phase="toolchain",
        cure="get it again from whoever made it with `make toolchain-pack`, or unset "
        "PROOFBOOK_TOOLCHAIN to build the programs here",
    )
