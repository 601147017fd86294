"""Connections of clients that are ended from here."""

from __future__ import annotations

import asyncio


def drop(transport: asyncio.BaseTransport | None) -> None:
    """Drop a connection at once; harmless where there is none any more.

    abort() of a TLS transport that is closed already raises AttributeError in Python 3.11.2, the
    one of Debian 12: https://github.com/python/cpython/pull/104474
    """
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.abort()
