"""A live cluster in which Flux, unmodified, is bootstrapped from a world of the Git server."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitlab_live import World

from sandbox.toolchain import Toolchain
from sandbox.waiting import wait_until

LIMIT_S = 180
PATH = "clusters/test"
COMPONENTS = "source-controller,kustomize-controller,notification-controller"


@dataclass
class Flux:
    """A cluster in which Flux runs, and the programs to speak to it."""

    toolchain: Toolchain
    kubeconfig: Path
    receiver_port: int

    def run(
        self, program: str, *words: str, token: str = "", limit: float = LIMIT_S, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        home = str(self.kubeconfig.parent)
        env = {"KUBECONFIG": str(self.kubeconfig), "PATH": os.environ["PATH"], "HOME": home}
        if token:
            env["GITLAB_TOKEN"] = token
        return subprocess.run(
            [str(self.toolchain.bin / program), *words],
            env=env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=limit,
        )

    def kubectl(self, *words: str, stdin: str = "") -> str:
        done = self.run("kubectl", *words, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bootstrap(
        self, world: World, owner: str, repository: str, *words: str, token: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        gitlab = world.gitlab
        return self.run(
            "flux",
            "bootstrap",
            "gitlab",
            f"--hostname={gitlab.url.removeprefix('https://')}",
            f"--ssh-hostname={gitlab.ssh_host}:{gitlab.ssh_port}",
            f"--ca-file={gitlab.ca_file}",
            f"--owner={owner}",
            f"--repository={repository}",
            "--branch=main",
            f"--path={PATH}",
            "--interval=2s",
            "--timeout=2m",
            f"--components={COMPONENTS}",
            *words,
            token=world.token if token is None else token,
        )

    def condition(self, name: str) -> tuple[str, str]:
        """Reason and message of Ready of a GitRepository."""
        found = json.loads(
            self.kubectl("-n", "flux-system", "get", "gitrepository", name, "-o", "json")
        )
        for each in found.get("status", {}).get("conditions", []):
            if each["type"] == "Ready":
                return each["reason"], each["message"]
        return "", ""

    def wait(self, name: str, words: str) -> None:
        """Wait until Ready of a GitRepository says these words."""

        def probe() -> tuple[bool | None, str]:
            reason, message = self.condition(name)
            return (True if words in f"{reason} {message}" else None), f"{reason}: {message}"

        wait_until(f"GitRepository {name} to say {words!r}", probe, LIMIT_S, every=0.3)

    def source(self, name: str, **spec: Any) -> None:
        """A GitRepository that is looked at every two seconds."""
        manifest = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": name, "namespace": "flux-system"},
            "spec": {"interval": "2s", "timeout": "20s", "ref": {"branch": "main"}, **spec},
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))

    def secret(self, name: str, **data: str) -> None:
        manifest = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": "flux-system"},
            "stringData": data,
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
