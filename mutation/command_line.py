"""What the commands of this package share: the numbers that they take, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable

from guide.ending import INTERRUPTED, WRONG_USE
from guide.errors import BadInput
from sandbox.errors import SandboxError, of_disk
from sandbox.interrupts import interruptible

_MOST_WORKERS = 16


def number(name: str, text: str, least: int, most: int) -> int:
    """The number that a setting is. Raises BadInput for what is none, or out of its range."""
    if not text.isdecimal() or not least <= int(text) <= most:
        cure = f"a number from {least} to {most}"
        raise BadInput(f"{name}={text} is none", cure=cure)
    return int(text)


def number_of_workers(name: str, text: str) -> int:
    """How many sandboxes at once. Raises BadInput."""
    return number(name, text, 1, _MOST_WORKERS)


def ended(run: Callable[[], int], interrupted: str) -> int:
    """The exit code of a command; the only place where an error of the guide or sandbox ends."""
    try:
        with interruptible():
            return run()
    except (BadInput, SandboxError) as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(of_disk(error), file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print(interrupted, file=sys.stderr)
        return INTERRUPTED
