"""What all tests have in common."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Let Ctrl-C stop the tests, and what they start, from a job of the background too.

    That begins with SIGINT ignored. What the project's programs make of it is tested by programs
    that are started so.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
