"""Free TCP ports, kept from everybody else until a server listens on them."""

from __future__ import annotations

import errno
import socket
from collections import deque

_TRIES = 100
_KEPT = 256
"""Sockets that this process keeps. A port is left to chance when this many were taken after it:
whoever asked for it listens long before."""

_kept: deque[socket.socket] = deque()


def free_ports(count: int, *hosts: str) -> list[int]:
    """`count` different ports that nobody listens on at this moment, at any of the addresses.

    Without an address: at loopback. Between this and the moment at which a server listens, the
    kernel gives none of them to anybody else, another sandbox that comes up or a connection that
    goes out: this process keeps them bound. A server binds them nevertheless if it sets
    SO_REUSEADDR, as Go's and Python's do (socket(7): two may share an address where none listens).
    """
    held: list[socket.socket] = []
    try:
        ports = [_free_at_each(hosts or ("127.0.0.1",), held) for _ in range(count)]
    except OSError:
        for each in held:
            each.close()
        raise
    for each in held:
        # Not before all are bound: the kernel would pick what is kept like this.
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _kept.extend(held)
    while len(_kept) > _KEPT:
        _kept.popleft().close()
    return ports


def _free_at_each(hosts: tuple[str, ...], held: list[socket.socket]) -> int:
    """The kernel picks for the first address. What is tried stays held: each try is another port.

    Raises OSError with the last one's reason where no try is free at the others.
    """
    first, *others = hosts
    for left in reversed(range(_TRIES)):
        port = _hold(first, 0, held)
        try:
            for host in others:
                _hold(host, port, held)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not left:
                raise
        else:
            return port
    raise AssertionError("the last try returns or raises")


def _hold(host: str, port: int, held: list[socket.socket]) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    held.append(made)
    made.bind((host, port))
    return int(made.getsockname()[1])
