"""What `python -m steps` is asked on its command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from sandbox.errors import UsageError
from steps import crew

_MOST_RETRIES = 5


def arguments_of(argv: Sequence[str], about: str | None) -> argparse.Namespace:
    """The command line as values. Raises UsageError for a number that cannot be taken."""
    parser = argparse.ArgumentParser(prog="python -m steps", description=about)
    parser.add_argument("--provider", default="auto", help="auto, embedded or kind")
    parser.add_argument("--feature", default="", help="features or scenario ids, by commas")
    parser.add_argument("--tags", default="", help="for example: @containers and not @slow")
    parser.add_argument("--sandbox-name", default="e2e", help="name of the sandbox (default: e2e)")
    parser.add_argument("--keep", action="store_true", help="leave the sandbox up afterwards")
    parser.add_argument(
        "--workers",
        type=workers_of,
        default=1,
        help="sandboxes at once, auto: as many as this machine feeds (default: 1)",
    )
    parser.add_argument(
        "--retries", type=retries_of, default=0, help="further tries of what failed (default: 0)"
    )
    parser.add_argument("--share", default="", help="n/m: worker n of m, takes what is left")
    parser.add_argument("--build", type=Path, help="where results are written, if not in build/")
    parser.add_argument("--book", default="", help="name or folder of the book, or all")
    parser.add_argument("--edition", type=Path, help="its pages, if not those of the book")
    parser.add_argument("--owner", type=_process, help="process for which the sandbox stays up")
    parser.add_argument("--again", default="", help="what runs it again, if not make e2e")
    parser.add_argument("--profile", action="store_true", help="measure what the run uses")
    parser.add_argument("--patience", type=_seconds, help="longest wait, s (default: each's)")
    parser.add_argument(
        "--seed-only",
        type=Path,
        help="write the first commit of the monorepo here, its layout beside it, no more",
    )
    return parser.parse_args(argv)


def _process(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no id of a process")
    return int(text)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not found > 0:  # also what is no number
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return found


def workers_of(text: str) -> int | None:
    """How many sandboxes at once; None where the machine is to say. Raises UsageError."""
    return _crew_of("WORKERS", text)


def at_once_of(text: str) -> int | None:
    """How many cells at once; None where the machine is to say. Raises UsageError."""
    return _crew_of("AT_ONCE", text)


def _crew_of(name: str, text: str) -> int | None:
    if text == crew.AUTO:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= crew.MOST:
        what = f"{name}={text} is no number from 1 to {crew.MOST}, nor {crew.AUTO}"
        raise UsageError(what, cure="leave it out")
    return int(text)


def retries_of(text: str) -> int:
    """How many further tries of what failed. Raises UsageError."""
    if not text.isdecimal() or int(text) > _MOST_RETRIES:
        what = f"RETRIES={text} is no number from 0 to {_MOST_RETRIES}"
        raise UsageError(what, cure=f"RETRIES={_MOST_RETRIES} at most")
    return int(text)
