"""Another try: what failed is run once more, in a sandbox that nothing was done to.

A scenario that then passes is flaky, and the run is no success: every attempt stays in its results.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guide.ending import INTERRUPTED
from steps import workers

FOLDER = "attempts"
"""Below the folder of the results: a folder for each attempt after the first."""


def failed(results: Path) -> list[str]:
    """The scenarios that a run left as failed, by the ids of their features."""
    scenarios: list[dict[str, Any]] = json.loads(results.read_text("utf-8"))["scenarios"]
    names = (one["id"].partition("[")[0] for one in scenarios if one["status"] == "failed")
    return list(dict.fromkeys(names))


def run(
    command: Sequence[str], count: int, sandbox: str, build: Path, *, plan: Sequence[str] = ()
) -> int:
    """Try what has failed up to `count` times more; 1, or 130 where that was interrupted.

    `plan` is what `python -m report merge` is told. An attempt that comes to nothing leaves a
    scenario as failed as it was; so does one that cannot be put to the run.
    """
    for attempt in range(2, count + 2):
        names = failed(build / "results.json")
        if not names:
            break
        print(f"attempt {attempt} of {count + 1}, in a fresh sandbox: {', '.join(names)}")
        sys.stdout.flush()
        folder = build / FOLDER / str(attempt)
        only = ",".join(names)
        asked = [*command, f"--feature={only}"]
        about = [*plan, f"--only={only}"]
        ended = workers.run(asked, 1, f"{sandbox}-again", folder, plan=about)
        if (folder / "results.json").exists():
            words = [f"--out={build}", f"--number={attempt}"]
            put = subprocess.run([sys.executable, "-m", "report", "attempt", *words])
            if put.returncode:  # it has said why, and no further attempt would be another
                return 1
        if ended == INTERRUPTED:
            return INTERRUPTED
    return 1
