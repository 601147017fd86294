"""What Flux says of an object while it tries again is no answer: the command is typed again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from sandbox.errors import NotReady
from sandbox.events import CommandRan
from sandbox.waiting import wait_until
from steps import commands
from steps.at_work import is_at_work
from steps.engineer import OtherOutput
from steps.ran import Ran

HEADER = "NAME    \tREVISION\tSUSPENDED\tREADY  \tMESSAGE           \n"
AT_WORK = f"{HEADER}jetstack\t        \tFalse    \tUnknown\tbuilding artifact\t\n"
FAILED = f"{HEADER}jetstack\t        \tFalse    \tFalse  \tfailed to fetch   \t\n"
READY = f"{HEADER}jetstack\tsha256:1\tFalse    \tTrue   \tstored artifact   \t\n"
OTHER_AT_WORK = f"{READY}podinfo \t        \tFalse    \tUnknown\tbuilding artifact\t\n"
KUBECTL = "NAME   AGE   READY     STATUS\nweb    5s    Unknown   Reconciliation in progress\n"
DESCRIBED = "  Conditions:\n    Message:  in progress\n    Status:   Unknown\n    Type:     Ready\n"
HEALTHY = "  Conditions:\n    Status:  Unknown\n    Type:    Healthy\n    Status:  False\n"


def typing(*printed: str, page: str = "") -> Any:
    """Somebody whose command prints one after the other, and then the last again and again."""
    left = list(printed)

    def do(_block: str, **_values: str) -> Ran:
        text = left.pop(0) if len(left) > 1 else left[0]
        if page and text != page:
            raise OtherOutput("flux get", page, text)
        done = CommandRan(
            line="flux get shop in dev", cwd=".", exit_code=0, stdout=text, stderr="", output=text,
            duration_s=0.1,
        )  # fmt: skip
        return Ran((done,))

    def wait(what: str, probe: Callable[[], tuple[Any, str]], _limit: float) -> Any:
        return wait_until(what, probe, 0.2, every=0.01)

    return SimpleNamespace(do=do, sandbox=SimpleNamespace(view=lambda: SimpleNamespace(wait=wait)))


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


def test_the_page_is_held_against_what_comes_after_the_try() -> None:
    commands.tells_of(typing(AT_WORK, FAILED, page=FAILED), "list", "failed to fetch")
    with pytest.raises(OtherOutput):
        commands.tells_of(typing(READY, FAILED, page=FAILED), "list", "failed to fetch")


def holds_or_waits(right: bool, sentence: Callable[[], None]) -> None:
    """Say the sentence; where it is not right it fails, also after waiting in vain."""
    if right:
        sentence()
    else:
        with pytest.raises((AssertionError, NotReady)):
            sentence()
