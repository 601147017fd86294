"""What all tests have in common."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

# How long an example takes says something of the machine, and is measured in benchmarks/.
settings.register_profile("proofbook", deadline=None)
settings.load_profile("proofbook")


def pytest_configure() -> None:
    """Let Ctrl-C stop the tests, and what they start, from a job of the background too.

    That begins with SIGINT ignored. What the project's programs make of it is tested by programs
    that are started so.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two processes for each core: most tests wait for programs, requests and clocks."""
    return min(8, 2 * len(os.sched_getaffinity(0)))
