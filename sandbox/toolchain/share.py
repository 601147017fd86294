"""The files beside the programs: copied from the modules whose checksums go.sum holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.modules import DATA_MODULE


@dataclass(frozen=True, kw_only=True)
class Copied:
    """One file or folder of a module, and where it goes below `share`."""

    module: str
    source: str
    target: str
    from_data: bool = False
    """Whether the data module names it, not the module that is built."""


SHARED: Mapping[str, tuple[Copied, ...]] = {
    "embedded": tuple(
        Copied(
            module="sigs.k8s.io/kwok",
            source=f"kustomize/stage/{kind}/fast/{stage}.yaml",
            target=f"kwok-stages/{stage}.yaml",
        )
        for kind, stage in (
            ("node", "node-initialize"),
            ("pod", "pod-ready"),
            ("pod", "pod-complete"),
            ("pod", "pod-delete"),
        )
    ),
    "apps": (
        Copied(
            module="github.com/stefanprodan/podinfo",
            source="charts/podinfo",
            target="charts/podinfo",
        ),
        Copied(
            module="github.com/cert-manager/cert-manager",
            source="deploy/crds",
            target="cert-manager-crds",
            from_data=True,
        ),
    ),
    "kind": (
        Copied(module="sigs.k8s.io/kind", source="images/base", target="kind-images-base"),
        Copied(module="k8s.io/kubernetes", source="build/pause/linux/pause.c", target="pause.c"),
    ),
}
"""By name of the Go module in this folder."""


def fill(name: str, share: Path, folder_of: Callable[[str, str], Path]) -> None:
    """Copy what belongs to this module; `folder_of(go module, path)` finds a verified module."""
    for item in SHARED.get(name, ()):
        source = folder_of(DATA_MODULE if item.from_data else name, item.module) / item.source
        target = share / item.target
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("README.md"))
        else:
            shutil.copy(source, target)
