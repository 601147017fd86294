"""The addresses in URLs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Endpoints:
    """One host and a port for each protocol; port 0 until the server is bound."""

    host: str
    https_port: int = 0
    ssh_port: int = 0

    @property
    def url(self) -> str:
        """Base of every HTTPS URL, without a slash at its end."""
        return f"https://{_bracketed(self.host)}:{self.https_port}"

    def ssh_url(self, full_path: str) -> str:
        """A project's URL for Git over SSH."""
        return f"ssh://git@{_bracketed(self.host)}:{self.ssh_port}/{full_path}.git"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
