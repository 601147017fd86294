"""The programs of the sandbox, complete and proven: what everybody else asks for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import from_path
from sandbox.from_path import FromPath, Taken
from sandbox.toolchain import builder, on_path, pins
from sandbox.toolchain.borrowed import lend
from sandbox.toolchain.flux import CONTROLLERS, MODULE, earlier
from sandbox.toolchain.modules import GoModule, data_version, modules_of
from sandbox.toolchain.progress import Clock, Listener, Printer
from sandbox.toolchain.shared import taking
from sandbox.toolchain.store import Store

_NAMES: Mapping[str, str] = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kubernetes": "k8s.io/kubernetes",
    "kustomize": "sigs.k8s.io/kustomize/kustomize/v5",
    "helm": "helm.sh/helm/v4",
    "kwok": "sigs.k8s.io/kwok",
    "flux": MODULE,
    **CONTROLLERS,
    "podinfo": "github.com/stefanprodan/podinfo",
    "kind": "sigs.k8s.io/kind",
    "coredns": "github.com/coredns/coredns",
    "cni-plugins": "github.com/containernetworking/plugins",
    "containerd": "github.com/containerd/containerd/v2",
}


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """Programs and files that are there; nothing below these folders may be changed."""

    bin: Path
    """The folder with every program, for PATH."""
    share: Path
    """Files: kwok-stages/, flux-manifests/, charts/podinfo/, cert-manager-crds/; for kind also
    kind-images-base/ and pause.c."""
    versions: Mapping[str, str]
    """Version by short name (flux, kubernetes, helm, …), without a leading v; `go` is the compiler
    that built them."""
    earlier: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Controllers of an earlier patch than this Flux installs: theirs, and that one."""

    def path_env(self, env: Mapping[str, str]) -> dict[str, str]:
        """A copy of the environment in which these programs come first."""
        path = env.get("PATH")
        return {**env, "PATH": f"{self.bin}:{path}" if path else str(self.bin)}


def ensure(
    sets: Iterable[str] = ("embedded",),
    *,
    kubernetes: str = "",
    flux: str = "",
    taken: Sequence[Taken] = (),
    on_progress: Listener | None = None,
) -> Toolchain:
    """The toolchain for these sets (`embedded`, and `kind` for what kind needs beside it).

    `kubernetes` and `flux` are pinned versions, whose programs take the place of the toolchain's
    own; with `kind` also those of a node of that Kubernetes. `taken` are programs of PATH that
    `found_on_path` has found: these are not built.

    Builds what is missing, once for all sandboxes of the user, and proves that it works; returns at
    once when all is there. Raises UsageError on an unknown set or version, and SandboxError with
    cause and cure when it cannot be built.
    """
    modules = modules_with(sets, kubernetes=kubernetes, flux=flux, taken=taken)
    store = Store.of_user()
    printer = Printer()
    clock = Clock(on_progress or printer)
    try:
        if builder.is_ready(store, modules):
            builder.tidy(store, clock)  # nothing to do, unless a build was interrupted at its end
        else:
            builder.build(store, modules, clock)
    finally:
        printer.end()
    view = builder.view(store, modules)
    return Toolchain(
        bin=view / "bin",
        share=view / "share",
        versions=_versions(store, modules),
        earlier=earlier(_of_flux(modules)),
    )


def modules_with(
    sets: Iterable[str], *, kubernetes: str = "", flux: str = "", taken: Sequence[Taken] = ()
) -> tuple[GoModule, ...]:
    """The modules behind the same words of `ensure`."""
    sets = tuple(dict.fromkeys(sets))
    return lend(modules_of(sets), taken) + pins.of(kubernetes, flux, node="kind" in sets)


def found_on_path(
    sets: Iterable[str],
    *,
    kubernetes: str = "",
    flux: str = "",
    on_progress: Listener | None = None,
) -> FromPath:
    """What TOOLCHAIN_FROM_PATH=1 takes in the place of what would have to be built; else nothing.

    What is built already, or comes from a team's archive, whose bytes are known, goes first.
    Raises UsageError on a value that is none.
    """
    if not from_path.asked():
        return FromPath()
    sets, store = tuple(dict.fromkeys(sets)), Store.of_user()
    modules = modules_of(sets)
    if os.environ.get(taking.PLACE) and not all(map(store.is_complete, modules)):
        printer = Printer()
        try:
            builder.fetch(store, modules, Clock(on_progress or printer))
        finally:
            printer.end()
    return on_path.look(store, sets, pins.Versions(kubernetes, flux))


def is_built(sets: Iterable[str] = ("embedded",)) -> bool:
    """Whether `ensure` would return at once. Raises UsageError on an unknown set."""
    return builder.is_ready(Store.of_user(), modules_of(tuple(dict.fromkeys(sets))))


def _of_flux(modules: tuple[GoModule, ...]) -> Mapping[str, str]:
    """The versions of the module that Flux is built from."""
    return next((each.versions for each in reversed(modules) if MODULE in each.versions), {})


def _versions(store: Store, modules: tuple[GoModule, ...]) -> Mapping[str, str]:
    required = {
        path: version
        for module in modules
        for path, version in module.versions.items()
        if not module.gives or path in module.gives
    }
    versions = {name: required[path] for name, path in _NAMES.items() if path in required}
    versions["cert-manager"] = data_version("github.com/cert-manager/cert-manager")
    compilers = [record["go"] for record in map(store.record, modules) if "go" in record]
    if compilers:  # else all was taken from PATH
        versions["go"] = compilers[0]
    return {name: version.removeprefix("v") for name, version in sorted(versions.items())}
