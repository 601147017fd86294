"""Flux's controllers in a new cluster, before `flux bootstrap gitlab` comes to it.

By hand, bootstrap creates the controllers and goes on while they start: the first Kustomization
finds a source-controller that does not answer yet, and its next try is many seconds away. Here the
same manifests are applied as soon as the API server answers, beside whatever else has to come up;
bootstrap then finds them as it would write them, and controllers that answer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox import command, flux
from sandbox.cluster.kubernetes import field
from sandbox.cluster.view import ClusterView
from sandbox.copying import working_copy
from sandbox.digest import of_files
from sandbox.errors import SandboxError
from sandbox.processes.surroundings import environment
from sandbox.providers import Cluster
from sandbox.toolchain import Toolchain

PHASE = "Flux components"
"""What the errors carry in which Flux's own folder of the monorepo may have a part."""
_COMPONENTS = "gotk-components.yaml"
_PATCHED = "kustomization.yaml"
"""Where there is one in the folder, it says how the components are patched."""
_OWN_API = ".toolkit.fluxcd.io/"
"""Part of the apiVersion of Flux's own objects: their kinds come with the components."""
_LIMIT_S = 300


def apply(cluster: Cluster, toolchain: Toolchain, own: Path | None) -> None:
    """Apply the components.

    `own`: the cluster's folder in the first commit, whose patches they get.

    Raises CommandFailed, of this phase: it may be what the team has written there that fails, and
    not the cluster that is being made.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            env = environment(toolchain.bin, Path(folder))
            _apply(cluster, yaml.safe_dump_all(manifests(env, own)), env)
    except SandboxError as error:
        error.phase = error.phase or PHASE
        raise


def wait(cluster: Cluster, view: ClusterView) -> None:
    """Wait until the components are Ready. Raises NotReady."""
    view.wait(f"Flux's controllers in {cluster.name}", lambda: _look(view), _LIMIT_S)


def patches(own: Path | None) -> str:
    """The digest of the patches of the folder, which beside Flux's version decide how they look."""
    theirs = own / flux.NAMESPACE if own else None
    if theirs is None or not (theirs / _PATCHED).exists():
        return ""
    return of_files(theirs)


def _apply(cluster: Cluster, text: str, env: Mapping[str, str]) -> None:
    # The owner of the fields is the one that the flux program names: bootstrap changes nothing.
    line = ["apply", "--server-side", "--force-conflicts", "--field-manager=flux", "-f", "-"]
    command.run(
        ["kubectl", "--kubeconfig", cluster.kubeconfig, *line],
        env=env,
        stdin=text,
        limit=_LIMIT_S,
    )


def manifests(env: Mapping[str, str], own: Path | None) -> list[Any]:
    """What `flux bootstrap` would apply first: the components with the patches of the folder."""
    exported = command.run(["flux", "install", "--export"], env=env, limit=_LIMIT_S).stdout
    theirs = own / flux.NAMESPACE if own else None
    if theirs is None or not (theirs / _PATCHED).exists():
        return list(yaml.safe_load_all(exported))
    with tempfile.TemporaryDirectory() as name:
        folder = working_copy(theirs, Path(name) / flux.NAMESPACE)
        (folder / _COMPONENTS).write_text(exported)
        built = command.run(["kustomize", "build", folder], env=env, limit=_LIMIT_S).stdout
    documents = list(yaml.safe_load_all(built))
    return [each for each in documents if _OWN_API not in each["apiVersion"]]


def _look(view: ClusterView) -> tuple[bool | None, str]:
    found = [
        each
        for each in view.informer.all("Deployment")
        if each["metadata"]["namespace"] == flux.NAMESPACE
    ]
    waiting = [
        each["metadata"]["name"]
        for each in found
        if field(each, "status", "readyReplicas", default=0)
        < field(each, "spec", "replicas", default=1)
    ]
    seen = f"not ready: {', '.join(waiting)}" if waiting else f"{len(found)} ready"
    return (True if found and not waiting else None), seen
