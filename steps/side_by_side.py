"""Cells in the order of the matrix, each with how it ended: in turn, or several at once."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from threading import Lock

from steps.cell_run import CellRun
from steps.matrix import Cell
from steps.run_end import RunEnd

Ended = tuple[CellRun, RunEnd | None]
"""A run and its end; None where a signal came before it had results."""

_LOOK_S = 0.5
"""So often whoever waits looks up: a second signal may have been given to another thread, which
does not wake the one that has to heed it."""


def one_by_one(runs: Sequence[CellRun]) -> Iterator[Ended]:
    """Each run when it has ended; the next one begins when whoever asks has done with it."""
    for run in runs:
        yield run, _prove(run)


def side_by_side(runs: Sequence[CellRun], at_once: int) -> Iterator[Ended]:
    """Each run, in order, when it and all before it have ended; others run meanwhile."""
    alone = never_together([run.cell for run in runs])
    with ThreadPoolExecutor(at_once) as lanes:
        ends = [lanes.submit(_timed, run, alone.get(run.cell.name, nullcontext())) for run in runs]
        for run, end in zip(runs, ends, strict=True):
            while not end.done():
                wait([end], timeout=_LOOK_S)
            yield run, end.result()


def never_together(cells: Sequence[Cell]) -> Mapping[str, Lock]:
    """By its name each cell that waits for another to end, with what they take turns by.

    A node image of kind carries Flux's images and is kept by its Kubernetes: cells of two versions
    of Flux on one Kubernetes would take it from each other while nodes begin.
    """
    nodes = [cell for cell in cells if cell.provider == "kind"]
    on = defaultdict(set)
    for cell in nodes:
        on[cell.kubernetes].add(cell.flux)
    turns = {kubernetes: Lock() for kubernetes, flux in on.items() if len(flux) > 1}
    return {cell.name: turns[cell.kubernetes] for cell in nodes if cell.kubernetes in turns}


def _prove(run: CellRun) -> RunEnd | None:
    if run.turns.received:
        return None
    run.say()
    return run.prove()


def _timed(run: CellRun, turn: AbstractContextManager[object]) -> RunEnd | None:
    with turn:
        began = time.monotonic()
        end = _prove(run)
    if end is not None:
        run.say(f"ended with {end.code} after {time.monotonic() - began:.0f} s")
    return end
