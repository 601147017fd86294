"""Take newer versions into the go.mod files of a tree, with what has to go with them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sandbox.toolchain import flux
from sandbox.toolchain.modules import DATA_MODULE, EMBEDDED, KIND
from sandbox.toolchain.newer import go_mod
from sandbox.toolchain.newer.pinned import Pinned
from sandbox.toolchain.pins import KUBERNETES
from sandbox.toolchain.resolving import Resolver, staged, version_of_parts

_PARTS = ("k8s.io/client-go", "k8s.io/apimachinery", "k8s.io/api")
"""The parts of Kubernetes that nearly everything is written against which is written for it."""
_SETS = (EMBEDDED.name, KIND.name, DATA_MODULE)


@dataclass
class Taking:
    """Versions on their way into the sets of a toolchain, a folder each in `folder`."""

    folder: Path
    resolver: Resolver
    _changed: set[str] = field(default_factory=set)

    def take(self, pinned: Pinned, version: str) -> None:
        """Require it wherever it is required, with what is published to go with it.

        Raises UsageError for what nobody serves, SandboxError for what cannot be had; then nothing
        is required.
        """
        resolver = replace(self.resolver, what=f"{pinned.name} {version}")
        text = resolver.go_mod(self.folder, pinned.module, version)
        requires, replaces = {pinned.module: f"v{version}"}, go_mod.replaced(text)
        needs: Mapping[str, str] = {}
        if pinned.module == KUBERNETES.module:
            replaces = dict.fromkeys(staged(text), version_of_parts(version))
        elif pinned.module == flux.MODULE:
            requires |= self._controllers(resolver, version)
            for path, told in requires.items():
                resolver.go_mod(self.folder, path, told.removeprefix("v"))
        else:
            needs = go_mod.required(text)
        for name in _SETS:
            before = self._read(name)
            if pinned.module in go_mod.required(before):
                wanted = {**_raised(before, needs), **replaces}
                text = self._with(before, pinned.module, requires, wanted)
                self._write(name, go_mod.replacing(text, self._held(resolver, before, needs)))

    def finish(self) -> list[str]:
        """Let go write what follows in every set that is another now; their names."""
        for name in sorted(self._changed):
            if name == DATA_MODULE:
                self._sum_up()
            elif flux.MODULE in go_mod.required(self._read(name)):
                self._complete_with_flux(self.folder / name)
            else:
                self.resolver.complete(self.folder / name)
        return sorted(self._changed)

    def _with(
        self, text: str, path: str, requires: Mapping[str, str], replaces: Mapping[str, str]
    ) -> str:
        for each, version in requires.items():
            text = go_mod.requiring(text, each, version)
        held = go_mod.replaced(text)
        # All parts of Kubernetes have to be named; of others only those that are held back here.
        wanted = {
            each: version
            for each, version in replaces.items()
            if each in held or path == KUBERNETES.module
        }
        return go_mod.replacing(text, wanted)

    def _held(self, resolver: Resolver, text: str, needs: Mapping[str, str]) -> Mapping[str, str]:
        """What other programs of a go.mod use too, and that stays at the version they have.

        Because the newer one, which a program asks for, is made for a newer minor version of
        Kubernetes' parts than the others are built with.
        """
        required = go_mod.required(text)
        if KUBERNETES.module not in required:
            return {}
        parts = version_of_parts(required[KUBERNETES.module][1:])
        # What was held once is required in the version that did not fit, and replaced.
        has = {**required, **go_mod.replaced(text)}
        held = {}
        for path, version in needs.items():
            there = has.get(path)
            if there is None or path.startswith("k8s.io/") or not go_mod.is_newer(version, there):
                continue
            its = go_mod.required(resolver.go_mod(self.folder, path, version.removeprefix("v")))
            asked = (its[each] for each in _PARTS if each in its)
            if any(
                go_mod.is_newer(each, parts) and _minor(each) != _minor(parts) for each in asked
            ):
                held[path] = there
        return held

    def _controllers(self, resolver: Resolver, version: str) -> dict[str, str]:
        """The controllers that a version of Flux is published with."""
        answer = resolver.module(self.folder, flux.MODULE, version)
        return {
            flux.CONTROLLERS[name]: told
            for name, told in flux.controller_versions(Path(answer["Dir"])).items()
        }

    def _complete_with_flux(self, folder: Path) -> None:
        """As the builder does it: the source of flux lies where go.mod says, while go looks."""
        version = go_mod.required((folder / "go.mod").read_text())[flux.MODULE]
        answer = self.resolver.module(self.folder, flux.MODULE, version.removeprefix("v"))
        source = folder / "flux2"
        try:
            flux.copy_source(Path(answer["Dir"]), source)
            self.resolver.complete(folder)
        finally:
            shutil.rmtree(source, ignore_errors=True)

    def _sum_up(self) -> None:
        """The checksums of modules of which only files are read: no program needs them."""
        folder, lines = self.folder / DATA_MODULE, list[str]()
        before = (folder / "go.sum").read_text().splitlines()
        for path, version in go_mod.required(self._read(DATA_MODULE)).items():
            kept = [line for line in before if line.startswith(f"{path} {version}")]
            lines += kept or self._sum(path, version)
        (folder / "go.sum").write_text("".join(f"{line}\n" for line in lines))

    def _sum(self, path: str, version: str) -> list[str]:
        answer = self.resolver.module(self.folder, path, version.removeprefix("v"))
        return [f"{path} {version} {answer['Sum']}"]

    def _read(self, name: str) -> str:
        return (self.folder / name / "go.mod").read_text(encoding="utf-8")

    def _write(self, name: str, text: str) -> None:
        if text != self._read(name):
            (self.folder / name / "go.mod").write_text(text, encoding="utf-8")
            self._changed.add(name)


def _raised(text: str, needs: Mapping[str, str]) -> dict[str, str]:
    """What a go.mod holds at a version that is older than the one which a program needs.

    What it holds at a newer one stays: another program may need that. Parts of Kubernetes, which
    needs all of them in its own minor version, are raised within that only.
    """
    held = go_mod.replaced(text)
    parts = _minor(version_of_parts(go_mod.required(text).get(KUBERNETES.module, "")[1:]))
    return {
        path: version
        for path, version in needs.items()
        if path in held
        and go_mod.is_newer(version, than=held[path])
        and not (path.startswith("k8s.io/") and _minor(held[path]) == parts != _minor(version))
    }


def _minor(version: str) -> str:
    return version.rpartition(".")[0]
