import dataclasses
from datetime import timedelta

import pytest
import site_sample as sample

import guide
from report.history import PastRun
from report.known import past
from report.known.book import Book
from report.known.counting import counted
from report.known.judgement import Judgement
from report.known.states import State
from report.plan import feature_hash
from report.results import FailedAttempt


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return sample.clone(tmp_path_factory.mktemp("clone"))


def book(root, *results, now=sample.END, **more):
    edition = guide.Edition.read(root / "docs" / "guide")
    features = guide.Features.read(root / "features", edition)
    history = sorted(map(PastRun.of, results), key=lambda one: one.finished)
    return Book(edition, features, results, history, now, order=list(edition.pages), **more)


def states(made):
    return {unit.id: str(made.state(unit)) for unit in made.edition.units.values()}


def test_each_unit_has_the_state_of_its_worst_scenario(root):
    assert states(book(root, sample.red(root))) == {
        "add-service/step-1": "proven",
        "add-service/step-2": "erratum",
        "add-service/step-3": "proven",
        "add-service/step-4": "failed",
        "rotate-key/key-rights": "stale",
        "rotate-key/step-1": "not run",
        "rotate-key/step-2": "excused",
        "rotate-key/step-3": "skipped",
        "rotate-key/night": "unproven",
    }


def test_a_pass_at_a_later_attempt_is_flaky_and_never_green(root):
    again = sample.change(
        sample.green(root),
        "add_service/whole-way",
        lambda one: dataclasses.replace(
            one, attempts=2, failed_attempts=(FailedAttempt("timed out", 61.0),)
        ),
    )
    assert states(book(root, again))["add-service/step-1"] == "flaky"
    past_run = PastRun.of(again)
    assert past.status(past_run) == "flaky"
    assert past.status_of(past_run, {"add_service/whole-way"}) == "flaky"
    assert "1 flaky" in past.words(past_run)
    # Nor does the green of another provider hide it.
    both = book(root, again, sample.green(root, ident="k", provider="kind"))
    assert states(both)["add-service/step-1"] == "flaky"
    assert ("embedded", "add_service/whole-way") not in both.green_since


def test_kind_proves_what_embedded_skips_but_hides_no_failure(root):
    made = book(root, sample.red(root), sample.green(root, ident="k", provider="kind"))
    assert states(made)["rotate-key/step-3"] == "proven"
    assert states(made)["rotate-key/step-1"] == "proven"
    assert states(made)["add-service/step-4"] == "failed"


def test_what_is_said_beside_a_badge_is_of_the_newest_run_that_decided(root):
    newest = sample.change(
        sample.green(root),
        "add_service/whole-way",
        lambda one: sample.stopped(one, "skipped", "needs real containers"),
    )
    older = sample.green(root, ident="k", provider="kind", end=sample.END - timedelta(hours=5))
    made = book(root, newest, older)
    found = Judgement.of(made, made.edition.units["add-service/step-2"])
    assert (found.state, found.providers) == (State.ERRATUM, ["embedded", "kind"])
    two = [s.duration_s for s in newest.scenarios if s.id.endswith(("deep-path", "right-path"))]
    assert (found.finished, found.took) == (newest.run.finished, sum(two))


def test_evidence_older_than_seven_days_is_stale(root):
    results = sample.green(root)
    fresh = book(root, results, now=sample.END + timedelta(days=7))
    old = book(root, results, now=sample.END + timedelta(days=7, seconds=1))
    assert states(fresh)["add-service/step-1"] == "proven"
    assert states(old)["add-service/step-1"] == "stale"
    assert State.PROVEN not in old.counts()


def test_a_changed_edition_makes_all_stale_where_no_hash_of_a_unit_is_known(root):
    results = sample.green(root, units={}, edition_hash="another")
    assert states(book(root, results))["add-service/step-1"] == "stale"
    assert states(book(root, sample.green(root, units={})))["add-service/step-1"] == "proven"


