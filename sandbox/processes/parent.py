"""Children that end with the process that started them, even if that one is killed."""

from __future__ import annotations

import ctypes
import signal

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel kills this process when its parent's thread ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
