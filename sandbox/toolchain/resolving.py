"""Look modules up that are not pinned yet: what a version needs, held against Go's checksums."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import UsageError
from sandbox.toolchain import builder, diagnosis
from sandbox.toolchain.golang import Go
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.store import Store

_NOT_SERVED = re.compile(r"\b(?:403|404|410) [A-Z]|unknown revision|no matching versions|not exist")
_STAGED = re.compile(r"^\s*(k8s\.io/[\w.-]+) v0\.0\.0$", re.MULTILINE)
_OF_THE_PERSON = ("GOSUMDB", "GONOSUMDB")


@dataclass(frozen=True)
class Resolver:
    """Go at work for one pin; the store's lock is held meanwhile."""

    go: Go
    what: str
    """What is pinned, in words."""

    @classmethod
    def of(cls, store: Store, clock: Clock, what: str) -> Resolver:
        """One with the Go that builds here. Raises SandboxError where there is none."""
        return cls(Go(compiler=builder.compiler_of(store, clock), work=store.work), what)

    def tidy(self, folder: Path) -> None:
        """Write what go.mod and go.sum of a folder need. Raises SandboxError."""
        self._run(folder, "mod", "tidy")

    def complete(self, folder: Path) -> None:
        """Write what the programs of a folder need, and no more. Raises SandboxError.

        Tidying would want what the tests of every module need too, and not all of that is served.
        """
        self._run(folder, "list", "-deps", "-f", "{{.Name}}", "tool")

    def module(self, folder: Path, path: str, version: str) -> dict[str, Any]:
        """What go tells of one module: `GoMod` and `Dir` are where it lies.

        Raises UsageError where nobody serves it, SandboxError where it cannot be had.
        """
        answer = self._run(folder, "mod", "download", "-json", f"{path}@v{version}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def go_mod(self, folder: Path, path: str, version: str) -> str:
        """The go.mod of one module. Raises as `module` does."""
        return Path(self.module(folder, path, version)["GoMod"]).read_text(encoding="utf-8")

    def _run(self, folder: Path, *words: str) -> str:
        # Unlike a build this may look modules up: the checksum database says what is right.
        env = {**self.go.env, "GOFLAGS": "-mod=mod -modcacherw"}
        env.pop("GOSUMDB")
        env |= {name: os.environ[name] for name in _OF_THE_PERSON if name in os.environ}
        done = subprocess.run(
            [self.go.compiler.program, *words],
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
                path = words[-1].partition("@")[0]
                raise UsageError(
                    f"nobody serves {self.what} as a Go module: {lines[0]}",
                    cure=f"`go list -m -versions {path}` lists what is served",
                )
            raise diagnosis.explain(f"resolving {self.what}", lines)
        return done.stdout


def staged(go_mod: str) -> list[str]:
    """The parts that are published with Kubernetes: its go.mod has them in its own repository."""
    return sorted(set(_STAGED.findall(go_mod)))


def version_of_parts(kubernetes: str) -> str:
    """The version under which the parts of a version of Kubernetes are published."""
    return f"v0.{kubernetes.removeprefix('1.')}"
