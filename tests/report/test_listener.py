"""The events of the sandbox and the report meet here only: neither knows the other."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from planned_run import RUN, planned

from report.listener import Listener
from report.plain import PlainView
from report.recorder import Recorder
from report.results import ApiVersion
from report.store import Store
from report.surroundings import cell
from sandbox import events

EVENTS: dict[str, events.Event] = {
    "commands": events.CommandRan(
        line="ls", cwd=".", exit_code=0, stdout="a", stderr="", output="a", duration_s=0.1
    ),
    "commits": events.CommitMade(sha="abc", message="Add", diff="+a"),
    "waits": events.Waited(what="apps", last_seen="Ready", duration_s=2.0),
    "chain": events.StageReached(stage="apps", revision="main", at="2026-11-23T22:46:00.000Z"),
    "conditions": events.ConditionSeen(
        object="apps", type="Ready", status="True", reason="Done", message=""
    ),
    "progress": events.Waiting(what="apps", last_seen="glpat-0123456789abcdef", elapsed_s=10.5),
    "told": events.Told(text="images: building, token glpat-0123456789abcdef"),
    "phase": events.PhaseStarted(phase="etcd"),
    "phase end": events.PhaseEnded(phase="etcd", duration_s=0.5),
}


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    found = Recorder([planned("a")], RUN, Store(tmp_path / "results.json"))
    found.open({"shop/a"}, "")
    found.begin("shop/a")
    found.begin_step(0)
    return found


def test_every_event_of_the_sandbox_is_heard(recorder: Recorder) -> None:
    file = io.StringIO()
    listener = Listener(recorder, PlainView(file))
    assert {type(event) for event in EVENTS.values()} == set(events.Event.__args__)
    for event in EVENTS.values():
        listener.hear(event)
    recorder.end_step("passed")
    recorder.begin_step(1)
    recorder.end_step("passed")
    recorder.end("passed")
    step = recorder.finish().steps[0]
    assert (step.commands[0].line, step.commits[0].diff) == ("ls", "+a")
    assert (step.waits[0].duration_s, step.chain[0].revision) == (2.0, "main")
    assert step.conditions[0].reason == "Done"
    assert [phase.phase for phase in recorder.close(0).run.phases] == ["etcd"]
    assert file.getvalue().splitlines() == [
        "        waiting 10 s for apps; last seen: glpat-***",
        "images: building, token glpat-***",
        "... etcd",
    ]


def test_a_line_for_people_is_masked(recorder: Recorder) -> None:
    file = io.StringIO()
    Listener(recorder, PlainView(file)).say("kept: GITLAB_TOKEN=abcd python -m sandbox down")
    assert file.getvalue() == "kept: GITLAB_TOKEN=*** python -m sandbox down\n"


def test_the_cell_of_the_matrix_stays_when_settings_are_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_CELL", "shop-embedded-kubernetes-1.35")
    run = replace(RUN, settings=cell())
    recorder = Recorder([planned("a")], run, Store(tmp_path / "results.json"))
    Listener(recorder, PlainView(io.StringIO())).describe(settings={"interval": "2 s"})
    told = {"cell": "shop-embedded-kubernetes-1.35", "interval": "2 s"}
    assert recorder.run.settings == told


def test_what_is_described_replaces_only_what_was_given(recorder: Recorder) -> None:
    listener = Listener(recorder, PlainView(io.StringIO()))
    listener.describe(provider="kind", settings={"interval": "2 s"})
    budget = {"api_version": "v1", "kind": "Pod", "state": "served", "blocks": ("pod",)}
    listener.describe(versions={"flux": "2.9.5"}, simulated=(), api_versions=[budget])
    listener.describe(settings={})
    assert recorder.run.api_versions == (ApiVersion("v1", "Pod", "served", ("pod",)),)
    run = recorder.close(0).run
    assert (run.provider, dict(run.versions), run.simulated) == ("kind", {"flux": "2.9.5"}, ())
    assert dict(run.settings) == {"interval": "2 s"}
