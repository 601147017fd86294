"""What a command comes to say, and says no more, is read from what it prints when typed again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.errors import NotReady
from steps import again, commands

_TABLE = "NAME\tREVISION\tSUSPENDED\tREADY\tMESSAGE\napps\tmain@sha1:1\t{} \t{} \tApplied\n"


def printing(*texts: str, noted: str = "") -> Any:
    """Somebody whose block prints these texts, the last of them for ever."""
    left = list(texts)

    def done(_: str) -> Any:
        text = left.pop(0) if len(left) > 1 else left[0]
        one = SimpleNamespace(stdout=text)
        return SimpleNamespace(stdout=text, output=text, line="type block", commands=[one])

    def wait(what: str, probe: Callable[[], tuple[bool | None, str]], limit_s: float) -> None:
        for _ in range(len(texts)):
            said, seen = probe()
            if said:
                return
        raise NotReady(what, seen, limit_s)

    sandbox = SimpleNamespace(view=lambda: SimpleNamespace(wait=wait))
    return SimpleNamespace(do=done, sandbox=sandbox, noted={"block": noted})


def test_a_command_is_typed_until_it_tells_of_the_words() -> None:
    again.comes_to_tell_of(
        printing("Ready", "Stalled: RetriesExceeded"), "block", "RetriesExceeded"
    )


def test_what_a_command_does_not_come_to_tell_of_is_named_and_its_last_lines_are() -> None:
    printed = "".join(f"line {number}\n" for number in range(200)) + "RetriesExceeded2\n"
    with pytest.raises(NotReady) as late:
        again.comes_to_tell_of(printing("", printed), "block", "RetriesExceeded")
    told = "it does not say 'RetriesExceeded', only inside a longer name or number"
    assert late.value.last_seen == f"{told}\nline 198\nline 199\nRetriesExceeded2"


@pytest.mark.parametrize(("noted", "now", "right"), [("1", "2", True), ("1", "1", False),
                                                     ("1", " \n", False)])  # fmt: skip
def test_something_else_is_neither_the_same_nor_nothing(noted: str, now: str, right: bool) -> None:
    somebody = printing(now, noted=noted)
    if right:
        again.prints_something_else(somebody, "block")
    else:
        with pytest.raises(AssertionError):
            again.prints_something_else(somebody, "block")


@pytest.mark.parametrize(
    ("suspended", "ready", "right"),
    [("True", "True", True), ("False", "True", False), ("True", "False", False)],
)
def test_suspended_and_ready_is_both(suspended: str, ready: str, right: bool) -> None:
    somebody = printing(_TABLE.format(suspended, ready))
    if right:
        commands.shows_suspended(somebody, "block", "apps")
    else:
        with pytest.raises(AssertionError):
            commands.shows_suspended(somebody, "block", "apps")
