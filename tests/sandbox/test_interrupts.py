"""Which signals end a program in order: the sandbox's, and the same of the report's."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from background import in_background

from report import interrupts as of_the_report
from sandbox import interrupts

PROGRAM = """
import select, signal
from sandbox.interrupts import interruptible
try:
    with interruptible():
        print("ready", flush=True)
        select.select([], [], [], 60)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_ctrl_c_counts_where_a_shell_has_it_ignored() -> None:
    command = in_background([sys.executable, "-c", PROGRAM])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"


def test_the_second_signal_does_not_disturb_the_cleaning_up() -> None:
    cleaned = False
    with pytest.raises(KeyboardInterrupt), interrupts.interruptible():  # noqa: PT012
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
            cleaned = True
    assert cleaned


@pytest.mark.parametrize("ignored", [True, False])
def test_a_closed_terminal_ends_it_unless_nohup_asked_otherwise(ignored: bool) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    assert (signal.SIGHUP in interrupts.ending()) is not ignored
    with interrupts.interruptible():
        assert (signal.getsignal(signal.SIGHUP) is signal.SIG_IGN) is ignored
    restore = of_the_report.heed()
    assert (signal.getsignal(signal.SIGHUP) is signal.SIG_IGN) is ignored
    restore()
    assert signal.getsignal(signal.SIGHUP) is (signal.SIG_IGN if ignored else signal.SIG_DFL)


def test_the_report_heeds_ctrl_c_where_a_shell_has_it_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    restore = of_the_report.heed()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    restore()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


class Tidied:
    """Gets a signal while it is tidied away, where Python drops whatever is raised."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def tidy_away() -> None:
    """The signal comes to this, which goes on all the same, up to a limit."""
    one = Tidied()
    del one
    time.sleep(30)


def test_an_interrupt_that_python_drops_comes_again() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.interruptible():
        tidy_away()


def test_a_run_is_interrupted_too_where_python_drops_it() -> None:
    restore = of_the_report.heed()
    try:
        with pytest.raises(KeyboardInterrupt):
            tidy_away()
    finally:
        restore()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_else_python_drops_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda seen: told.append(str(seen.exc_value)))

    class Broken:
        def __del__(self) -> None:
            raise ValueError("broken")

    restore = of_the_report.heed()
    Broken()
    restore()
    with interrupts.interruptible():
        Broken()
    assert told == ["broken", "broken"]
