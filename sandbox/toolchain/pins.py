"""Further versions of Kubernetes: a folder each with go.mod and go.sum, over the shared toolchain.

Only what the version changes is built, and it takes the place of the toolchain's own programs. What
only a node of kind needs has a folder of its own in that folder, and is built for kind only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.toolchain.modules import EMBEDDED, HERE, GoModule

PINS = HERE / "pins"
VARIABLE = "KUBERNETES"
MODULE = "k8s.io/kubernetes"
PROGRAMS = ("kubectl", "kube-scheduler", "kube-apiserver", "kube-controller-manager")
NODE_PROGRAMS = ("kube-proxy", "kubeadm", "kubelet")
"""What a node of kind needs of a version beside them."""
NODE = "node"
"""The folder of these in the folder of a version."""
_PREFIX = "kubernetes-"
_STAMPED = "k8s.io/component-base/version"
_STAMPS = {
    f"{_STAMPED}.gitVersion": f"{{{MODULE}}}",
    f"{_STAMPED}.gitMajor": "1",
    f"{_STAMPED}.gitMinor": f"{{{MODULE}}}minor",
    "k8s.io/client-go/pkg/version.gitVersion": f"{{{MODULE}}}",
}
_VERSION = re.compile(r"1\.\d{1,3}\.\d{1,3}")


def own() -> str:
    """The version that the toolchain has without a pin."""
    return EMBEDDED.versions[MODULE].removeprefix("v")


def known() -> dict[str, GoModule]:
    """What is pinned, by version, the oldest first."""
    found = {path.parent.name.removeprefix(_PREFIX) for path in PINS.glob(f"{_PREFIX}*/go.mod")}
    return {version: pinned(folder_of(version)) for version in sorted(found, key=numbers)}


def folder_of(version: str) -> Path:
    """Where the go.mod and go.sum of a version are, or will be."""
    return PINS / f"{_PREFIX}{version}"


def asked(env: Mapping[str, str] = os.environ) -> str:
    """The pinned version that KUBERNETES names; '' for that of the toolchain.

    Raises UsageError where it names none.
    """
    return version_of(env.get(VARIABLE, ""))


def version_of(text: str) -> str:
    """A version that is pinned; '' for the toolchain's own. Raises UsageError on any other."""
    if text in ("", own()):
        return ""
    checked(text)
    if text not in known():
        raise UsageError(
            f"Kubernetes {text} is not pinned; there are {', '.join([own(), *known()])}",
            cure=f"make pin KUBERNETES={text}",
        )
    return text


def checked(text: str) -> str:
    """A text that is a version of Kubernetes. Raises UsageError where it is none."""
    if not _VERSION.fullmatch(text):
        raise UsageError(f"{text!r} is no version of Kubernetes", cure="such as 1.35.4")
    return text


def of(version: str, *, node: bool = False) -> tuple[GoModule, ...]:
    """The modules of a version, none for that of the toolchain. Raises UsageError on an unknown.

    `node`: with the programs of a node, which only kind needs; UsageError where none is pinned.
    """
    named = version_of(version)
    if not named:
        return ()
    if not node:
        return (known()[named],)
    if not has_node(named):
        raise UsageError(
            f"kind has no Kubernetes {named}: its pin has no {NODE}/ folder",
            cure=f"make pin KUBERNETES={named} adds it, or PROVIDER=embedded",
        )
    return (known()[named], node_of(folder_of(named)))


def has_node(version: str) -> bool:
    """Whether a version is pinned for kind too ('': the toolchain's own, which always is)."""
    return not version or (folder_of(version) / NODE / "go.mod").exists()


def pinned(folder: Path) -> GoModule:
    """The module in a folder: the programs of one version of Kubernetes."""
    return GoModule(
        name=folder.name,
        folder=folder,
        binaries=_packages(PROGRAMS),
        stamps=_STAMPS,
        gives=(MODULE,),
        disk_gib=7.0,
        kept_gib=0.4,
        minutes=6,
    )


def node_of(folder: Path) -> GoModule:
    """What a node of kind needs of a version beside that: a module of its own in the pin's folder.

    So the programs that every provider needs are there without these, and keep their key.
    """
    return GoModule(
        name=f"{folder.name}-{NODE}",
        folder=folder / NODE,
        binaries=_packages(NODE_PROGRAMS),
        stamps=_STAMPS,
        gives=(MODULE,),
        disk_gib=5.0,
        kept_gib=0.3,
        minutes=5,
    )


def _packages(programs: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{MODULE}/cmd/{name}" for name in programs}


def numbers(version: str) -> tuple[int, ...]:
    """A version as what it is sorted by."""
    return tuple(int(part) for part in version.split("."))
