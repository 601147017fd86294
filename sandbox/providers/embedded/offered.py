"""Which programs of Flux's controllers a node can have: what a registry is to a real one.

A file in the cluster's folder names them, so those of another version can be added while pods run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.providers.embedded.flux_programs import Program, program_of

_FILE = "offered.json"


def offer(home: Path, programs: Path, versions: Mapping[str, str]) -> None:
    """Add the programs in a folder, of these versions; what was there stays."""
    added = {"programs": str(programs), "versions": dict(versions)}
    others = [each for each in _read(home) if each != added]
    part = home / f"{_FILE}.part"
    part.write_text(json.dumps([added, *others], indent=1))
    part.replace(home / _FILE)


def program_for(image: str, home: Path) -> Program | None:
    """The controller that an image holds, in its version where that is there, else in the newest.

    None where it is no controller of Flux.
    """
    found = [program_of(image, Path(each["programs"]), each["versions"]) for each in _read(home)]
    known = [program for program in found if program is not None]
    fitting = [program for program in known if not program.lacking(image)]
    return next(iter(fitting or known), None)


def _read(home: Path) -> list[dict[str, Any]]:
    file = home / _FILE
    return list(json.loads(file.read_text())) if file.exists() else []
