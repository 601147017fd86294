"""Programs on PATH that answer what a test wants, and look as if Go had built them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.toolchain.modules import EMBEDDED, KIND, SOPS
from sandbox.toolchain.own_word import _BUILD_INFO

PACKAGES = {**EMBEDDED.binaries, **KIND.binaries, **SOPS.binaries}
KUBERNETES = EMBEDDED.versions["k8s.io/kubernetes"]
ETCD = EMBEDDED.versions["go.etcd.io/etcd/server/v3"].removeprefix("v")
HELM = EMBEDDED.versions["helm.sh/helm/v4"]
ANSWERS = {
    "kubectl": f'{{\n  "clientVersion": {{\n    "gitVersion": "{KUBERNETES}"\n  }}\n}}',
    "kube-apiserver": f"Kubernetes {KUBERNETES}",
    "etcd": f"etcd Version: {ETCD}\nGit SHA: none",
    "helm": f"{HELM}+g0123abc",
    "sops": f"sops {SOPS.versions['github.com/getsops/sops/v3'].removeprefix('v')}",
    "age-keygen": SOPS.versions["filippo.io/age"],
}


class UserPath:
    """A folder that comes first on PATH."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def has(self, name: str, says: str = "", *, does: str = "", package: str = "") -> Path:
        """Put a program there: it answers, or does what is said in the words of a shell."""
        program = self.folder / name
        lines = does or f"cat <<'END'\n{says or ANSWERS[name]}\nEND"
        built = _BUILD_INFO + (package or PACKAGES[name]).encode() + b"\n"
        program.write_bytes(f"#!/bin/sh\n{lines}\nexit\n".encode() + built)
        program.chmod(0o755)
        return program
