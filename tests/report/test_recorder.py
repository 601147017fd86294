import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planned_run import RUN, planned

from report import masking
from report.reasons import NOT_YET
from report.recorder import Recorder
from report.results import Results
from report.store import Store
from report.texts import END, LONGEST, Texts

COMMAND = {"line": "ls", "cwd": ".", "exit_code": 0, "stdout": "", "stderr": "", "duration_s": 0.1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.json"


@pytest.fixture
def recorder(path: Path) -> Recorder:
    found = Recorder([planned("a"), planned("b")], RUN, Store(path))
    found.open({"shop/a", "shop/b"}, "not selected")
    return found


@pytest.fixture(autouse=True)
def _nothing_registered() -> Iterator[None]:
    masking.forget()
    yield
    masking.forget()


def passed(recorder: Recorder, *steps: int) -> None:
    """The scenario passes: these steps do first."""
    for step in steps:
        recorder.begin_step(step)
        recorder.end_step("passed")
    recorder.end("passed")


def command(**more: Any) -> dict[str, Any]:
    return {**COMMAND, **more}


def test_from_the_first_moment_the_file_says_that_nothing_ran(
    recorder: Recorder, path: Path
) -> None:
    found = Results.read(path)
    assert [one.status for one in found.scenarios] == ["not_run", "not_run"]
    assert [one.error for one in found.scenarios] == [NOT_YET, NOT_YET]
    assert found.run.exit_code is None


def test_a_running_scenario_is_in_the_file_as_broken_off(recorder: Recorder, path: Path) -> None:
    recorder.begin("shop/a")
    first, second = Results.read(path).scenarios
    assert (first.status, first.attempts, first.error) == ("not_run", 1, "the run broke off in it")
    assert second.attempts == 0


def test_what_was_not_selected_says_so(path: Path) -> None:
    recorder = Recorder([planned("a"), planned("b")], RUN, Store(path))
    recorder.open({"shop/a"}, "not selected (TAGS=slow)")
    recorder.stop("interrupted")
    errors = [one.error for one in Results.read(path).scenarios]
    assert errors == [f"{NOT_YET}: interrupted", "not selected (TAGS=slow)"]


def test_the_time_of_bringing_the_sandbox_up_is_nobodys(recorder: Recorder) -> None:
    recorder.begin("shop/a")
    recorder.begin_step(0)
    with recorder.aside():
        recorder.record("commands", command(line="bring up"))
    draft = recorder._draft()
    draft.aside(100.0)
    assert recorder.end_step("passed") is not None
    recorder.begin_step(1)
    recorder.end_step("passed")
    recorder.end("passed", duration_s=102.0)
    found = recorder.finish()
    assert found.steps[0].duration_s == 0.0
    assert 1.9 < found.duration_s <= 2.0
    assert found.steps[0].commands == ()
    assert [each.line for each in recorder.results().run.setup.commands] == ["bring up"]


def test_evidence_outside_any_scenario_belongs_to_the_set_up(recorder: Recorder) -> None:
    recorder.record("waits", {"what": "Flux", "last_seen": "Ready", "duration_s": 1.23456})
    assert recorder.close(0).run.setup.waits[0].duration_s == 1.235


def test_evidence_before_a_failed_set_up_is_not_lost(recorder: Recorder) -> None:
    recorder.begin("shop/a")
    recorder.record("commands", command())
    recorder.end("failed", "set-up: no light")
    found = recorder.finish()
    assert [len(step.commands) for step in found.steps] == [1, 0]


def test_a_failure_in_clean_up_is_told_beside_the_first_one(recorder: Recorder) -> None:
    recorder.begin("shop/a")
    recorder.end("failed", "first")
    recorder.end("failed", "second")
    assert recorder.finish().error == "first\n\nsecond"
    recorder.begin("shop/b")
    recorder.end("passed")
    recorder.end("failed", "left a key")
    found = recorder.finish()
    assert (found.status, found.error) == ("failed", "left a key")


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [("mood", {}, ValueError), ("waits", {"what": "x"}, TypeError), ("chain", COMMAND, TypeError)],
)
def test_evidence_of_no_known_kind_is_refused(
    recorder: Recorder, kind: str, value: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        recorder.record(kind, value)


def test_a_step_outside_a_scenario_is_refused(recorder: Recorder) -> None:
    with pytest.raises(RuntimeError, match="no scenario"):
        recorder.begin_step(0)


def test_output_that_is_no_utf8_can_be_written(recorder: Recorder, path: Path) -> None:
    recorder.begin("shop/a")
    recorder.begin_step(0)
    recorder.record("commands", command(stdout=b"a\xff\x00".decode(errors="surrogateescape")))
    recorder.end_step("passed")
    passed(recorder, 1)
    recorder.finish()
    assert Results.read(path).scenarios[0].steps[0].commands[0].stdout == "a?\0"


def test_a_secret_that_becomes_known_later_is_masked_in_the_results(
    recorder: Recorder, path: Path
) -> None:
    recorder.begin("shop/a")
    recorder.begin_step(0)
    recorder.record("commands", command(stdout="the word is open-sesame"))
    masking.register("open-sesame")
    recorder.end_step("passed")
    passed(recorder, 1)
    recorder.finish()
    recorder.close(0)
    assert "sesame" not in path.read_text()


def test_nothing_of_a_bundle_is_ever_written_raw(
    recorder: Recorder, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = path.parent / "bundles/a"
    recorder.begin("shop/a")
    keep = recorder.bundle("bundles/a")
    keep("logs/git.log", "with glpat-0123456789abcdef\n")

    def fails(self: Path, target: Path) -> None:
        raise OSError(f"no space left for {target}")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fails)
        with pytest.raises(OSError, match="no space left"):
            keep("events.txt", "token: glpat-0123456789abcdef\n")
    recorder.end("failed", "no")
    assert recorder.finish().bundle == "bundles/a"
    found = {each.name: each.read_text() for each in folder.rglob("*") if each.is_file()}
    assert found == {"git.log": "with glpat-***\n"}


def test_a_bundle_is_masked_before_the_disk_sees_it(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    monkeypatch.setattr("report.recorder.replace_file", lambda _, text: written.append(text))
    recorder.begin("shop/a")
    recorder.bundle("bundles/a")("objects.yaml", "token: glpat-0123456789abcdef\n")
    assert written == [b"token: ***\n"]


def test_a_text_that_is_just_short_enough_stays_whole(tmp_path: Path) -> None:
    texts = Texts(tmp_path)
    assert texts.keep("x" * LONGEST) == ("x" * LONGEST, "")
    assert list(tmp_path.iterdir()) == []
    shown, name = texts.keep("x" * (LONGEST + 1))
    assert (tmp_path / name).read_text() == "x" * (LONGEST + 1)
    assert shown.startswith("x" * END + f"\n[... {LONGEST + 1 - 2 * END} characters are left out")


def test_a_secret_on_the_edge_of_a_cut_is_not_cut_in_half(tmp_path: Path) -> None:
    masking.register("open-sesame")
    text = "x" * (END - 5) + "open-sesame" + "y" * LONGEST
    shown, name = Texts(tmp_path).keep(text)
    assert "open-" not in shown
    assert "sesame" not in (tmp_path / name).read_text()


def test_the_file_is_json_of_one_line_for_each_scenario(recorder: Recorder, path: Path) -> None:
    recorder.close(0)
    lines = path.read_text().splitlines()
    assert [json.loads(line.rstrip(","))["id"] for line in lines[3:5]] == ["shop/a", "shop/b"]


def test_the_order_of_both_streams_is_kept_where_both_have_something(recorder: Recorder) -> None:
    recorder.begin("shop/a")
    recorder.begin_step(0)
    for out, err, both in (("a", "b", "ba"), ("a", "", "a"), ("", "b", "b")):
        recorder.record("commands", command(stdout=out, stderr=err, output=both))
    ran = recorder.scenario("shop/a").steps[0].commands
    assert [each.output for each in ran] == ["ba", "", ""]


def test_the_order_is_left_out_where_a_secret_is_in_pieces_there(recorder: Recorder) -> None:
    masking.register("hunter2-hunter2")
    recorder.begin("shop/a")
    recorder.begin_step(0)
    pieces = command(stdout="hunter2-hunter2", stderr="oops", output="hunter2-oopshunter2")
    whole = command(stdout="hunter2-hunter2", stderr="oops", output="oopshunter2-hunter2")
    recorder.record("commands", pieces)
    recorder.record("commands", whole)
    ran = recorder.scenario("shop/a").steps[0].commands
    assert [(each.stdout, each.output) for each in ran] == [("***", ""), ("***", "oops***")]


def test_a_command_that_was_stopped_is_in_the_file_without_an_exit_code(
    recorder: Recorder, path: Path
) -> None:
    recorder.begin("shop/a")
    recorder.begin_step(0)
    recorder.record("commands", command(exit_code=None, block="b", note="stopped"))
    recorder.end_step("failed")
    recorder.end("failed", "it did not end")
    recorder.finish()
    [ran] = Results.read(path).scenarios[0].steps[0].commands
    assert (ran.exit_code, ran.block, ran.note) == (None, "b", "stopped")


def test_a_template_is_told_of_the_attempt_that_stood_on_it(recorder: Recorder, path: Path) -> None:
    recorder.begin("shop/a")
    recorder.stand_on({"first": "2026-11-20T03:00:00Z"})
    recorder.end("failed", "no")
    recorder.finish()
    recorder.begin("shop/a")
    passed(recorder, 0, 1)
    recorder.finish()
    recorder.begin("shop/b")
    recorder.stand_on({"first": "2026-11-20T03:00:00Z"})
    passed(recorder, 0, 1)
    recorder.finish()
    first, second = Results.read(path).scenarios
    assert first.templates == {}
    assert second.templates == {"first": "2026-11-20T03:00:00Z"}
