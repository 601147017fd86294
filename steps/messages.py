"""Sentences about what Flux sends to chat services and dashboards: the sandbox's inbox keeps it."""

from __future__ import annotations

from pytest_bdd import parsers, then

from sandbox.inbox.inbox import Message
from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import pushed_head, settle
from steps.table import column

_LIMIT_S = 120


@then(parsers.re(r'a message to "(?P<path>/[^"]*)" tells of "(?P<words>.+)"$'))
def message_tells_of(engineer: Engineer, path: str, words: str) -> None:
    """Wait for a message to this path that holds these words."""
    _wait_for(engineer, path, [words])


@then(
    parsers.re(
        r'a message to "(?P<path>/[^"]*)" tells of(?P<pushed> the pushed commit and of)? these:$'
    )
)
def message_tells_of_these(
    engineer: Engineer, path: str, pushed: str | None, datatable: list[list[str]]
) -> None:
    """Wait for one message to this path with all these words, if asked about the pushed commit."""
    commit = pushed_head(engineer) if pushed else ""
    _wait_for(engineer, path, column(datatable, "words"), commit)


@then(parsers.re(r'every message to "(?P<path>/[^"]*)" tells of "(?P<words>.+)"$'))
def every_message_tells_of(engineer: Engineer, path: str, words: str) -> None:
    """There is a message to this path, and there is none without these words."""
    settle(engineer)
    found = _to(engineer, path)
    assert found, f"no message to {path}"
    others = [message for message in found if not says(message.text, words)]
    assert not others, f"{len(others)} of {len(found)} do not: {others[0]}"


@then(parsers.re(r'no message to "(?P<path>/[^"]*)" has come$'))
def no_message_has_come(engineer: Engineer, path: str) -> None:
    """Nothing was sent to this path since the scenario began.

    Whoever has something to tell has had the pushed commit. A message is on its way for a moment
    after that: a line of the log, or another message, says that it would have come.
    """
    settle(engineer)
    found = _to(engineer, path)
    assert not found, f"{len(found)} messages have come: {found[0]}"


@then(
    parsers.re(
        r'every message to "(?P<path>/[^"]*)" carries the token "(?P<token>[^"]+)"$',
    )
)
def message_carries_token(engineer: Engineer, path: str, token: str) -> None:
    """There is a message to this path, and each shows this bearer token."""
    settle(engineer)
    shown = {message.headers.get("authorization", "none") for message in _to(engineer, path)}
    assert shown == {f"Bearer {token}"}, f"{len(shown)} others, or no message at all"


def _to(engineer: Engineer, path: str) -> list[Message]:
    return [message for message in engineer.sandbox.inbox.messages() if message.path == path]


def _wait_for(engineer: Engineer, path: str, words: list[str], commit: str = "") -> None:
    def probe() -> tuple[Message | None, str]:
        found = _to(engineer, path)
        for message in found:
            told = all(says(message.text, each) for each in words)
            if told and commit in message.body:
                return message, str(message)
        return None, str(found[-1]) if found else "no message"

    told = " and ".join(repr(each) for each in words)
    what = f"a message to {path} that tells of {told}"
    engineer.sandbox.view().wait(what, probe, _LIMIT_S)
