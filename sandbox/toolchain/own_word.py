"""What a program says of itself: which version it is, and what it was built from."""

from __future__ import annotations

import mmap
import os
import re
import select
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, STDOUT, TimeoutExpired

from sandbox import user_settings
from sandbox.errors import SandboxError
from sandbox.toolchain.process import child

LIMIT_S = 10.0
"""The slowest answers within 0.3 s on a machine at rest."""
_MOST = 64 * 1024
"""Bytes of an answer that are read."""
_KUBERNETES = (("--version",), r"Kubernetes (v\S+)\s*")

_QUESTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "kubectl": (("version", "--client", "-o", "json"), r'\{.*?"gitVersion": "([^"]+)".*\}\s*'),
    "kube-apiserver": _KUBERNETES,
    "kube-controller-manager": _KUBERNETES,
    "kube-scheduler": _KUBERNETES,
    "etcd": (("--version",), r"etcd Version: (\S+)\n.*"),
    "kwok": (("--version",), r"kwok version (\S+) .*"),
    # A release names its commit behind the version.
    "helm": (("version", "--short"), r"(v[^\s+]+)(?:\+g[0-9a-f]+)?\s*"),
    "kind": (("--version",), r"kind version (\S+)\s*"),
    "sops": (("--version", "--disable-version-check"), r"sops (\S+)\s.*"),
    "age-keygen": (("--version",), r"(v\S+)\s*"),
}
"""How each program is asked for its version, and what it answers."""
PROGRAMS = tuple(_QUESTIONS)
"""The programs that can be asked."""
_BUILD_INFO = bytes.fromhex("3077af0c9274080241e1c107e6d618e6") + b"path\t"
"""What the Go linker writes before the main package, into every program."""


def is_built_from(program: Path, package: str) -> bool:
    """Whether the file is itself a program of this main package, and no wrapper of one.

    A wrapper (a script, a version manager's shim, snap) may be another program tomorrow with not
    one byte of it changed. Raises OSError on a file that cannot be read.
    """
    with program.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_BUILD_INFO + package.encode() + b"\n") >= 0


def version_of(name: str, program: Path) -> str:
    """The version that the program at this path answers, without a leading v.

    Raises SandboxError with what came in place of an answer.
    """
    arguments, form = _QUESTIONS[name]
    with tempfile.TemporaryDirectory(prefix="proofbook-version-") as home:
        said = _answer([str(program), *arguments], Path(home), LIMIT_S)
    found = re.fullmatch(form, said, re.DOTALL)
    if not found:
        shown = " ".join(said.split())[:100]
        raise SandboxError(f"answers {shown!r}" if shown else "answers nothing")
    return found[1].removeprefix("v")


def _answer(command: list[str], home: Path, limit: float) -> str:
    # Nothing of the user's: their settings and plugins are not what is asked about.
    env = {**user_settings.without({"PATH": os.environ.get("PATH", "")}), "HOME": str(home)}
    end, said = time.monotonic() + limit, b""
    with child(command, cwd=home, env=env, stdout=PIPE, stderr=STDOUT) as process:
        assert process.stdout is not None
        with process.stdout as stream:
            while len(said) <= _MOST:
                left = end - time.monotonic()
                if left <= 0 or not select.select([stream], [], [], left)[0]:
                    raise SandboxError(f"does not answer within {limit:g} s")
                part = os.read(stream.fileno(), _MOST)
                if not part:
                    break
                said += part
        if len(said) > _MOST:
            raise SandboxError(f"answers more than {_MOST} bytes")
        try:
            code = process.wait(max(0.0, end - time.monotonic()))
        except TimeoutExpired:
            raise SandboxError(f"does not end within {limit:g} s") from None
        if code:
            last = said.decode(errors="replace").strip().rpartition("\n")[2][:100]
            raise SandboxError(f"ends with exit code {code}: {last}")
    return said.decode(errors="replace")
