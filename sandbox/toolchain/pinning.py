"""`python -m sandbox.toolchain.pinning`: pin a further version of Kubernetes (`make pin`).

Its modules are resolved and held against Go's checksum database, its programs are built and proven
beside the rest of the toolchain; only then go.mod and go.sum lie in the tree.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.toolchain import builder, diagnosis, pins
from sandbox.toolchain.golang import Go
from sandbox.toolchain.modules import EMBEDDED, GO_MINOR, modules_of
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store, read_record

_NOT_SERVED = re.compile(r"\b(?:403|404|410) [A-Z]|unknown revision|no matching versions|not exist")
_STAGED = re.compile(r"^\s*(k8s\.io/[\w.-]+) v0\.0\.0$", re.MULTILINE)
_FLUX = "github.com/fluxcd/flux2/v2"
_OF_THE_PERSON = ("GOSUMDB", "GONOSUMDB")


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
        go = Go(compiler=builder.compiler_of(self.store, self.clock), work=self.store.work)
        self.clock.tell(f"resolving the modules of Kubernetes {self.version}")
        (folder / "go.mod").write_text(self._go_mod(go, folder))
        self._go(go, folder, "mod", "tidy")

    def _go_mod(self, go: Go, folder: Path) -> str:
        """What is asked for: one version of Kubernetes, with the parts that are published with it.

        Its own go.mod names them as folders of its repository.
        """
        wanted = f"{pins.MODULE}@v{self.version}"
        answer = json.loads(self._go(go, folder, "mod", "download", "-json", wanted))
        staged = sorted(set(_STAGED.findall(Path(answer["GoMod"]).read_text())))
        parts = [f"\t{name} => {name} v0.{self.version.removeprefix('1.')}" for name in staged]
        tools = [f"\t{pins.MODULE}/cmd/{name}" for name in pins.PROGRAMS]
        lines = [f"module proofbook.dev/toolchain/pins/{folder.name}", "", f"go {GO_MINOR}.0", ""]
        lines += [f"require {pins.MODULE} v{self.version}", "", "replace (", *parts, ")", ""]
        return "\n".join([*lines, "tool (", *tools, ")", ""])

    def _go(self, go: Go, folder: Path, *words: str) -> str:
        # Unlike a build this may look modules up: the checksum database says what is right.
        env = {**go.env, "GOFLAGS": "-mod=mod -modcacherw"}
        env.pop("GOSUMDB")
        env |= {name: os.environ[name] for name in _OF_THE_PERSON if name in os.environ}
        done = subprocess.run(
            [go.compiler.program, *words],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        if done.returncode:
            said = json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}
            lines = [*str(said.get("Error", "")).splitlines(), *done.stderr.splitlines()]
            if said and _NOT_SERVED.search("\n".join(lines)):
                raise UsageError(
                    f"nobody serves Kubernetes {self.version} as a Go module: {lines[0]}",
                    cure=f"`go list -m -versions {pins.MODULE}` lists what is served",
                )
            raise diagnosis.explain(f"resolving Kubernetes {self.version}", lines)
        return done.stdout

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code (0 done, 2 wrong use, 3 failed)."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.toolchain.pinning", description=__doc__
    )
    parser.add_argument("--kubernetes", default="", help="such as 1.35.4")
    parser.add_argument("--flux", default="", help="cannot be pinned yet")
    options = parser.parse_args(arguments)
    printer = Printer()
    try:
        with interruptible():
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
