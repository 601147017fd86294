"""Write container images without an engine: one layer, one config, in the format of `docker save`.

Format: https://github.com/moby/docker-image-spec (v1.2: manifest.json, config, layer.tar).
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image of a few files."""

    tags: Sequence[str]
    files: Mapping[str, Path]
    """Path inside the image (without a leading slash) → file of this machine; mode 0755."""
    entrypoint: Sequence[str] = ()
    command: Sequence[str] = ()
    user: str = ""
    folder: str = "/"
    """Working directory."""
    env: Sequence[str] = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",)
    below: Path | None = None
    """A tar whose entries lie in the layer too."""
    folders: Sequence[str] = field(default=("tmp",))
    """Folders that everybody may write to."""


def write(images: Sequence[Image], target: Path, architecture: str) -> None:
    """Write all images into one archive. `architecture` as Go names it."""
    manifest = []
    with tarfile.open(target, "w") as archive:
        for image in images:
            layer = target.with_name("layer.tar")
            _write_layer(image, layer)
            digest = _digest(layer)
            config = json.dumps(_config(image, digest, architecture)).encode()
            name = hashlib.sha256(config).hexdigest()
            _add(archive, f"{name}.json", config)
            archive.add(layer, f"{digest}/layer.tar")
            layer.unlink()
            manifest.append(
                {
                    "Config": f"{name}.json",
                    "RepoTags": list(image.tags),
                    "Layers": [f"{digest}/layer.tar"],
                }
            )
        _add(archive, "manifest.json", json.dumps(manifest).encode())


def _write_layer(image: Image, target: Path) -> None:
    with tarfile.open(target, "w") as layer:
        if image.below:
            with tarfile.open(image.below) as below:
                for entry in below:
                    layer.addfile(entry, below.extractfile(entry) if entry.isreg() else None)
        for name in image.folders:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
            layer.addfile(entry)
        for name, source in sorted(image.files.items()):
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = 0o755, source.stat().st_size
            with source.open("rb") as content:
                layer.addfile(entry, content)


def _config(image: Image, layer: str, architecture: str) -> dict[str, object]:
    return {
        "architecture": architecture,
        "os": "linux",
        "config": {
            "User": image.user,
            "Env": list(image.env),
            "Entrypoint": list(image.entrypoint) or None,
            "Cmd": list(image.command) or None,
            "WorkingDir": image.folder,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}"]},
    }


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
