"""Where the servers of a sandbox listen, and to whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Where the Git server and the chart repository of a sandbox listen, and to whom."""

    host: str
    """The host in URLs: this machine and Flux can both reach it."""
    listen: tuple[str, ...]
    """The IP addresses that they listen on."""
    peers: tuple[str, ...]
    """The networks (CIDR) whose members are answered; everybody else is refused."""
