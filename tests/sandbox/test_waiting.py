import math
from collections.abc import Iterator

import pytest

from sandbox import events, waiting
from sandbox.errors import NotReady, ProcessDied
from sandbox.waiting import wait_until


def probe_of(*answers: str | None) -> Iterator[str | None]:
    return iter(answers)


def test_the_value_is_returned_and_the_wait_is_told() -> None:
    answers = probe_of(None, None, "there")
    seen: list[events.Event] = []

    def probe() -> tuple[str | None, str]:
        value = next(answers)
        return value, f"saw {value}"

    with events.subscribe(seen.append):
        assert wait_until("a thing", probe, 5, every=0) == "there"
    assert [type(event).__name__ for event in seen] == ["Waiting", "Waiting", "Waited"]
    assert seen[-1].last_seen == "saw there"  # type: ignore[union-attr]


def test_the_limit_names_what_was_awaited_and_what_was_seen() -> None:
    with pytest.raises(NotReady, match="waited 0 s for rain; last seen: sunshine"):
        wait_until("rain", lambda: (None, "sunshine"), 0)


def test_a_false_value_is_a_value() -> None:
    assert wait_until("zero", lambda: (0, "zero"), 5) == 0


def test_nobody_waits_for_what_cannot_come() -> None:
    def alive() -> None:
        raise ProcessDied("etcd", 1, "panic", cure="look")

    told: list[events.Event] = []
    with (
        events.subscribe(told.append),
        pytest.raises(ProcessDied, match="etcd ended with exit code 1"),
    ):
        wait_until("the API", lambda: (None, "a start"), 60, alive=alive)
    assert isinstance(told[-1], events.Waited)
    assert (told[-1].what, told[-1].last_seen) == ("the API", "a start")


def test_a_wait_that_is_cut_short_is_told_with_what_was_seen() -> None:
    def leave(_seconds: float) -> None:
        raise KeyboardInterrupt

    told: list[events.Event] = []
    with events.subscribe(told.append), pytest.raises(KeyboardInterrupt):
        wait_until("rain", lambda: (None, "clouds"), 60, pause=leave)
    assert isinstance(told[-1], events.Waited)
    assert told[-1].last_seen == "clouds"


def test_a_pause_that_ends_early_makes_the_wait_follow_it() -> None:
    pauses: list[float] = []
    answers = probe_of(None, "there")
    wait_until("x", lambda: (next(answers), ""), 5, every=300, pause=pauses.append)
    assert pauses == [300]


def test_an_impatient_process_waits_no_longer_than_it_was_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "_longest", math.inf)
    assert waiting.patient(180) == 180
    waiting.be_impatient(0)
    with pytest.raises(NotReady, match="waited 0 s for rain; last seen: sunshine"):
        wait_until("rain", lambda: (None, "sunshine"), 180)
