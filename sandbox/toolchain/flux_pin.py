"""The pin of a version of Flux: the flux program, and the controllers that it installs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.toolchain import flux, pins
from sandbox.toolchain.modules import GO_MINOR
from sandbox.toolchain.newer import go_mod
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.resolving import Resolver


def resolve(folder: Path, version: str, resolver: Resolver, clock: Clock) -> None:
    """Write the go.mod and go.sum of a version. Raises UsageError and SandboxError.

    A controller whose patch is not served is taken in the nearest earlier one that is.
    """
    # Asked before there is a go.mod: asked inside a module, Go notes what it was asked for.
    source = resolver.module(folder, flux.MODULE, version)
    _has_every_controller(Path(source["Dir"]), version)
    requires, texts = {flux.MODULE: f"v{version}"}, [Path(source["GoMod"]).read_text()]
    for name, installed in flux.controller_versions(Path(source["Dir"])).items():
        what = f"{name} {installed}, which Flux {version} installs,"
        served, text = _nearest(folder, name, installed, replace(resolver, what=what))
        if served != installed:
            clock.tell(f"{name} {installed} is not served: {served} takes its place")
        requires[flux.CONTROLLERS[name]] = served
        texts.append(text)
    held, file = _replaced(texts), folder / "go.mod"
    file.write_text(_go_mod(folder.name, requires, held))
    copy = folder / "flux2"  # where go.mod's replace points, while Go looks
    try:
        flux.copy_source(Path(source["Dir"]), copy)
        resolver.complete(folder)
        if outgrown := _outgrown(texts, file.read_text()):
            file.write_text(_go_mod(folder.name, requires, held | outgrown))
            (folder / "go.sum").unlink()
            resolver.complete(folder)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    # Go needs no checksum of what lies in a folder; the builder does, which copies it from there.
    with (folder / "go.sum").open("a") as sums:
        sums.write(f"{flux.MODULE} v{version} {source['Sum']}\n")


def _has_every_controller(source: Path, version: str) -> None:
    bases = source / "manifests" / "bases"
    lacking = [
        name for name in flux.CONTROLLERS if not (bases / name / "kustomization.yaml").exists()
    ]
    if lacking:
        raise UsageError(
            f"Flux {version} has no {', '.join(lacking)}, which a sandbox has",
            cure="name a newer version",
        )


def _nearest(folder: Path, name: str, installed: str, resolver: Resolver) -> tuple[str, str]:
    """The version of a controller that is served, and its go.mod. Raises as the resolver does."""
    module = flux.CONTROLLERS[name]
    try:
        return installed, resolver.go_mod(folder, module, installed.removeprefix("v"))
    except UsageError:
        for version in flux.earlier_patches(installed):
            try:
                return version, resolver.go_mod(folder, module, version.removeprefix("v"))
            except UsageError:
                continue
        raise


def _replaced(texts: list[str]) -> dict[str, str]:
    """What Flux and its controllers hold back, each in the newest version that one of them has."""
    found: dict[str, str] = {}
    for text in texts:
        for path, version in go_mod.replaced(text).items():
            found[path] = max(found.get(path, ""), version, key=flux.numbers)
    return dict(sorted(found.items()))


def _outgrown(texts: list[str], chosen: str) -> dict[str, str]:
    """What one of them uses as v0 and others, together, have brought to v1: it holds that back.

    Alone it would be built with v0, and the API of v1 is another one.
    """
    has, found = go_mod.required(chosen), dict[str, str]()
    for text in texts:
        for path, version in go_mod.required(go_mod.direct(text)).items():
            if version.startswith("v0.") and not has.get(path, version).startswith("v0."):
                found[path] = max(found.get(path, ""), version, key=flux.numbers)
    return dict(sorted(found.items()))


def _go_mod(name: str, requires: Mapping[str, str], replaced: Mapping[str, str]) -> str:
    lines = [f"module proofbook.dev/toolchain/pins/{name}", "", f"go {GO_MINOR}.0", ""]
    lines += ["require (", *(f"\t{path} {version}" for path, version in requires.items()), ")", ""]
    lines += ["replace (", f"\t{flux.MODULE} => ./flux2"]
    lines += [*(f"\t{path} => {path} {version}" for path, version in replaced.items()), ")", ""]
    tools = [f"\t{package}" for package in pins.FLUX.binaries.values()]
    return "\n".join([*lines, "tool (", *tools, ")", ""])
