"""The chart repository of a sandbox: packages and an index made by helm, served over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path

from sandbox import command, user_settings
from sandbox.charts.serve import LOGIN, PACKAGES, PRIVATE
from sandbox.processes.peer_server import PeerService
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.toolchain import Toolchain

_USER = "reader"
STAND_INS = Path(__file__).parent
NEXT_PODINFO = "6.9.3-proofbook.1"
"""The podinfo chart packed a second time under a later version, for updates: same content."""


def sources(toolchain: Toolchain, further: Path | None = None) -> list[Path]:
    """The folder of each chart: podinfo (real) first, the stand-ins, and those of `further`."""
    folders = [STAND_INS, *([further] if further else [])]
    found = [path.parent for each in folders for path in sorted(each.glob("*/Chart.yaml"))]
    return [toolchain.share / "charts" / "podinfo", *found]


class ChartRepository(PeerService):
    """The folder with the packages; its URL is that of a HelmRepository."""

    def build(self, toolchain: Toolchain, further: Path | None = None) -> None:
        """Package the podinfo chart (real), the stand-ins and `further` ones, and write the index.

        `further` is a folder with a folder for each chart.
        """
        packages = self.folder / PACKAGES
        packages.mkdir(parents=True, exist_ok=True)
        helm, (podinfo, *stand_ins) = toolchain.bin / "helm", sources(toolchain, further)
        env = {**user_settings.without(os.environ), "HELM_CACHE_HOME": str(self.folder / "helm")}
        for chart in (podinfo, *stand_ins):
            command.run([helm, "package", chart, "--destination", packages], env=env)
        renamed = ["--version", NEXT_PODINFO]
        command.run([helm, "package", podinfo, *renamed, "--destination", packages], env=env)
        command.run([helm, "repo", "index", packages], env=env)

    @property
    def private_url(self) -> str:
        """Where the same charts are only for whoever logs in."""
        return f"{self.url}{PRIVATE}"

    @property
    def login(self) -> tuple[str, str]:
        """The name and the password that open it."""
        known = json.loads((self.folder / LOGIN).read_text())
        return known["user"], known["password"]

    def index_digest(self) -> str:
        """The digest of the index, as Flux writes a revision: `sha256:<hex>`."""
        index = (self.folder / PACKAGES / "index.yaml").read_bytes()
        return f"sha256:{hashlib.sha256(index).hexdigest()}"

    def serve(self, supervisor: SupervisorClient, reach: Reach) -> None:
        """Serve the packages on the same free port of each address."""
        login = self.folder / LOGIN
        login.touch(mode=0o600)
        login.write_text(json.dumps({"user": _USER, "password": secrets.token_urlsafe(24)}))
        self.start("chart-repository", "sandbox.charts.serve", str(self.folder), supervisor, reach)
