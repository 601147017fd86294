"""Sentences about what a channel was not told, though it was told something."""

from __future__ import annotations

from pytest_bdd import parsers, then

from sandbox.flux.status import NAMESPACE
from sandbox.words import mentions
from steps.engineer import Engineer
from steps.pushed import settle, settled

_NARROWING = ("exclusionList", "inclusionList", "suspend")
"""Fields of an Alert by which it takes less than its sources say."""


@then(parsers.re(r'no message to "(?P<path>/[^"]*)" tells of "(?P<words>.+)"$'))
def no_message_tells_of(engineer: Engineer, path: str, words: str) -> None:
    """There are messages to this path, and none of them holds these words, even inside a name."""
    settle(engineer)
    messages = [each for each in engineer.sandbox.inbox.messages() if each.path == path]
    assert messages, f"no message to {path} at all"
    found = [each for each in messages if mentions(each.text, words)]
    assert not found, f"{len(found)} of {len(messages)} do, first: {found[0]}"


@then(parsers.parse('Alert "{name}" leaves nothing out of what it takes'))
def alert_leaves_nothing_out(engineer: Engineer, name: str) -> None:
    """The Alert of flux-system has no pattern for what it drops or keeps, and is not suspended."""
    found = settled(engineer, "Alert", NAMESPACE, name)
    narrowed = {key: found["spec"][key] for key in _NARROWING if found["spec"].get(key)}
    assert not narrowed, f"it leaves something out: {narrowed}"
