"""`python -m sandbox gitlab`: serve until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.gitlab.datadir import DataDir
from sandbox.gitlab.server import Server, Settings
from sandbox.processes.listening import Peers


def main(argv: Sequence[str]) -> int:
    """Serve; the exit code: 0 after SIGTERM or SIGINT, 2 wrong use, 3 could not be brought up."""
    try:
        data, settings = _arguments(argv)
        return asyncio.run(_serve(data, settings))
    except SandboxError as error:
        print(f"gitlab: {error}", file=sys.stderr)
        return error.exit_code


def _arguments(argv: Sequence[str]) -> tuple[DataDir, Settings]:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox gitlab",
        description="A GitLab stand-in for bootstrap tests. Prints one JSON line when it answers "
        "(url, ca_file, ssh_host, ssh_port, token), then serves until SIGTERM.",
    )
    parser.add_argument("--data", required=True, type=Path, help="folder for everything it keeps")
    parser.add_argument("--port", type=_port, default=0, help="HTTPS port; 0: the last, or a free")
    parser.add_argument("--ssh-port", type=_port, default=0, help="SSH port; 0: the same")
    parser.add_argument(
        "--listen",
        action="append",
        type=_address,
        help="IP address to listen on, may be repeated; the first is the host in URLs "
        "(default 127.0.0.1)",
    )
    parser.add_argument("--host", type=_name, help="the host in URLs, where it is another one")
    parser.add_argument(
        "--peers",
        action="append",
        type=_network,
        default=[],
        help="network (CIDR) whose members are answered, may be repeated; nobody else is then "
        "(default: whoever reaches an address that is listened on)",
    )
    parser.add_argument(
        "--name", action="append", type=_name, default=[], help="further name for the certificate"
    )
    given = parser.parse_args(argv)
    root = given.data.absolute()
    if root.exists() and not root.is_dir():
        raise UsageError(f"--data {root} is no folder")
    settings = Settings(
        addresses=tuple(dict.fromkeys(given.listen or ["127.0.0.1"])),
        host=given.host or "",
        names=tuple(given.name),
        peers=Peers.of(given.peers),
        https_port=given.port,
        ssh_port=given.ssh_port,
    )
    return DataDir(root), settings


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no IP address") from None
    if address.is_unspecified or address.is_multicast:
        raise argparse.ArgumentTypeError(
            f"{text} would open the server to everyone; name each address"
        )
    return str(address)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no network: {error}") from None


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no host name")
    return text


async def _serve(data: DataDir, settings: Settings) -> int:
    os.umask(0o077)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = Server(data, settings)
    try:
        print(json.dumps(await server.start()), flush=True)
        await stopped.wait()
    except OSError as error:
        raise SandboxError(
            f"{error.strerror or error}: {error.filename or data.root}", phase="gitlab"
        ) from None
    finally:
        await server.stop()
    return 0
