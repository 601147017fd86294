"""Programs on the user's PATH that may take the place of what is still to be built."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.from_path import FromPath, Taken
from sandbox.toolchain import own_word, pins
from sandbox.toolchain.borrowed import digest
from sandbox.toolchain.modules import GoModule, modules_of
from sandbox.toolchain.store import Store

_NEVER: Mapping[str, str] = {
    "flux": "the one that is built carries the manifests of the controllers that are built",
    "kustomize": "Flux's manifests are rendered with the one that is built",
}
"""What has to be built, and why."""
_OF_NODES = ("etcd", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
"""What goes into images for kind, which hold nothing but what was built here."""


def look(store: Store, sets: Sequence[str], versions: pins.Versions) -> FromPath:
    """What of these sets can be taken from PATH; nothing of a module that is complete."""
    taken, left = [], []
    refused = _refused(sets, versions)
    for module in modules_of(tuple(sets)):
        if store.is_complete(module):
            continue
        for name, package in module.binaries.items():
            if name not in own_word.PROGRAMS and name not in refused:
                continue
            program = _found(name, store.root)
            if program is None:
                continue
            if name in refused:
                left.append(f"{name} ({program}): {refused[name]}")
                continue
            try:
                taken.append(_taken(name, package, _wanted(module, package), program))
            except SandboxError as why:
                left.append(f"{name} ({program}): {why.what}")
    return FromPath(sets=tuple(sets), taken=tuple(taken), left=tuple(left))


def _refused(sets: Sequence[str], versions: pins.Versions) -> dict[str, str]:
    refused = dict(_NEVER)
    if "kind" in sets:
        refused |= dict.fromkeys(_OF_NODES, "it goes into the images of kind's nodes")
    for product in pins.PRODUCTS:
        if version := versions.of(product):
            why = f"{product.name} {version} is asked for, and built"
            refused |= dict.fromkeys(product.binaries, why)
    return refused


def _found(name: str, store: Path) -> Path | None:
    """The program that PATH leads to; what lies in the store is no other than what is built."""
    for folder in _folders():
        program = folder / name
        if program.is_file() and os.access(program, os.X_OK):
            real = program.resolve()
            if not real.is_relative_to(store.resolve()):
                return real
    return None


def _folders() -> Iterator[Path]:
    # One that is not absolute leads to another file in another folder.
    words = os.environ.get("PATH", "").split(os.pathsep)
    return (Path(word) for word in words if word.startswith("/"))


def _taken(name: str, package: str, wanted: str, program: Path) -> Taken:
    """The program, if it is of the wanted version. Raises SandboxError with why it is not taken."""
    try:
        # Before it is asked: whoever replaces it afterwards is found out when it is copied.
        seen = digest(program)
        if not own_word.is_built_from(program, package):
            raise SandboxError(f"is no program of Go that was built from {package}")
    except OSError as error:
        raise SandboxError(f"cannot be read: {error.strerror}") from error
    version = own_word.version_of(name, program)
    if version != wanted:
        raise SandboxError(f"is {version}, not {wanted}")
    return Taken(name=name, version=version, path=str(program), digest=seen)


def _wanted(module: GoModule, package: str) -> str:
    """The version of the module that the package is of, without a leading v."""
    holding = [path for path in module.versions if f"{package}/".startswith(f"{path}/")]
    return module.versions[max(holding, key=len)].removeprefix("v")
