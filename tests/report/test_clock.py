"""A clock that went: runs count as they were recorded, and it is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import site_sample as sample

from report.archive import Archive
from report.clock import odd, wrong
from report.history import History, PastRun
from report.known.inputs import Inputs
from report.known.states import State
from report.results import Results, Run
from report.site.site import Site

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def run(name: str, started: float, finished: float) -> Run:
    """A run that began and ended so many minutes after noon."""
    begins, ends = (
        (NOW + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        for minutes in (started, finished)
    )
    return Run(name, begins, ends, 60.0, "embedded", {}, "e", "h", exit_code=0)


@pytest.mark.parametrize(
    ("started", "finished", "says"),
    [
        (-10, -5, ""),
        (-10, 4, ""),  # another machine's clock may be a little ahead
        (-10, 60, "it is from the future"),
        (60, -10, "it is from the future"),
        (-10, -60, "its clock went back"),
    ],
)
def test_times_that_cannot_be(started: float, finished: float, says: str) -> None:
    said = odd(run("r", started, finished), NOW)
    assert said.startswith(says)
    assert bool(said) == bool(says)


def test_a_run_that_ended_before_the_one_that_was_recorded_before_it() -> None:
    runs = [run("a", -50, -40), run("b", 900, 910), run("c", -30, -20), run("d", -90, -80)]
    found = wrong([PastRun.of(Results(one, ())) for one in runs], NOW)
    assert list(found) == ["b", "d"]  # c is right: b was not
    assert "before run c, which was recorded before it" in found["d"]


def night(*times: tuple[float, float], at_once: str = "2") -> list[PastRun]:
    """The cells of a night in the order of the matrix: when each began and ended."""
    runs = (run(f"cell {number}", *each) for number, each in enumerate(times, 1))
    told = {"at_once": at_once} if at_once else {}
    return [PastRun.of(Results(replace(one, settings=told), ())) for one in runs]


def test_cells_that_ran_beside_the_one_that_was_recorded_before_them_ended_when_they_say() -> None:
    """They are recorded in the order of the matrix, whichever ends first."""
    assert not wrong(night((-90, -10), (-90, -80), (-80, -60), (-60, -5), (-5, -1)), NOW)


@pytest.mark.parametrize(
    ("times", "at_once", "odd"),
    [
        ([(-90, -10), (-80, -60)], "", "cell 2"),  # one at a time: the clock went
        ([(-50, -10), (-80, -60)], "2", "cell 2"),  # it began before the first one did
        ([(-90, -10), (-90, -80), (-100, -70)], "2", "cell 3"),
    ],
)
def test_a_clock_that_went_in_a_night_is_still_told(
    times: list[tuple[float, float]], at_once: str, odd: str
) -> None:
    assert list(wrong(night(*times, at_once=at_once), NOW)) == [odd]


def of_night(runs: list[PastRun], began: float = -120) -> list[PastRun]:
    """Runs that note their night, which began so many minutes before noon."""
    at = (NOW + timedelta(minutes=began)).isoformat()
    return [replace(one, settings={**one.settings, "night": at}) for one in runs]


def test_cells_of_a_night_that_take_turns_are_not_held_against_each_other() -> None:
    """The second on one Kubernetes waits for the first, and stands before others in the matrix."""
    turns = night((-120, -90), (-90, -60), (-120, -100), (-100, -70), at_once="3")
    assert not wrong(of_night(turns), NOW)
    assert not wrong(of_night(turns[1:]), NOW)  # the first was of another book


def test_a_clock_that_went_between_nights_or_before_its_night_is_told() -> None:
    first = of_night(night((-120, -90), (-90, -60), (-120, -100), at_once="3"))
    [next_one] = night((-110, -80))
    later = replace(next_one, id="later", settings={"at_once": "3", "night": first[0].finished})
    assert list(wrong([*first, replace(later, started=first[0].finished)], NOW)) == ["later"]
    assert "before its night" in wrong([later], NOW)["later"]


def test_a_time_that_is_none_is_said() -> None:
    assert odd(replace(run("r", -10, -5), finished="soon"), NOW) == "its times are none"


def test_a_green_from_the_future_hides_no_failure_and_is_never_fresh(tmp_path: Path) -> None:
    """First green by a clock that was 30 days ahead, then red, then a run of something else."""
    root = sample.clone(tmp_path)
    build = root / "build"
    build.mkdir(exist_ok=True)
    archive = Archive(build / "history")
    ahead = sample.END + timedelta(days=30)
    archive.add(sample.green(root, ident="ahead", end=ahead), build)
    archive.add(sample.red(root, ident="red", end=sample.END - timedelta(hours=1)), build)
    whole = sample.green(root, ident="part")
    part = tuple(
        one
        if one.feature.endswith("rotate_key.feature")
        else replace(one, status="not_run", error="not selected (FEATURE=rotate_key)", attempts=0)
        for one in whole.scenarios
    )
    newest = replace(whole, scenarios=part)
    archive.add(newest, build)
    newest.write(build / "results.json")
    made: Inputs = sample.inputs(root, build / "results.json", build / "history")
    site = Site(replace(made, now=sample.END), build / "site")
    book = site.write()
    assert [one.id for one in History.read(build / "history").runs] == ["ahead", "red", "part"]
    failed = {scenario.id for scenario, _ in book.failed()}
    assert "add_service/verify-shows-it" in failed
    home = (site.source / "index.md").read_text()
    assert "A clock went" in home
    assert "run ahead: it is from the future" in home


def test_a_green_that_ended_before_the_run_recorded_before_it_is_stale(tmp_path: Path) -> None:
    root = sample.clone(tmp_path)
    build = root / "build"
    build.mkdir(exist_ok=True)
    archive = Archive(build / "history")
    archive.add(sample.green(root, ident="first", provider="kind"), build)
    back = sample.green(root, ident="back", end=sample.END - timedelta(hours=2))
    archive.add(back, build)
    back.write(build / "results.json")
    book, _ = sample.inputs(root, build / "results.json", build / "history").read()
    assert any("run back: it ended at" in line for line in book.clocks)
    stale = {
        proof.state
        for one in book.features.scenarios.values()
        for proof in book.proofs(one)
        if proof.results.run.id == "back"
    }
    assert State.PROVEN not in stale
    assert State.STALE in stale


def test_evidence_from_the_future_is_stale(tmp_path: Path) -> None:
    made = sample.build(tmp_path, lambda root: sample.green(root, end=sample.END), past=0)
    book, _ = replace(made, now=sample.END - timedelta(days=30)).read()
    assert "proven" not in {str(state) for state in book.counts()}
    assert any("it is from the future" in line for line in book.clocks)
