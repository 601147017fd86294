from dataclasses import replace
from pathlib import Path

import pytest

from report.errors import ReportError
from report.merge import Part, merge, merge_folders
from report.reasons import ELSEWHERE
from report.results import ApiVersion, Results, Run, ScenarioResult

RUN = Run(
    id="r",
    started="2026-01-01T00:00:00.000Z",
    finished="2026-01-01T00:01:00.000Z",
    duration_s=60.0,
    provider="embedded",
    versions={"flux": "2.9.5"},
    edition_hash="e",
    host="h",
    exit_code=0,
)


def scenario(name: str, status: str = "not_run", error: str = "not selected") -> ScenarioResult:
    return ScenarioResult(
        id=f"f/{name}",
        feature="features/f.feature",
        name=name,
        tags=(),
        units=("u",),
        status=status,
        error=error,
        attempts=int(status != "not_run"),  # type: ignore[arg-type]
    )


def test_each_scenario_comes_from_the_worker_that_ran_it() -> None:
    one = Results(run=RUN, scenarios=(scenario("a", "passed", ""), scenario("b")))
    two = Results(
        run=replace(RUN, finished="2026-01-01T00:02:00.000Z", duration_s=120.0, exit_code=1),
        scenarios=(scenario("a"), scenario("b", "failed", "no")),
    )
    merged = merge([one, two])
    assert [(each.id, each.status) for each in merged.scenarios] == [
        ("f/a", "passed"),
        ("f/b", "failed"),
    ]
    assert (merged.run.exit_code, merged.run.duration_s) == (1, 120.0)


def test_what_was_selected_and_never_ran_says_why() -> None:
    one = Results(run=RUN, scenarios=(scenario("a"),))
    two = Results(run=replace(RUN, exit_code=130), scenarios=(scenario("a", error="interrupted"),))
    [merged] = merge([one, two]).scenarios
    assert (merged.status, merged.error) == ("not_run", "interrupted")


@pytest.mark.parametrize(
    ("codes", "worst"),
    [((0, 0), 0), ((1, 0), 1), ((1, 3), 3), ((3, 130), 130), ((None, 0), 3), ((0, -9), 3)],
)
def test_the_worst_exit_code_wins(codes: tuple[int | None, ...], worst: int) -> None:
    parts = [Results(run=replace(RUN, exit_code=code), scenarios=()) for code in codes]
    assert merge(parts).run.exit_code == worst


def test_what_one_worker_asked_of_the_api_server_is_known_of_the_run() -> None:
    asked = (ApiVersion("v1", "Pod", "served", ("pod",)),)
    silent, told = replace(RUN, exit_code=3), replace(RUN, api_versions=asked)
    parts = [Results(run, (scenario("a"),)) for run in (silent, told)]
    assert merge(parts).run.api_versions == asked


def test_a_worker_that_took_nothing_does_not_hide_on_what_the_others_ran() -> None:
    idle = replace(RUN, provider="", versions={}, simulated=())
    began, ran = replace(idle, provider="embedded"), replace(RUN, simulated=("workload pods",))
    for runs in ((idle, ran), (began, ran), (ran, idle)):
        told = merge([Results(run, (scenario("a"),)) for run in runs]).run
        assert (told.provider, told.versions, told.simulated) == (
            ran.provider,
            ran.versions,
            ran.simulated,
        )
    assert merge([Results(run, ()) for run in (idle, began)]).run.provider == "embedded"


def test_results_of_different_editions_are_not_one_run() -> None:
    parts = [Results(run=replace(RUN, edition_hash=name), scenarios=()) for name in "ab"]
    with pytest.raises(ReportError, match="different features or editions"):
        merge(parts)


def test_bundles_and_suites_come_along(tmp_path: Path) -> None:
    folders = []
    for name in "ab":
        folder = tmp_path / name
        (folder / "bundles" / name).mkdir(parents=True)
        (folder / "bundles" / name / "x.txt").write_text(name)
        Results(run=RUN, scenarios=()).write(folder / "results.json")
        (folder / "junit.xml").write_text(
            f'<testsuites><testsuite name="{name}" tests="0"/></testsuites>'
        )
        folders.append(folder)
    parts = [Part(f"worker {folder.name}", folder) for folder in folders]
    merged, problems = merge_folders(parts, tmp_path / "out", lambda: Results(RUN, ()))
    assert (merged.run.exit_code, problems) == (0, [])
    assert (tmp_path / "out" / "bundles" / "b" / "x.txt").read_text() == "b"
    assert (tmp_path / "out" / "junit.xml").read_text().count("<testsuite ") == 2


def test_what_an_older_run_left_and_cannot_be_removed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    (tmp_path / "bundles" / "a").mkdir(parents=True)
    monkeypatch.setattr("report.merge.shutil.rmtree", refuses)
    with pytest.raises(ReportError, match="an older run left cannot be removed: Operation not"):
        merge_folders([], tmp_path, lambda: Results(RUN, ()))


def test_settings_in_which_the_workers_differ_are_all_told() -> None:
    """As where a program on PATH was replaced between the start of one and of the other."""
    told = [{"interval": "2 s", "PATH": "etcd a"}, {}, {"interval": "2 s", "PATH": "etcd b"}]
    parts = [Results(replace(RUN, settings=each), (scenario("a"),)) for each in told]
    assert dict(merge(parts).run.settings) == {
        "interval": "2 s",
        "PATH": "etcd a, on another worker etcd b",
        "workers": "3",
    }


@pytest.mark.parametrize(
    ("codes", "code"), [((1, 0), 3), ((0, 0), 3), ((2, 0), 2), ((1, 130), 130)]
)
def test_what_nobody_told_of_is_no_end_whatever_else_failed(
    tmp_path: Path, codes: tuple[int, int], code: int
) -> None:
    untold = scenario("b", error="the run did not come to it: an internal error")
    for number, each in enumerate(codes):
        a = scenario("a", "failed", "no") if number == 0 else scenario("a", error=ELSEWHERE)
        Results(replace(RUN, exit_code=each), (a, untold)).write(
            tmp_path / str(number) / "results.json"
        )
        (tmp_path / str(number) / "junit.xml").write_text("<testsuites/>")
    parts = [Part(f"worker {n}", tmp_path / str(n), each) for n, each in enumerate(codes)]
    merged, _ = merge_folders(parts, tmp_path / "whole", pytest.fail)
    assert merged.run.exit_code == code