def test_a_changed_feature_makes_its_evidence_stale(root):
    def reworded(one):
        first = dataclasses.replace(one.steps[0], text="something else")
        return dataclasses.replace(one, steps=(first, *one.steps[1:]))

    results = sample.change(sample.green(root), "rotate_key/read-only", reworded)
    made = book(root, results)
    assert states(made)["rotate-key/key-rights"] == "stale"
    [proof] = made.proofs(made.features.scenarios["rotate_key/read-only"])
    assert proof.stale == "the feature changed after this run"


def test_what_was_masked_in_a_sentence_makes_no_evidence_stale(root):
    """A word of a table may be a piece of what a Secret holds: `replicaCount` of its values."""

    def hidden(one):
        first = dataclasses.replace(one.steps[0], text="***")
        noted = feature_hash(book(root).features.scenarios[one.id])
        return dataclasses.replace(one, steps=(first, *one.steps[1:]), feature_hash=noted)

    results = sample.change(sample.green(root), "rotate_key/read-only", hidden)
    assert states(book(root, results))["rotate-key/key-rights"] != "stale"
    feature = root / "features" / "rotate_key.feature"
    text = feature.read_text()
    first = results.scenarios[[one.id for one in results.scenarios].index("rotate_key/read-only")]
    feature.write_text(text.replace(first.steps[1].text, "something else"))
    assert states(book(root, results))["rotate-key/key-rights"] == "stale"


def test_a_changed_block_that_stands_elsewhere_makes_the_evidence_stale(root):
    results = sample.green(root)
    made = book(root, results)
    scenario = made.features.scenarios["add_service/verify-shows-it"]
    [used] = made.features.blocks_of(scenario, made.edition)
    units = {**results.run.units, used: "an older hash"}
    older = dataclasses.replace(results, run=dataclasses.replace(results.run, units=units))
    assert states(book(root, older))["add-service/step-4"] == "proven"
    elsewhere = made.edition.blocks[used].unit
    assert elsewhere == "add-service/step-4"
    moved = dataclasses.replace(scenario, units=("add-service/step-1",))
    features = dataclasses.replace(
        made.features, scenarios={**made.features.scenarios, scenario.id: moved}
    )
    [proof] = dataclasses.replace(book(root, older), features=features).proofs(moved)
    assert proof.stale == "a block that the scenario runs changed after this run"


def test_a_scenario_as_a_whole_is_stale_with_any_of_its_units(root):
    made = book(root, sample.red(root))
    scenario = made.features.scenarios["rotate_key/read-only"]
    assert made.scenario_state(scenario) is State.STALE
    assert made.reason(scenario, State.STALE) == "with embedded: the text changed after this run"


def test_a_scenario_without_a_result_is_not_run(root):
    results = sample.green(root)
    kept = tuple(one for one in results.scenarios if one.id != "rotate_key/read-only")
    made = book(root, dataclasses.replace(results, scenarios=kept))
    assert states(made)["rotate-key/key-rights"] == "not run"


def test_one_bad_row_of_an_outline_decides(root):
    results = sample.change(
        sample.green(root),
        "rotate_key/new-key-works[2]",
        lambda one: sample.stopped(one, "failed", "no", 1),
    )
    assert states(book(root, results))["rotate-key/step-1"] == "failed"


def test_no_results_at_all_is_never_green(root):
    made = book(root, dataclasses.replace(sample.green(root), scenarios=()))
    assert set(made.counts()) == {State.NOT_RUN, State.EXCUSED, State.UNPROVEN}


def test_the_whole_evidence_stands_in_the_scenarios_own_chapter(root):
    made = book(root, sample.green(root))
    assert made.home_of(made.features.scenarios["add_service/whole-way"]) == "add-service/step-1"


def test_green_since_begins_again_after_a_failure_and_after_a_change(root):
    runs = [
        sample.green(root, ident=f"r{n}", end=sample.END - timedelta(days=9 - n)) for n in range(4)
    ]

    def failed(one):
        return sample.stopped(one, "failed", "no", 0)

    def changed(one):
        return dataclasses.replace(one, content_hash="another")

    runs[1] = sample.change(runs[1], "add_service/whole-way", failed)
    for number in (2, 3):
        runs[number] = sample.change(runs[number], "rotate_key/read-only", changed)
    since = book(root, *runs).green_since
    finished = [one.run.finished for one in runs]
    assert since["embedded", "add_service/right-path"] == finished[0]
    assert since["embedded", "add_service/whole-way"] == finished[2]
    assert since["embedded", "rotate_key/read-only"] == finished[2]


