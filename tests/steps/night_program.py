"""In the place of `python -m` in a night: a run ends as PLAN says; the report is the real one.

PLAN is JSON: what the run of a cell does, by the cell's name: passed, failed, skipped, or an
exit code with which it ends without results (`kill` for none). `helm<4.3.1` passes where the
toolchain of this tree has an older Helm.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from report.results import Results, Run, ScenarioResult
from report.surroundings import cell, run_id

CODES = {"passed": 0, "failed": 1, "skipped": 2}
"""How a run ends that has left results."""


def results(status: str, code: int) -> Results:
    now = datetime.now(UTC).isoformat()
    version = os.environ.get("KUBERNETES") or "own"
    run = Run(
        run_id(), now, now, 1.0, "embedded", {"kubernetes": version}, "e", "h", exit_code=code
    )
    run = Run(**{**vars(run), "settings": cell()})
    error = "it broke" if status == "failed" else ""
    one = ScenarioResult(
        "shop/opens", "features/shop.feature", "It opens", (), (), status, 1, 1.0, error
    )
    return Results(run, (one,))


def meet(end: str) -> None:
    """Whoever opens a FIFO is held until somebody opens its other end."""
    signal.alarm(60)
    with Path("meeting").open({"read": "r", "write": "w"}[end]):
        signal.alarm(0)


def wait(until: str, words: Sequence[str]) -> int:
    def end(*_: object) -> None:
        os.write(1, b"cleaned up\n")  # print may be at it
        results("passed", 130).write(build_of(words) / "results.json")
        raise SystemExit(130)

    if until == "told":
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
    signal.alarm(120)  # it outlives no test that fails
    print(f"waits as {os.getpid()}", flush=True)
    signal.pause()
    return 3


def build_of(words: Sequence[str]) -> Path:
    book = next(Path(word[7:]).name for word in words if word.startswith("--book="))
    build = Path("build") if book == "operational" else Path("build/books") / book
    told = [word for word in words if word.startswith("--build=")]
    return Path(told[0].partition("=")[2]) if told else build


def main(module: str, *words: str) -> int:
    with Path("asked").open("a") as file:
        told = {"cell": cell().get("cell"), "flux": os.environ.get("FLUX")}
        file.write(json.dumps({**told, "words": [module, *words]}) + "\n")
    if module == "report":
        # Half of the calls are runs, which do not need it.
        from report import __main__ as report

        report.make_site = lambda options: 0
        return report.main(words)
    planned = json.loads(os.environ["PLAN"])[cell()["cell"]]
    if planned.startswith("helm<"):
        text = Path("sandbox/toolchain/embedded/go.mod").read_text()
        has = next(line.split()[1] for line in text.splitlines() if "\thelm.sh/helm/v4 " in line)
        planned = "passed" if has < planned.replace("helm<", "v") else "failed"
    first, _, planned = planned.rpartition(", ")
    if first:
        meet(first)
    if planned == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return wait("killed", words)
    if planned.startswith("until "):
        return wait(planned.removeprefix("until "), words)
    if planned == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if planned in CODES:
        code = CODES[planned]
        build = build_of(words)
        build.mkdir(parents=True, exist_ok=True)
        results(planned, code).write(build / "results.json")
        return code
    return int(planned)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
