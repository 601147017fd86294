from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from report.history import PastRun, PastScenario
from report.regression import flakes
from report.regression.suspects import Change
from report.regression.tracks import Tracks
from report.trends import flaky, regressions, slowest


def runs(*outcomes: str | Mapping[str, Any]) -> list[PastRun]:
    """One run for each outcome of the scenario `shop/opens`; a mapping says what else differs."""
    found = []
    for number, outcome in enumerate(outcomes):
        given = {"status": outcome} if isinstance(outcome, str) else dict(outcome)
        scenario = PastScenario(
            status=given.get("status", "passed"),
            duration_s=given.get("duration_s", 1.0),
            attempts=given.get("attempts", 1),
            content_hash=given.get("content", "h1"),
            convergence_s=given.get("convergence_s", 0.5),
        )
        found.append(
            PastRun(
                id=f"run-{number}",
                started=f"2026-11-{number + 1:02}T10:00:00.000Z",
                finished="",
                duration_s=1.0,
                provider=given.get("provider", "embedded"),
                versions={"flux": given.get("flux", "v2.9")},
                edition_hash=given.get("edition", "e1"),
                commit=given.get("commit", f"c{number}"),
                exit_code=0,
                scenarios={"shop/opens": scenario},
            )
        )
    return found


def failed(**more: Any) -> dict[str, Any]:
    return {"status": "failed", **more}


def test_what_comes_back_to_green_with_nothing_changed_is_flaky() -> None:
    same = {"commit": "a"}
    (found,) = flaky(runs("passed", failed(**same), same, "passed"))
    assert (found.scenario, found.passed, found.failed) == ("shop/opens", 3, 1)


def test_what_may_have_been_repaired_is_not_flaky() -> None:
    assert flaky(runs("passed", failed(), "passed")) == []
    assert flaky(runs(failed(commit="a-dirty"), {"commit": "a-dirty"})) == []
    assert flaky(runs(failed(commit=""), {"commit": ""})) == []


def test_what_fails_first_with_nothing_changed_may_be_broken() -> None:
    assert flaky(runs({"commit": "a"}, failed(commit="a"))) == []


def test_the_pages_and_the_regression_report_call_the_same_flaky() -> None:
    same = {"commit": "a"}
    for history in (
        runs("passed", failed(**same), same),
        runs(failed(**same), same, {"content": "h2"}),
        runs("passed", {"attempts": 2}),
        runs("passed", "failed", "passed", "passed"),
    ):
        ledger = flakes.ledger(list(Tracks.of(history).by_id.values()))
        assert [one.scenario for one in flaky(history)] == [one.scenario for one in ledger]


def test_green_only_at_the_second_attempt_is_flaky() -> None:
    (found,) = flaky(runs("passed", {"attempts": 2}))
    assert (found.passed, found.failed) == (1, 1)
    assert flaky(runs("passed", "passed")) == []


def test_a_steady_failure_is_not_flaky() -> None:
    assert flaky(runs("failed", "failed", "failed")) == []


def test_a_regression_and_a_repair_are_not_flaky() -> None:
    assert flaky(runs("passed", "passed", "failed", "failed")) == []
    assert flaky(runs("failed", "failed", "passed")) == []


def test_a_change_of_content_or_versions_is_not_flaky() -> None:
    assert flaky(runs("passed", failed(content="h2"), "passed")) == []
    assert flaky(runs("passed", failed(flux="v3"), "passed")) == []
    assert flaky(runs("passed", failed(provider="kind"), "passed")) == []


def test_not_run_and_skipped_say_nothing() -> None:
    assert flaky(runs("passed", "not_run", "skipped", "passed")) == []
    assert regressions(runs("passed", "not_run", "skipped")) == []


def test_the_slowest_comes_first_by_the_median_of_what_passed() -> None:
    history = runs(
        {"duration_s": 2.0, "convergence_s": 1.0},
        {"duration_s": 4.0, "convergence_s": 3.0},
        failed(duration_s=300.0),
        {"duration_s": 9.0, "provider": "kind"},
    )
    first, second = slowest(history)
    assert (first.provider, first.duration_s) == ("kind", 9.0)
    assert (second.duration_s, second.convergence_s, second.runs) == (3.0, 2.0, 2)
    assert slowest(history, 1) == [first]


def test_a_regression_names_the_first_red_run_and_what_changed() -> None:
    history = runs(
        {"commit": "c"},
        {"commit": "c"},
        failed(commit="c", flux="v3.0", edition="e2", content="h2"),
        "not_run",
        failed(commit="d"),
    )
    (found,) = regressions(history)
    assert (found.last_green.id, found.first_red.id, found.failures) == ("run-1", "run-2", 2)
    assert found.changed == (
        Change("edition or feature", "h1", "h2"),
        Change("flux", "v2.9", "v3.0"),
    )


def test_a_scenario_keeps_its_past_under_another_name() -> None:
    (old, new) = runs({"commit": "c"}, failed(commit="c"))
    new = replace(new, scenarios={"shop/is-open": new.scenarios["shop/opens"]})
    (found,) = regressions([old, new])
    assert (found.scenario, found.last_green.id) == ("shop/is-open", "run-0")


def test_what_never_was_green_or_is_green_again_is_no_regression() -> None:
    assert regressions(runs("failed", "failed")) == []
    assert regressions(runs("passed", "failed", "passed")) == []


def test_one_providers_green_does_not_hide_anothers_red() -> None:
    (found,) = regressions(
        runs("passed", failed(commit="c0"), {"provider": "kind"}, {"provider": "kind"})
    )
    assert (found.provider, found.changed) == ("embedded", ())
