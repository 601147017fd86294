"""Build what is missing, prove it, leave nothing half-made where others look."""

from __future__ import annotations

import errno
import itertools
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.toolchain import borrowed, compiler, flux, pins, proof, share
from sandbox.toolchain.borrowed import Borrowed
from sandbox.toolchain.caches import Caches
from sandbox.toolchain.golang import Go
from sandbox.toolchain.modules import (
    DATA_MODULE,
    EMBEDDED,
    GO_MINOR,
    HERE,
    SETS,
    GoModule,
    data_version,
    modules_of,
)
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.shared import taking
from sandbox.toolchain.store import PROOF, Store, size_of


def is_ready(store: Store, modules: Sequence[GoModule]) -> bool:
    """Whether every module is complete, and proven if it is one that can be proven here."""
    return all(store.is_complete(module) for module in modules) and not _needs_proof(store, modules)


def build(store: Store, modules: Sequence[GoModule], clock: Clock) -> None:
    """Make the modules complete and proven. Raises SandboxError; what is built so far is kept."""
    try:
        purpose = f"building {', '.join(module.name for module in modules)}"
        with store.lock(purpose, lambda who: clock.tell(f"waiting for {who}")):
            # Again, now that nobody else builds: they may have made what we wanted.
            missing = [module for module in modules if not store.is_complete(module)]
            for module in missing:
                if isinstance(module, Borrowed):
                    clock.tell(f"copying {', '.join(module.binaries)} from PATH")
                    borrowed.copy(store, module)
            missing = [module for module in missing if not isinstance(module, Borrowed)]
            if missing and (to_build := taking.take(store, missing, clock)):
                _build_all(store, to_build, clock, _program(store, modules, "kustomize"))
            if _needs_proof(store, modules):
                clock.tell("proving that a control plane starts and `flux install` ends")
                parts = _proven_together(modules)
                programs = store.folder(parts[0]) if len(parts) == 1 else store.view(modules)
                proof.prove(programs / "bin", programs / "share", _proof(store, modules))
            Caches(store).settle()
    except OSError as failure:
        raise _storage_error(store, failure) from failure
    tidy(store, clock)


def fetch(store: Store, modules: Sequence[GoModule], clock: Clock) -> None:
    """Take what is missing of the modules from a team's archive, and build nothing."""
    try:
        with store.lock("taking programs", lambda who: clock.tell(f"waiting for {who}")):
            missing = [module for module in modules if not store.is_complete(module)]
            taking.take(store, missing, clock)
    except OSError as failure:
        raise _storage_error(store, failure) from failure


def tidy(store: Store, clock: Clock) -> None:
    """Remove the caches of complete builds: more than a hundred thousand files, GiB of them."""
    try:
        Caches(store).drop_abandoned()
        store.empty_trash(lambda: clock.tell("removing the caches of the build"))
    except OSError as failure:
        raise _storage_error(store, failure) from failure


def view(store: Store, modules: Sequence[GoModule]) -> Path:
    """One folder with the programs and files of complete modules. Raises SandboxError."""
    try:
        return store.view(modules)
    except OSError as failure:
        raise _storage_error(store, failure) from failure


def in_use(store: Store, others: Iterable[Sequence[GoModule]] = ()) -> list[Path]:
    """The folders that belong to the modules as they are now, and to others that somebody uses.

    The caches too, while a night shares them.
    """
    combinations = [c for n in range(1, len(SETS) + 1) for c in itertools.combinations(SETS, n)]
    kubernetes, flux = (["", *product.known()] for product in (pins.KUBERNETES, pins.FLUX))
    views = [
        store.view_folder((*modules_of(sets), *pins.of(*pair, node="kind" in sets)))
        for sets in combinations
        for pair in itertools.product(kubernetes, flux)
        if "kind" not in sets or pins.has_node(pair[0])
    ]
    further = [module for each in kubernetes for module in pins.of(each, node=pins.has_node(each))]
    further += [module for each in flux for module in pins.of("", each)]
    for modules in others:
        further += modules
        views.append(store.view_folder(modules))
    used = [store.folder(module) for module in (*modules_of(tuple(SETS)), *further)] + views
    return [*used, store.work] if Caches(store).are_shared() else used


def prune(store: Store, clock: Clock, others: Iterable[Sequence[GoModule]] = ()) -> list[str]:
    """Remove what is not in use, caches of a cut off build included; the names of what went.

    `others`: modules of sandboxes that are up.

    Raises SandboxError if the cache cannot be written.
    """
    try:
        with store.lock("removing old programs", lambda who: clock.tell(f"waiting for {who}")):
            return store.prune(in_use(store, others))
    except OSError as failure:
        raise _storage_error(store, failure) from failure


def _needs_proof(store: Store, modules: Sequence[GoModule]) -> bool:
    embedded = any(module.name == EMBEDDED.name for module in modules)
    return embedded and not _proof(store, modules).exists()


def _proven_together(modules: Sequence[GoModule]) -> list[GoModule]:
    """What a proof is of: the control plane and Flux, with what takes the place of a part of it."""
    own = [module for module in modules if module.name == EMBEDDED.name]
    taken = [module for module in modules if isinstance(module, Borrowed)]
    return [*own, *taken, *pins.in_the_place_of_own(modules)]


def _proof(store: Store, modules: Sequence[GoModule]) -> Path:
    """Where it is noted that these work together: in the folder of what was added last."""
    *others, last = _proven_together(modules)
    beside = [store.folder(module).name for module in others]
    return store.folder(last) / (f"proof-{'-'.join(beside)}.json" if beside else PROOF)


def _program(store: Store, modules: Sequence[GoModule], name: str) -> Path:
    """Where the modules' program of this name is, or will be."""
    holder = next((module for module in modules if name in module.binaries), EMBEDDED)
    return store.folder(holder) / "bin" / name