def test_a_heading_that_only_groups_is_not_counted(root):
    edition = guide.Edition.read(root / "docs" / "guide")
    made = book(root, sample.green(root))
    assert len(made.counted()) == len(edition.units)
    assert sum(made.counts("rotate-key").values()) == 5


def test_a_run_of_a_part_is_as_good_as_what_it_was_asked_for(root):
    part = PastRun.of(sample.deselected(sample.green(root), "rotate_key/read-only"))
    assert past.status(part) == "passed"
    assert past.words(part).startswith("1 passed, 7 not selected; embedded")
    assert past.status_of(part, {"rotate_key/read-only"}) == "passed"
    assert past.status_of(part, {"add_service/whole-way"}) == ""
    broken = sample.change(
        sample.green(root),
        "rotate_key/read-only",
        lambda one: sample.stopped(one, "not_run", "the run was interrupted", attempts=0),
    )
    assert past.status(PastRun.of(broken)) == "not_run"


def kept_of(runs):
    """What counts of runs that are given oldest first."""
    stored = {run.run.id: run for run in runs}
    found = counted(runs[-1], [PastRun.of(run) for run in runs], stored.get)
    return {part.run.id: {one.id for one in part.scenarios} for _, part in found}


def test_a_run_of_one_feature_leaves_the_older_evidence_of_the_others(root):
    whole = sample.green(root, ident="a", end=sample.END - timedelta(hours=9))
    part = sample.deselected(sample.green(root, ident="b"), "rotate_key/read-only")
    kept = kept_of([whole, part])
    assert kept["b"] == {"rotate_key/read-only"}
    assert "add_service/whole-way" in kept["a"]
    assert "rotate_key/read-only" not in kept["a"]


def test_many_runs_of_parts_hide_nothing_of_the_run_before_them(root):
    end = sample.END - timedelta(hours=9)
    whole = sample.green(root, ident="a", end=end)
    first, *others = [one.base_id for one in whole.scenarios]
    parts = [
        sample.deselected(
            sample.green(root, ident=f"b{n:02d}", end=end + timedelta(minutes=n + 1)), name
        )
        for n, name in enumerate([name for name in others if name != first] * 2)
    ]
    kept = kept_of([whole, *parts])
    assert {one.partition("[")[0] for one in kept["a"]} == {first}
    assert set().union(*kept.values()) == {one.id for one in whole.scenarios}


def test_a_run_that_broke_off_hides_no_older_evidence_as_green(root):
    whole = sample.green(root, ident="a", end=sample.END - timedelta(hours=9))
    broken = sample.change(
        sample.green(root, ident="b"),
        "rotate_key/read-only",
        lambda one: sample.stopped(one, "not_run", "the run was interrupted", attempts=0),
    )
    kept = kept_of([whole, broken])
    assert "a" not in kept
    assert "rotate_key/read-only" in kept["b"]


def test_providers_do_not_answer_for_each_other(root):
    kind = sample.green(root, ident="a", provider="kind", end=sample.END - timedelta(hours=9))
    part = sample.deselected(sample.green(root, ident="b"), "rotate_key/read-only")
    kept = kept_of([kind, part])
    assert len(kept["a"]) == len(kind.scenarios)
    assert len(kept["b"]) == len(part.scenarios)


def test_runs_that_add_nothing_are_not_read(root):
    runs = [
        PastRun.of(sample.green(root, ident=f"r{number}", end=sample.END - timedelta(hours=number)))
        for number in range(9, -1, -1)
    ]
    newest = sample.green(root, ident="r0")
    asked = []
    counted(newest, runs, lambda ident: asked.append(ident) or newest)
    assert asked == ["r0"]
