"""The beginning of a run: what is known of it before its first scenario, and if there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from report import code
from report.preflight import Preflight
from report.reasons import ELSEWHERE, NOT_SELECTED
from report.results import Results, Run
from report.surroundings import began, cell, commit, host, now, run_id


def header(
    inputs: Preflight, again: str, root: Path, book: str, own: Sequence[tuple[str, Path]] = ()
) -> Run:
    """A run that begins now; `again` is the command that runs the same, without its selection.

    `own` are the folders with code of the book's own, each with the name of what it belongs to.
    """
    return Run(
        id=run_id(),
        started=began(),
        finished=now(),
        duration_s=0.0,
        provider="",
        versions={},
        book=book,
        edition_hash=inputs.edition_hash,
        host=host(),
        units=inputs.units,
        commit=commit(root),
        code=code.hashes(own),
        command=f"{again} {inputs.selection}".strip(),
        settings=cell(),
    )


def unbegun(inputs: Preflight, again: str, root: Path, book: str) -> Results:
    """A run of which nothing is known: what is selected is some other worker's."""
    selection = inputs.selection
    reason = f"{NOT_SELECTED} ({selection})" if str(selection) else NOT_SELECTED
    scenarios = (
        replace(one, error=ELSEWHERE if selection.takes(one) else reason)
        for one in inputs.scenarios
    )
    return Results(header(inputs, again, root, book), tuple(scenarios))
