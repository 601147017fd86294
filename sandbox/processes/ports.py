"""Free TCP ports."""

from __future__ import annotations

import contextlib
import errno
import socket

_TRIES = 100


def free_ports(count: int, *hosts: str) -> list[int]:
    """`count` different ports that nobody listens on at this moment, at any of the addresses.

    Without an address: at loopback.
    """
    with contextlib.ExitStack() as held:
        return [_free_at_each(hosts or ("127.0.0.1",), held) for _ in range(count)]


def _free_at_each(hosts: tuple[str, ...], held: contextlib.ExitStack) -> int:
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


def _hold(host: str, port: int, held: contextlib.ExitStack) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = held.enter_context(socket.socket(family))
    made.bind((host, port))
    return int(made.getsockname()[1])
