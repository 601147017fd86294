"""The end of a cell's run: its exit code, and the results that are its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunEnd:
    """How a run of a cell has ended."""

    code: int
    run: str | None
    """The run whose results it has left; None where it has left none of its own."""


def id_in(build: Path) -> str | None:
    """The run that the results in a folder are of; None where there are none."""
    try:
        text = (build / "results.json").read_text(encoding="utf-8")
        return str(json.loads(text)["run"]["id"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
