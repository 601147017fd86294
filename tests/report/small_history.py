"""Small histories that a test writes, and what the regression report says of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from report.history import History, PastRun, PastScenario
from report.regression.finding import CellReport, Event, Kind, Report
from report.regression.night import report
from report.regression.quarantine import Quarantine, Quarantined
from report.regression.reported import Reported

BEGIN = datetime(2026, 11, 1, 3, tzinfo=UTC)
OPENS, CLOSES = "shop/opens", "shop/closes"
One = str | Mapping[str, Any]


def past(given: One = "passed") -> PastScenario:
    """A scenario that passed in 10 s, or what the mapping says."""
    more = {"status": given} if isinstance(given, str) else dict(given)
    usual = {"status": "passed", "duration_s": 10.0, "attempts": 1, "convergence_s": 1.0}
    texts = {"content_hash": "c1", "feature_hash": "f1", "text_hash": "t1"}
    if more.get("status") == "failed":
        texts["reason"] = "it broke"
    return PastScenario(**{**usual, **texts, **more})


def run(day: int, scenarios: Mapping[str, One], **more: Any) -> PastRun:
    begin = BEGIN + timedelta(days=day)
    usual: dict[str, Any] = {
        "id": f"day-{day}",
        "started": begin.isoformat(),
        "finished": (begin + timedelta(minutes=9)).isoformat(),
        "duration_s": 540.0,
        "provider": "embedded",
        "versions": {"flux": "v2.9", "kubernetes": "v1.36"},
        "edition_hash": "e1",
        "commit": "c1",
        "exit_code": 0,
        "book": "shop",
        "host": "Linux",
        "code": {"steps": "s1", "sandbox": "b1", "charts": "h1"},
    }
    made = {name: past(given) for name, given in scenarios.items()}
    return PastRun(**{**usual, **more, "scenarios": made})


def nights(*outcomes: One) -> list[PastRun]:
    """A run a day of the one scenario."""
    return [run(day, {OPENS: one}) for day, one in enumerate(outcomes)]


def _end(run: PastRun) -> datetime:
    return datetime.fromisoformat(run.finished)


def judged(
    runs: list[PastRun],
    *entries: Quarantined,
    lost: Sequence[str] = (),
    ran: Sequence[str] = (),
    after: Report | None = None,
) -> Report:
    """The report an hour after the last run; `lost` are cells that are not recorded tonight.

    `after`: the report before it, where it is known.
    """
    newest = max(map(_end, runs), default=BEGIN)
    moment = newest + timedelta(hours=1)
    told = Reported(after.told) if after else None
    return report(runs, Quarantine(entries), moment, unrecorded=lost, ran=ran, reported=told)


def only(runs: list[PastRun], *entries: Quarantined) -> CellReport:
    (cell,) = judged(runs, *entries).cells
    return cell


def one_event(runs: list[PastRun], *entries: Quarantined) -> Event:
    (finding,) = only(runs, *entries).findings
    (event,) = finding.events
    return event


def kinds(runs: list[PastRun]) -> set[tuple[Kind, str]]:
    return {(one.kind, name) for one in only(runs).findings for name in one.scenarios}


def command(book: Path) -> list[str]:
    days = [int(one.id.removeprefix("day-")) for one in History.read(book / "history").runs]
    now = (BEGIN + timedelta(days=max(days, default=0), hours=1)).isoformat()
    return ["regression", "--history", str(book / "history"), "--out", str(book), "--now", now]


def keep(folder: Path, *runs: PastRun) -> None:
    """Append runs to the history in a folder."""
    (folder / "history").mkdir(exist_ok=True)
    with (folder / "history" / "runs.jsonl").open("a") as file:
        file.write("".join(one.line() + "\n" for one in runs))
