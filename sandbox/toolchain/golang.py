"""Run Go so that only what go.mod and go.sum name is built, with caches of our own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil

from sandbox import cgroups
from sandbox.errors import SandboxError
from sandbox.toolchain import diagnosis, process
from sandbox.toolchain.compiler import Compiler
from sandbox.toolchain.modules import GoModule, go_platform

_LIMIT_S = 1800
"""Seconds in which a module has to come."""
_LEAST_MIB, _MOST_MIB = 1024, 2048
"""What one compiler has to have before its garbage is left alone, and what it has at most."""


@dataclass(frozen=True, kw_only=True)
class Go:
    """A Go compiler at work in `work`, which holds its caches until the build is complete."""

    compiler: Compiler
    work: Path

    @cached_property
    def env(self) -> Mapping[str, str]:
        """Environment of every Go command: the person's own settings must not change the result."""
        env = {name: value for name, value in os.environ.items() if not _changes_result(name)}
        goos, goarch = go_platform()
        temp = self.work / "tmp"
        temp.mkdir(parents=True, exist_ok=True)
        return env | {
            "CGO_ENABLED": "0",
            "GOARCH": goarch,
            "GOCACHE": str(self.work / "gocache"),
            # readonly: go.mod and go.sum are what is committed, or the build fails. modcacherw:
            # the module cache can be removed afterwards without changing modes first.
            "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
            "GOMODCACHE": str(self.work / "gomodcache"),
            "GOOS": goos,
            "GOPROXY": self._proxy(env),
            # Every module is held against the committed go.sum, so nothing is left to look up.
            "GOSUMDB": "off",
            "GOTMPDIR": str(temp),
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            **_garbage(),
        }

    def load(self, module: GoModule, folder: Path, on_line: Callable[[str], None]) -> None:
        """Download every module that the programs need. Raises SandboxError with the cause."""
        command = ["list", "-deps", "-f", "{{.Name}}", *self._tags(module)]
        self._run(f"downloading the modules of {module.name}", command, module, folder, on_line)

    def build(
        self,
        module: GoModule,
        folder: Path,
        target: Path,
        on_line: Callable[[str], None],
        only: str | None = None,
    ) -> None:
        """Build all programs of the module into `target`, or only one (the name of its package).

        One command for all of them: with one command each, the second core idles while a program
        is linked and every command reads the whole package graph again.
        """
        command = ["build", "-v", "-trimpath", "-ldflags", module.ldflags, *self._tags(module)]
        command += ["-o", f"{target}{os.sep}"]
        self._run(f"building {only or module.name}", command, module, folder, on_line, only)

    def module_folder(self, folder: Path, path: str, version: str) -> Path:
        """Where the files of a module are, held against the go.sum in `folder`.

        Raises SandboxError if it can't be had or is not what go.sum names.
        """
        try:
            done = subprocess.run(
                [self.compiler.program, "mod", "download", "-json", f"{path}@{version}"],
                cwd=folder,
                env=dict(self.env),
                capture_output=True,
                text=True,
                timeout=_LIMIT_S,
            )
        except subprocess.TimeoutExpired:
            why = [f"it did not come within {_LIMIT_S} s"]
            raise diagnosis.explain(f"downloading {path}", why) from None
        said = json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}
        if done.returncode:
            error = str(said.get("Error", "")).splitlines()
            raise diagnosis.explain(f"downloading {path}", [*error, *done.stderr.splitlines()])
        expected = checksum(folder / "go.sum", path, version)
        if said["Sum"] != expected:
            raise diagnosis.explain(
                f"downloading {path}",
                [f"checksum mismatch: {version} is {said['Sum']}, go.sum has {expected}"],
            )
        return Path(said["Dir"])

    def _run(
        self,
        doing: str,
        command: list[str],
        module: GoModule,
        folder: Path,
        on_line: Callable[[str], None],
        only: str | None = None,
    ) -> None:
        packages = [only] if only else list(module.binaries.values())
        words = [str(self.compiler.program), *command, *packages]
        exit_code, lines = process.stream(words, cwd=folder, env=self.env, on_line=on_line)
        if exit_code:
            raise diagnosis.explain(doing, lines)

    def _tags(self, module: GoModule) -> list[str]:
        return ["-tags", ",".join(module.tags)] if module.tags else []

    def _proxy(self, env: Mapping[str, str]) -> str:
        """What the person set, asked after what their own module cache already holds.

        Their cache saves the download on a developer's machine, and go.sum decides about its files
        as about any others.
        """
        asked = subprocess.run(
            [self.compiler.program, "env", "GOPROXY", "GOMODCACHE"],
            env=dict(env) | {"GOTOOLCHAIN": "local", "GOFLAGS": ""},
            capture_output=True,
            text=True,
            timeout=60,
        )
        answer = asked.stdout.split("\n")
        if asked.returncode or len(answer) < 2:
            raise diagnosis.explain("asking Go for its settings", asked.stderr.splitlines())
        proxy, cache = answer[0].strip(), Path(answer[1].strip()) / "cache" / "download"
        return f"{cache.as_uri()},{proxy}" if cache.is_dir() and proxy != "off" else proxy


def checksum(go_sum: Path, path: str, version: str) -> str:
    """The checksum of a module's files in go.sum. Raises SandboxError if it has none."""
    pattern = rf"^{re.escape(path)} {re.escape(version)} (h1:\S+)$"
    found = re.search(pattern, go_sum.read_text(), re.MULTILINE)
    if not found:
        raise SandboxError(
            f"{go_sum.parent.name}/go.sum has no checksum of {path} {version}",
            phase="toolchain",
            cure="restore the committed go.sum",
        )
    return found[1]


def _garbage() -> dict[str, str]:
    """A compiler lives for a second: collecting its garbage took a fifth of its time.

    Go runs one on each core. From its share of the free memory on one collects all the same; where
    that is small, as ever.
    """
    free = min(psutil.virtual_memory().available, cgroups.memory())
    share = int(free / 2 / len(os.sched_getaffinity(0)) / 1024**2)
    if share < _LEAST_MIB:
        return {}
    return {"GOGC": "off", "GOMEMLIMIT": f"{min(share, _MOST_MIB)}MiB"}


def _changes_result(name: str) -> bool:
    keep = {"GOPROXY", "GOPRIVATE", "GONOPROXY", "GOMODCACHE", "GOPATH", "GOINSECURE", "GOENV"}
    return (name.startswith("GO") and name not in keep) or name.startswith("CGO_")
