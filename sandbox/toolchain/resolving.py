"""Look modules up that are not pinned yet: what a version needs, held against Go's checksums."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import builder, diagnosis
from sandbox.toolchain.golang import Go
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.store import Store

LIMIT_S: float = 1800
"""Seconds that go may take for one question."""
_NOT_SERVED = re.compile(r"\b(?:404|410) [A-Z]|unknown revision|no matching versions|not exist")
_REFUSED = re.compile(r"\b403 [A-Z]")
_OTHER = "golang.org/x/mod"
"""A module that is asked for where one is refused: is it this one, or all of them?"""
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

        Raises UsageError where nobody serves it or it is refused, SandboxError where it cannot be
        had.
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
        done = self._ran(folder, env, *words)
        if done.returncode:
            said = json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}
            lines = [*str(said.get("Error", "")).splitlines(), *done.stderr.splitlines()]
            if said:
                self._refuse(folder, env, words[-1].partition("@")[0], lines)
            raise diagnosis.explain(f"resolving {self.what}", lines)
        return done.stdout

    def _refuse(
        self, folder: Path, env: Mapping[str, str], path: str, lines: Sequence[str]
    ) -> None:
        """Raises UsageError where the proxy has not this module, SandboxError where it has none."""
        text, cure = "\n".join(lines), f"`go list -m -versions {path}` lists what is served"
        if _NOT_SERVED.search(text):
            raise UsageError(f"nobody serves {self.what} as a Go module: {lines[0]}", cure=cure)
        if _REFUSED.search(text):
            if not self._is_let_in(folder, env):
                raise SandboxError(
                    f"resolving {self.what}: whether it is served is not known, the module proxy "
                    f"refuses {_OTHER} too: {lines[0]}",
                    phase="toolchain",
                    cure="see whether GOPROXY names the right proxy, and what that wants to see "
                    "(a token in ~/.netrc, or GOAUTH)",
                )
            raise UsageError(f"the module proxy refuses {self.what}: {lines[0]}", cure=cure)

    def _is_let_in(self, folder: Path, env: Mapping[str, str]) -> bool:
        # The proxy as the person has set it: what was downloaded before needs no access.
        own = {name: value for name, value in env.items() if name != "GOPROXY"}
        own |= {name: os.environ[name] for name in ("GOPROXY",) if name in os.environ}
        return self._ran(folder, own, "list", "-m", "-versions", _OTHER).returncode == 0

    def _ran(
        self, folder: Path, env: Mapping[str, str], *words: str
    ) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [self.go.compiler.program, *words],
                cwd=folder,
                env=env,
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(
                f"resolving {self.what}: go gave no answer within {LIMIT_S:g} s",
                phase="toolchain",
                cure="check the network, or name a module proxy that answers with GOPROXY",
            ) from None


def staged(go_mod: str) -> list[str]:
    """The parts that are published with Kubernetes: its go.mod has them in its own repository."""
    return sorted(set(_STAGED.findall(go_mod)))


def version_of_parts(kubernetes: str) -> str:
    """The version under which the parts of a version of Kubernetes are published."""
    return f"v0.{kubernetes.removeprefix('1.')}"