def _build_all(store: Store, missing: Sequence[GoModule], clock: Clock, kustomize: Path) -> None:
    Caches(store).make_room(missing, clock)
    minutes = sum(module.minutes for module in missing)
    clock.tell(
        f"building {', '.join(module.name for module in missing)} once, about {minutes:.0f} min on "
        f"2 cores: {store.check_disk(missing)}"
    )
    store.discard(store.work / "tmp")  # GiB that a build which was killed could not remove
    go = Go(compiler=compiler_of(store, clock), work=store.work)
    total, done = sum(len(module.binaries) for module in missing), 0
    for module in missing:
        at = {"before": done, "total": total}
        _Job(store=store, module=module, go=go, clock=clock, kustomize=kustomize, **at).run()
        done += len(module.binaries)


def compiler_of(store: Store, clock: Clock) -> compiler.Compiler:
    """The Go that builds here, fetched where the machine has none. Raises SandboxError."""
    store.work.mkdir(parents=True, exist_ok=True)
    clock.tell(f"looking for Go {GO_MINOR}, or fetching it (70 MB)")
    found = compiler.find(store.work / "go")
    clock.tell(f"using Go {found.version} from {found.origin}")
    return found


@dataclass(frozen=True, kw_only=True)
class _Job:
    """The build of one module."""

    store: Store
    module: GoModule
    go: Go
    clock: Clock
    kustomize: Path
    """What renders the manifests of a Flux whose module does not build it."""
    before: int
    """Programs that were built before this module's."""
    total: int

    @property
    def stage(self) -> Path:
        """Where the module is put together, until it is renamed into its place."""
        return self.store.work / "stage" / self.store.folder(self.module).name

    def run(self) -> None:
        """Download, build, copy the files beside, and put it all in place."""
        started, source = time.monotonic(), self._sources(self.module.folder)
        bin_folder, share_folder = self.stage / "bin", self.stage / "share"
        shutil.rmtree(share_folder, ignore_errors=True)
        for folder in (bin_folder, share_folder):
            folder.mkdir(parents=True, exist_ok=True)
        if flux.MODULE in self.module.versions:
            self._prepare_flux(source, bin_folder, share_folder)
        else:
            self._load(source)
        self.go.build(self.module, source, bin_folder, self._watch)
        for name, package in self.module.binaries.items():
            (bin_folder / built_name(package)).rename(bin_folder / name)
        self.clock.tell(f"copying the files beside the programs of {self.module.name}")
        share.fill(self.module.name, share_folder, self._module_folder)
        self.store.finish(
            self.module,
            self.stage,
            {
                "go": self.go.compiler.version,
                "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "seconds": round(time.monotonic() - started, 1),
                "bytes": size_of(self.stage),
            },
        )

    def _sources(self, origin: Path) -> Path:
        """A copy of go.mod and go.sum to build in: nothing is ever written into the clone."""
        folder = self.store.work / "src" / origin.name
        folder.mkdir(parents=True, exist_ok=True)
        for file in ("go.mod", "go.sum"):
            shutil.copyfile(origin / file, folder / file)
        return folder

    def _prepare_flux(self, source: Path, bin_folder: Path, share_folder: Path) -> None:
        self.clock.tell("downloading the source of flux")
        flux2 = source / "flux2"  # where go.mod's replace points
        name = DATA_MODULE if self.module.name == EMBEDDED.name else self.module.name
        flux.copy_source(self._module_folder(name, flux.MODULE), flux2)
        self._load(source)
        manifests = flux.render(
            flux2,
            self._kustomize(source, bin_folder),
            lambda module: self._module_folder(self.module.name, module),
        )
        shutil.copytree(manifests, share_folder / "flux-manifests")

    def _kustomize(self, source: Path, bin_folder: Path) -> Path:
        """The program that renders: the module's own, for a pinned version the toolchain's."""
        package = self.module.binaries.get("kustomize")
        if package is None:
            return self.kustomize
        self.go.build(self.module, source, bin_folder, self._watch, only=package)
        return bin_folder / built_name(package)

    def _module_folder(self, name: str, path: str) -> Path:
        if name == DATA_MODULE:
            origin, version = HERE / DATA_MODULE, data_version(path)
        else:
            origin, version = self.module.folder, self.module.versions[path]
        return self.go.module_folder(self._sources(origin), path, version)

    def _load(self, source: Path) -> None:
        what = f"downloading the modules of {self.module.name}"
        self.clock.tell(what)
        self.go.load(self.module, source, lambda line: self.clock.tell(what, line))

    def _watch(self, line: str) -> None:
        """One line of the build: a package is being compiled. Go links in the order asked for."""
        names = [
            name
            for name, package in self.module.binaries.items()
            if not (self.stage / "bin" / built_name(package)).exists()
        ]
        n = self.before + len(self.module.binaries) - len(names) + 1
        current = names[0] if names else list(self.module.binaries)[-1]
        self.clock.tell(f"building {current}", line, n=min(n, self.total), m=self.total)


def built_name(package: str) -> str:
    """The name that Go gives to the program of a main package."""
    parts = package.split("/")
    is_version = parts[-1][:1] == "v" and parts[-1][1:].isdigit()
    return parts[-2] if is_version else parts[-1]


def _storage_error(store: Store, failure: OSError) -> SandboxError:
    full = failure.errno in (errno.ENOSPC, errno.EDQUOT)
    return SandboxError(
        f"{'the disk is full' if full else 'the cache cannot be written'}: {failure}",
        phase="toolchain",
        cure=f"free space in {store.root}, or name another folder with PROOFBOOK_CACHE"
        if full
        else f"make {store.root} writable, or name another folder with PROOFBOOK_CACHE",
    )
