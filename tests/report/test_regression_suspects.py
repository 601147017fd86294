"""What the regression report suspects of a failure, and in which order."""

from dataclasses import replace

import pytest
from small_history import OPENS, nights, one_event, only, run

from report.regression.told import item


def test_suspects_come_in_order_and_those_of_older_lines_are_not_made_up() -> None:
    after = run(
        1,
        {OPENS: {"status": "failed", "text_hash": "t2", "feature_hash": "f2"}},
        code={"steps": "s2", "sandbox": "b2", "charts": "h2"},
        versions={"flux": "v3", "kubernetes": "v1.37", "helm": "v4"},
        host="Darwin",
        edition_hash="e2",
        commit="c2",
    )
    found = [change.what for change in one_event([*nights("passed"), after]).suspects]
    assert found == (
        ["edition", "feature", "steps", "sandbox", "flux", "kubernetes", "helm", "charts", "host"]
    )  # not the commit: the code is known
    old = replace(nights("passed")[0], code={}, host="")
    found = [change.what for change in one_event([old, after]).suspects]
    assert found == ["edition", "feature", "flux", "kubernetes", "helm", "commit"]


def test_another_page_of_the_edition_is_the_last_suspect() -> None:
    after = run(1, {OPENS: "failed"}, edition_hash="e2", code={"charts": "h2"})
    found = [change.what for change in one_event([*nights("passed"), after]).suspects]
    assert found == ["charts", "other pages of the edition"]


def test_a_run_that_names_no_workers_had_one() -> None:
    runs = [run(0, {OPENS: "passed"}, settings={"workers": "3"}), run(1, {OPENS: "failed"})]
    [change] = one_event(runs).suspects
    assert (change.what, change.before, change.after) == ("workers", "3", "1")
    runs = [run(0, {OPENS: "passed"}, settings={"workers": "1"}), run(1, {OPENS: "failed"})]
    assert not one_event(runs).suspects


def test_the_suspects_are_of_the_run_that_failed_first() -> None:
    runs = [
        *nights("passed"),
        run(1, {OPENS: "failed"}, code={"steps": "s2"}),
        run(2, {OPENS: "failed"}, code={"steps": "s2"}, versions={"flux": "v9"}),
    ]
    assert [change.what for change in one_event(runs).suspects] == ["steps"]


def test_a_suspect_of_every_scenario_of_a_finding_comes_before_one_of_few() -> None:
    runs = [
        run(0, {"a/a": "passed", "a/b": "passed"}),
        run(
            1,
            {"a/a": {"status": "failed", "text_hash": "t2"}, "a/b": "failed"},
            code={"charts": "h2", "steps": "s1", "sandbox": "b1"},
        ),
    ]
    (finding,) = only(runs).findings
    assert [change.what for change in finding.suspects] == ["charts", "edition"]


def test_what_differs_in_several_texts_of_a_finding_is_said_once() -> None:
    texts = {"a/a": "t2", "a/b": "t3"}
    broken = {name: {"status": "failed", "text_hash": text} for name, text in texts.items()}
    was = {name: {"status": "passed", "text_hash": "t1"} for name in texts}
    (finding,) = only([run(0, was), run(1, broken)]).findings
    assert any("what differs: edition (t1 → t2, t1 → t3)" in line for line in item(finding))


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        # What only a version has changed is that version, and comes first.
        ({"kubernetes": "1.37.2"}, ["kubernetes"]),
        # Of a program whose version is not told, the pins are all that is known.
        ({"kubernetes": "1.36.3"}, ["programs"]),
    ],
)
def test_pins_are_suspected_where_no_version_is(versions: dict[str, str], found: list[str]) -> None:
    code = {"steps": "s1", "sandbox": "b1", "charts": "h1"}
    [green] = nights("passed")
    told = {"versions": {**green.versions, "kubernetes": "1.36.3"}}
    before = replace(green, code={**code, "programs": "p1"}, **told)
    after = run(1, {OPENS: "failed"}, versions=versions, code={**code, "programs": "p2"})
    after = replace(after, versions={**green.versions, **versions})
    assert [change.what for change in one_event([before, after]).suspects] == found
