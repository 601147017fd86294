"""How nodes and pods of an engine reach the servers of this machine."""

from __future__ import annotations

import ipaddress
import socket

import psutil
from docker.models.networks import Network

from sandbox.errors import SandboxError
from sandbox.processes.reach import Reach
from sandbox.providers.kind.engine import Engine

LOOPBACK, LOOPBACK_NETWORK = "127.0.0.1", "127.0.0.0/8"
DESKTOP = "Docker Desktop"
"""What its engine calls the operating system that it runs on."""
DESKTOP_HOST = "host.docker.internal"
"""The name by which Docker Desktop's containers reach the machine of the user:
https://docs.docker.com/desktop/features/networking/"""


def find(engine: Engine, network: Network) -> Reach:
    """The way from a Docker network to this machine.

    An engine of this machine gives us its network's gateway; who connects there must be of that
    network, or this machine. Docker Desktop's engine runs in a virtual machine: its containers
    reach us by a name that leads to our loopback. Raises SandboxError with the cure where neither
    is so.
    """
    pool = engine.pool(network)
    own = _own_addresses()
    if pool.gateway in own:
        # Docker masquerades what leaves a bridge's addresses by another interface, and a connection
        # of this machine to its own gateway goes through `lo`: it comes from any address of ours.
        peers = (str(pool.subnet), LOOPBACK_NETWORK, *own)
        return Reach(host=pool.gateway, listen=(pool.gateway, LOOPBACK), peers=peers)
    if engine.info.get("OperatingSystem") != DESKTOP:
        raise SandboxError(
            f"the engine at {engine.url} is not on this machine: its containers can't reach the "
            "Git server here",
            cure="use an engine of this machine (unset DOCKER_HOST), or PROVIDER=embedded",
        )
    _need_name()
    return Reach(host=DESKTOP_HOST, listen=(LOOPBACK,), peers=(LOOPBACK_NETWORK,))


def _own_addresses() -> list[str]:
    links = psutil.net_if_addrs().values()
    return sorted(e.address for link in links for e in link if e.family == socket.AF_INET)


def _need_name() -> None:
    """flux and git of this machine use the same URLs as the pods: the name has to lead home."""
    try:
        address = socket.gethostbyname(DESKTOP_HOST)
    except OSError:
        address = "nowhere"
    if address == "nowhere" or not ipaddress.ip_address(address).is_loopback:
        raise SandboxError(
            f"{DESKTOP_HOST} leads to {address} on this machine, not to {LOOPBACK}",
            cure=f'add a line "{LOOPBACK} {DESKTOP_HOST}" to /etc/hosts',
        )
