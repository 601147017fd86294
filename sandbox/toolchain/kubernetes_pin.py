"""The pin of a version of Kubernetes: its programs, and beside them what a node of kind needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sandbox.toolchain import pins
from sandbox.toolchain.modules import GO_MINOR
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.resolving import Resolver, staged, version_of_parts


def resolve(folder: Path, version: str, resolver: Resolver, clock: Clock) -> None:
    """Write the go.mod and go.sum of a version. Raises UsageError and SandboxError."""
    product = pins.KUBERNETES
    # Asked before there is a go.mod: asked inside a module, Go notes what it was asked for.
    parts = staged(resolver.go_mod(folder, product.module, version))
    (folder / "go.mod").write_text(_go_mod(folder.name, version, parts, product.binaries))
    resolver.tidy(folder)
    clock.tell(f"resolving the modules of a node of Kubernetes {version}")
    node = folder / pins.NODE
    node.mkdir()
    path = f"{folder.name}/{pins.NODE}"
    (node / "go.mod").write_text(_go_mod(path, version, parts, pins.NODE_PROGRAMS))
    resolver.complete(node)


def _go_mod(path: str, version: str, parts: Sequence[str], programs: Iterable[str]) -> str:
    """What is asked for: one version of Kubernetes, with the parts that are published with it.

    Its own go.mod names them as folders of its repository.
    """
    module = pins.KUBERNETES.module
    replaced = [f"\t{name} => {name} {version_of_parts(version)}" for name in parts]
    tools = [f"\t{module}/cmd/{name}" for name in programs]
    lines = [f"module proofbook.dev/toolchain/pins/{path}", "", f"go {GO_MINOR}.0", ""]
    lines += [f"require {module} v{version}", "", "replace (", *replaced, ")", ""]
    return "\n".join([*lines, "tool (", *tools, ")", ""])
