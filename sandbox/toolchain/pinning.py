"""`python -m sandbox.toolchain.pinning`: pin a further version of Kubernetes (`make pin`).

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

from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.toolchain import builder, pins
from sandbox.toolchain.modules import EMBEDDED, GO_MINOR, modules_of
from sandbox.toolchain.newer.tree import FOLDER, NewerTree
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.resolving import Resolver, staged, version_of_parts
from sandbox.toolchain.store import Store, read_record

_FLUX = "github.com/fluxcd/flux2/v2"


@dataclass(frozen=True)
class Pinning:
    """One version on its way into the tree."""

    version: str
    store: Store
    clock: Clock

    def run(self) -> Path:
        """Resolve, build, prove, then write; the folder that has come into the tree.

        Raises UsageError for a version that nobody serves, SandboxError where it does not build or
        work; then the tree is as it was.
        """
        target = pins.folder_of(self.version)
        with tempfile.TemporaryDirectory(prefix="proofbook-pin-") as scratch:
            folder = Path(scratch) / target.name
            folder.mkdir()
            with self.store.lock("pinning a version", self._wait):
                self._resolve(folder)
            builder.build(self.store, (*modules_of(("embedded",)), pins.pinned(folder)), self.clock)
            self._take(folder, target)
        return target

    def _wait(self, who: str) -> None:
        self.clock.tell(f"waiting for {who}")

    def _resolve(self, folder: Path) -> None:
        resolver = Resolver.of(self.store, self.clock, f"Kubernetes {self.version}")
        self.clock.tell(f"resolving the modules of Kubernetes {self.version}")
        # Asked before there is a go.mod: asked inside a module, Go notes what it was asked for.
        parts = staged(resolver.go_mod(folder, pins.MODULE, self.version))
        (folder / "go.mod").write_text(self._go_mod(folder.name, parts, pins.PROGRAMS))
        resolver.tidy(folder)
        self.clock.tell(f"resolving the modules of a node of Kubernetes {self.version}")
        node = folder / pins.NODE
        node.mkdir()
        path = f"{folder.name}/{pins.NODE}"
        (node / "go.mod").write_text(self._go_mod(path, parts, pins.NODE_PROGRAMS))
        resolver.complete(node)

    def _go_mod(self, path: str, parts: Sequence[str], programs: Sequence[str]) -> str:
        """What is asked for: one version of Kubernetes, with the parts that are published with it.

        Its own go.mod names them as folders of its repository.
        """
        replaced = [f"\t{name} => {name} {version_of_parts(self.version)}" for name in parts]
        tools = [f"\t{pins.MODULE}/cmd/{name}" for name in programs]
        lines = [f"module proofbook.dev/toolchain/pins/{path}", "", f"go {GO_MINOR}.0", ""]
        lines += [f"require {pins.MODULE} v{self.version}", "", "replace (", *replaced, ")", ""]
        return "\n".join([*lines, "tool (", *tools, ")", ""])

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


def pin(version: str, flux: str, store: Store, clock: Clock) -> str:
    """Pin a version of Kubernetes; what was done, in words. Raises UsageError and SandboxError."""
    if flux:
        has = EMBEDDED.versions[_FLUX].removeprefix("v")
        raise UsageError(
            f"Flux {flux} cannot be pinned beside Flux {has}: only Kubernetes can",
            cure="say KUBERNETES=, or change sandbox/toolchain/embedded/go.mod",
        )
    if pins.checked(version) == pins.own():
        raise UsageError(
            f"Kubernetes {version} is what the toolchain has without a pin",
            cure="make e2e runs on it",
        )
    module = pins.pinned(Pinning(version, store, clock).run())
    record = read_record(store.folder(module))
    size = record["bytes"] / 1024**2
    return (
        f"{module.folder} pins Kubernetes {version}: {record['seconds']} s with Go {record['go']}, "
        f"{size:.0f} MiB of programs"
    )


def take_newer(tree: NewerTree) -> str:
    """Take what the last night found newer; what was done, in words. Raises as `tree.take`."""
    changed = tree.take()
    if not changed:
        return "what is pinned is the newest that is served"
    return f"taken up from {tree.diff_file}: {', '.join(map(str, changed))}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code (0 done, 2 wrong use, 3 failed)."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.toolchain.pinning", description=__doc__
    )
    parser.add_argument("--kubernetes", default="", help="such as 1.35.4")
    parser.add_argument("--flux", default="", help="cannot be pinned yet")
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
    raise SystemExit(main())
