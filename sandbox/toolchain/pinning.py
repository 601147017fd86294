"""`python -m sandbox.toolchain.pinning`: pin a further version of Kubernetes or Flux (`make pin`).

With --next the pins themselves are taken up, to what the last night with NEXT=1 found newer.

Its modules are resolved and held against Go's checksum database, its programs are built and proven
beside the rest of the toolchain; only then go.mod and go.sum lie in the tree.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import unread
from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.toolchain import builder, flux_pin, kubernetes_pin, pins
from sandbox.toolchain.flux import earlier
from sandbox.toolchain.modules import GoModule, modules_of
from sandbox.toolchain.newer.tree import FOLDER, NewerTree
from sandbox.toolchain.pins import Product
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.resolving import Resolver
from sandbox.toolchain.store import Store, read_record


@dataclass(frozen=True)
class Pinning:
    """One version on its way into the tree."""

    product: Product
    version: str
    store: Store
    clock: Clock

    def run(self) -> Path:
        """Resolve, build, prove, then write; the folder that has come into the tree.

        Raises UsageError for a version that nobody serves, SandboxError where it does not build or
        work; then the tree is as it was.
        """
        target = self.product.folder_of(self.version)
        with tempfile.TemporaryDirectory(prefix="proofbook-pin-") as scratch:
            folder = Path(scratch) / target.name
            folder.mkdir()
            with self.store.lock("pinning a version", self._wait):
                self._resolve(folder)
            modules = (*modules_of(("embedded",)), self.product.pinned(folder))
            builder.build(self.store, modules, self.clock)
            self._take(folder, target)
        return target

    def _wait(self, who: str) -> None:
        self.clock.tell(f"waiting for {who}")

    def _resolve(self, folder: Path) -> None:
        what = f"{self.product.name} {self.version}"
        resolver = Resolver.of(self.store, self.clock, what)
        self.clock.tell(f"resolving the modules of {what}")
        of_kubernetes = self.product is pins.KUBERNETES
        resolve = kubernetes_pin.resolve if of_kubernetes else flux_pin.resolve
        resolve(folder, self.version, resolver, self.clock)

    def _take(self, folder: Path, target: Path) -> None:
        """Put the folder into the tree at once: what is half there would be a pin."""
        target.parent.mkdir(exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
        try:
            shutil.copytree(folder, part / target.name)
            if target.exists():
                target.rename(part / "old")
            (part / target.name).rename(target)
        finally:
            shutil.rmtree(part)


def pin(kubernetes: str, flux: str, store: Store, clock: Clock) -> str:
    """Pin a version of one product; what was done, in words. Raises UsageError and SandboxError."""
    if not kubernetes and not flux:
        raise UsageError(
            "KUBERNETES= or FLUX= says which version",
            cure=f"such as make pin KUBERNETES={pins.KUBERNETES.example}, or NEXT=1",
        )
    if kubernetes and flux:
        raise UsageError(
            f"KUBERNETES={kubernetes} and FLUX={flux} are pinned one after the other",
            cure=f"make pin KUBERNETES={kubernetes} && make pin FLUX={flux}",
        )
    product, version = (pins.FLUX, flux) if flux else (pins.KUBERNETES, kubernetes)
    if product.checked(version) == product.own():
        raise UsageError(
            f"{product.name} {version} is what the toolchain has without a pin",
            cure="make e2e runs on it",
        )
    module = product.pinned(Pinning(product, version, store, clock).run())
    record = read_record(store.folder(module))
    size = record["bytes"] / 1024**2
    done = (
        f"{module.folder} pins {product.name} {version}: {record['seconds']} s with Go "
        f"{record['go']}, {size:.0f} MiB of programs"
    )
    return "; ".join([done, *_earlier(module)])


def _earlier(module: GoModule) -> list[str]:
    return [
        f"{name} is {has}, for {installs} is not served"
        for name, (has, installs) in earlier(module.versions).items()
    ]


def take_newer(tree: NewerTree) -> str:
    """Take what the last night found newer; what was done, in words. Raises as `tree.take`."""
    changed = tree.take()
    if not changed:
        return _nothing(tree)
    told = [f"{path}{'' if (tree.clone / path).exists() else ' (gone)'}" for path in changed]
    return f"taken up from {tree.diff_file}: {', '.join(told)}"


def _nothing(tree: NewerTree) -> str:
    said = f"{tree.diff_file} takes up nothing"
    if not tree.report_file.exists():
        return f"{said}; make nightly NEXT=1 says what is newer, if anything"
    return f"{said}: what was newer, if anything, was left out; {tree.report_file} says why"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code (0 done, 2 wrong use, 3 failed)."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.toolchain.pinning", description=__doc__
    )
    parser.add_argument("--kubernetes", default="", help="such as 1.35.4")
    parser.add_argument("--flux", default="", help="such as 2.9.2")
    parser.add_argument("--next", action="store_true", help="what a night found newer")
    options = parser.parse_args(arguments)
    printer = Printer()
    try:
        with interruptible():
            if options.next:
                done = take_newer(NewerTree(FOLDER))
            else:
                done = pin(options.kubernetes, options.flux, Store.of_user(), Clock(printer))
    except SandboxError as failure:
        printer.end()
        print(failure, file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        printer.end()
        print("pin: interrupted; the tree is as it was", file=sys.stderr)
        return 130
    printer.end()
    print(done)
    return 0


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main())
