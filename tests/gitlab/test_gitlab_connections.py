"""Connections that the server drops: those that are gone already, too."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.gitlab.connections import drop


class AsInPython3112(asyncio.Transport):
    """A TLS transport of Python 3.11.2: it forgets its protocol when it is closed again."""

    def __init__(self, *, closing: bool) -> None:
        super().__init__()
        self.closing = closing
        self.aborted = False

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        if self.closing:
            raise AttributeError("'NoneType' object has no attribute '_abort'")
        self.aborted = True


@pytest.mark.parametrize("closing", [True, False])
def test_a_connection_is_dropped_unless_it_is_going_already(closing: bool) -> None:
    transport = AsInPython3112(closing=closing)
    drop(transport)
    assert transport.aborted is not closing


def test_where_there_is_no_connection_nothing_is_dropped() -> None:
    drop(None)
