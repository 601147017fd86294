"""How a run ended that did not say so itself: the words for its exit code."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

from report.results import Results

TOLD = frozenset({0, 1, 2, 3, 130})
"""The codes that a run ends with; any other one it did not choose."""
_SIGNALLED = 128


def unasked(code: int) -> str:
    """How a run ended whose exit code, as a shell has it, is none of its own; else ''."""
    if code in TOLD:
        return ""
    try:
        name = signal.Signals(code - _SIGNALLED).name
    except ValueError:
        return f"ended with exit code {code}"
    why = " (the machine was out of memory, or somebody killed it)" if name == "SIGKILL" else ""
    return f"was ended by {name}{why}"


def note(file: Path, why: str) -> None:
    """Write into the results of a run that broke off why it did."""
    results = Results.read(file)
    if why and results.run.exit_code is None and not results.run.stopped:
        replace(results, run=replace(results.run, stopped=why)).write(file)
