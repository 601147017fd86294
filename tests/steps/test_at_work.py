"""What Flux says of an object while it tries again is no answer: the command is typed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from held import holds
from typist import typist

from sandbox.errors import NotReady
from sandbox.events import CommandRan
from sandbox.waiting import wait_until
from steps import again, commands, outputs
from steps.at_work import is_at_work
from steps.ran import Ran

HEADER = "NAME    \tREVISION\tSUSPENDED\tREADY  \tMESSAGE           \n"
AT_WORK = f"{HEADER}jetstack\t        \tFalse    \tUnknown\tbuilding artifact\t\n"
FAILED = f"{HEADER}jetstack\t        \tFalse    \tFalse  \tfailed to fetch   \t\n"
READY = f"{HEADER}jetstack\tsha256:1\tFalse    \tTrue   \tstored artifact   \t\n"
OTHER_AT_WORK = f"{READY}podinfo \t        \tFalse    \tUnknown\tbuilding artifact\t\n"
KUBECTL = "NAME   AGE   READY     STATUS\nweb    5s    Unknown   Reconciliation in progress\n"
DESCRIBED = "  Conditions:\n    Message:  in progress\n    Status:   Unknown\n    Type:     Ready\n"
HEALTHY = "  Conditions:\n    Status:  Unknown\n    Type:    Healthy\n    Status:  False\n"


def typing(*printed: str, noted: str = "") -> Any:
    """Somebody whose command prints one after the other, and then the last again and again."""
    left = list(printed)

    def do(_block: str, **_values: str) -> Ran:
        text = left.pop(0) if len(left) > 1 else left[0]
        done = CommandRan(
            line="flux get shop in dev", cwd=".", exit_code=0, stdout=text, stderr="", output=text,
            duration_s=0.1,
        )  # fmt: skip
        return Ran((done,))

    return SimpleNamespace(do=do, sandbox=waiting(), noted={"list": noted})


def waiting() -> Any:
    """A sandbox in which nobody waits for long."""

    def wait(what: str, probe: Callable[[], tuple[Any, str]], _limit: float) -> Any:
        return wait_until(what, probe, 0.2, every=0.01)

    return SimpleNamespace(view=lambda: SimpleNamespace(wait=wait))


@pytest.mark.parametrize(
    ("printed", "about", "right"),
    [
        (AT_WORK, "", True),
        (AT_WORK, "jetstack", True),
        (FAILED, "", False),
        (OTHER_AT_WORK, "", True),
        (OTHER_AT_WORK, "jetstack", False),
        (OTHER_AT_WORK, "podinfo", True),
        (KUBECTL, "web", True),
        (DESCRIBED, "", True),
        (HEALTHY, "", False),
        ("all is Unknown\n", "", False),
        ("NAME  STATUS\nweb  Unknown\n", "", False),
        ("", "", False),
    ],
)
def test_it_is_at_work_where_it_says_so(printed: str, about: str, right: bool) -> None:
    assert is_at_work(printed, about) is right


@pytest.mark.parametrize(
    ("printed", "right"),
    [
        ((AT_WORK, FAILED), True),
        ((AT_WORK, READY), False),
        ((AT_WORK,), False),
        ((READY, FAILED), False),  # nobody is at work: what it says is its answer
    ],
)
def test_what_failed_is_told_after_the_try(printed: tuple[str, ...], right: bool) -> None:
    words = "failed to fetch"
    for sentence in (
        lambda one: commands.tells_of(one, "list", words),
        lambda one: commands.tells_of_these(one, "list", [["words"], [words]]),
        lambda one: commands.tells_of_release(one, "list", "shop", "dev", words),
        lambda one: commands.shows_not_ready(one, "list", "jetstack", words),
    ):
        holds_or_waits(right, lambda say=sentence: say(typing(*printed)))


def test_what_is_ready_is_told_after_the_try() -> None:
    commands.shows_ready(typing(AT_WORK, READY), "list", "jetstack", "stored artifact")
    commands.shows_ready(typing(OTHER_AT_WORK), "list", "jetstack", "stored artifact")


def test_words_that_a_try_hides_are_not_absent() -> None:
    holds(False, lambda: commands.says_nothing_of(typing(AT_WORK, FAILED), "list", "fetch"))
    commands.says_nothing_of(typing(AT_WORK, READY), "list", "fetch")


def test_what_is_noted_and_what_it_is_held_against_come_after_the_try() -> None:
    engineer = typing(AT_WORK, READY)
    commands.note_output(engineer, "list")
    assert engineer.noted["list"] == READY
    commands.prints_what_was_noted(typing(AT_WORK, READY, noted=READY), "list")
    holds_or_waits(False, lambda: commands.prints_what_was_noted(
        typing(AT_WORK, FAILED, noted=READY), "list"))  # fmt: skip
    again.prints_something_else(typing(AT_WORK, FAILED, noted=READY), "list")
    holds_or_waits(False, lambda: again.prints_something_else(
        typing(AT_WORK, READY, noted=READY), "list"))  # fmt: skip


def test_whole_outputs_are_compared_after_the_try() -> None:
    lines = [["line"], *([line.rstrip()] for line in READY.splitlines())]
    outputs.prints_these_lines(typing(AT_WORK, READY), "list", lines)
    holds_or_waits(False, lambda: outputs.prints_these_lines(
        typing(AT_WORK, FAILED), "list", lines))  # fmt: skip
    outputs.prints_but_for(typing(READY, AT_WORK, READY), "list", "other", [["line"]])


PAGE = f"$ flux get\n{FAILED}"


@pytest.mark.parametrize(
    ("printed", "right"),
    [
        ((AT_WORK, FAILED), True),
        ((OTHER_AT_WORK, FAILED), True),
        ((FAILED, READY), True),
        ((AT_WORK, READY), False),
        ((READY, FAILED), False),
        ((AT_WORK,), False),
    ],
)
def test_the_page_is_held_against_what_comes_after_the_try(
    tmp_path: Path, printed: tuple[str, ...], right: bool
) -> None:
    left: list[str] = []

    def type_it(line: str, **_about: str) -> CommandRan:
        text = "" if line == "true" else left.pop(0) if len(left) > 1 else left[0]
        return typing(text).do("list").last

    engineer = typist(tmp_path, {"list": PAGE, "two": f"$ true\n{PAGE}"}, "console")
    engineer.terminal.close()
    engineer.sandbox.view = waiting().view
    engineer = replace(engineer, terminal=SimpleNamespace(type=type_it))
    for block in ("list", "two"):
        left[:] = printed
        holds_or_waits(right, lambda named=block: commands.ends_well(engineer, named))


def holds_or_waits(right: bool, sentence: Callable[[], None]) -> None:
    """Say the sentence; where it is not right it fails, also after waiting in vain."""
    if right:
        sentence()
    else:
        with pytest.raises((AssertionError, NotReady)):
            sentence()
