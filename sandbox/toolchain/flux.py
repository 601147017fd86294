"""Make the source of the flux program buildable: its module lacks the manifests that it embeds.

Flux's release fetches them from the controllers' releases; here they are rendered from the
controllers' own modules, which carry the same files as kustomize bases.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sandbox.errors import SandboxError

MODULE = "github.com/fluxcd/flux2/v2"
CONTROLLERS = {
    "source-controller": "github.com/fluxcd/source-controller",
    "kustomize-controller": "github.com/fluxcd/kustomize-controller",
    "helm-controller": "github.com/fluxcd/helm-controller",
    "notification-controller": "github.com/fluxcd/notification-controller",
    "image-reflector-controller": "github.com/fluxcd/image-reflector-controller",
    "image-automation-controller": "github.com/fluxcd/image-automation-controller",
    "source-watcher": "github.com/fluxcd/source-watcher/v2",
}
"""Every component that `flux install` knows, those of `--components-extra` last, and its module."""
PROGRAMS = (*CONTROLLERS, "flux")
"""Every program that a version of Flux has."""
STAMPS = {"main.VERSION": f"{{{MODULE}}}bare"}
"""The Go variable that the flux program reads its version from."""
MANIFESTS = Path("cmd/flux/manifests")


def controller_versions(module: Path) -> dict[str, str]:
    """Which version of each controller flux2's module is published with, by name.

    Raises SandboxError where it does not say so.
    """
    found = {}
    for name in CONTROLLERS:
        listing = module / "manifests" / "bases" / name / "kustomization.yaml"
        told = re.search(rf"/(v[^/\s]+)/{name}\.crds\.yaml$", listing.read_text(), re.MULTILINE)
        if not told:
            raise SandboxError(f"flux2 does not name its version of {name}", phase="toolchain")
        found[name] = told[1]
    return found


def earlier(versions: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Which controllers are of an earlier patch than this Flux installs: theirs, and that one.

    `versions` by module path. Flux requires the kinds of each controller in the version that it
    installs, and the controller of that version is not always served as a module.
    """
    found = {}
    for name, module in CONTROLLERS.items():
        has, installs = versions.get(module, ""), versions.get(_kinds_of(module), "")
        if has and installs and numbers(has) < numbers(installs):
            found[name] = (has.removeprefix("v"), installs.removeprefix("v"))
    return found


def earlier_patches(version: str) -> Iterator[str]:
    """The patches before a version, the nearest first; none where it is no version."""
    known = re.fullmatch(r"(v\d+\.\d+)\.(\d+)", version)
    for patch in reversed(range(int(known[2]) if known else 0)):
        yield f"{known[1] if known else ''}.{patch}"


def _kinds_of(module: str) -> str:
    """The module with the kinds of a controller: beside it, before the number of its major."""
    return re.sub(r"(/v\d+)?$", r"/api\1", module, count=1)


def numbers(version: str) -> list[int]:
    """A module's version as what it is compared by."""
    return [int(part) for part in re.findall(r"\d+", version)]


def copy_source(module: Path, target: Path) -> None:
    """A writable copy of flux2's module, with a placeholder where the manifests will be.

    Without it Go can't load the package: its embed pattern would match no file.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(module, target, copy_function=shutil.copyfile)
    (target / MANIFESTS).mkdir(parents=True, exist_ok=True)
    (target / MANIFESTS / "placeholder.yaml").touch()


def render(source: Path, kustomize: Path, controller_folder: Callable[[str], Path]) -> Path:
    """Render the manifests into the copy of flux2; their folder.

    `controller_folder` gives a controller's folder by its module. Raises SandboxError when
    kustomize does.
    """
    manifests = source / MANIFESTS
    (manifests / "placeholder.yaml").unlink(missing_ok=True)
    for name, module in CONTROLLERS.items():
        base = source / "manifests" / "bases" / name
        config = base / "config"  # inside the base: kustomize builds nothing outside of it
        shutil.copytree(controller_folder(module) / "config", config, copy_function=shutil.copyfile)
        for part, folder in (("crds", "crd"), ("deployment", "manager")):
            _kustomize(kustomize, config / folder, base / f"{part}.yaml")
        listing = base / "kustomization.yaml"
        listing.write_text(
            re.sub(
                rf"^- https://\S*/{name}\.(crds|deployment)\.yaml$",
                r"- \1.yaml",
                listing.read_text(),
                flags=re.MULTILINE,
            )
        )
        _kustomize(kustomize, base, manifests / f"{name}.yaml")
    for name in ("rbac", "policies"):
        _kustomize(kustomize, source / "manifests" / name, manifests / f"{name}.yaml")
    return manifests


def _kustomize(program: Path, folder: Path, target: Path) -> None:
    done = subprocess.run([program, "build", folder], capture_output=True, text=True, timeout=120)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise SandboxError(
            f"rendering {target.name} for flux: kustomize build failed: {last}", phase="toolchain"
        )
    target.write_text(done.stdout)
