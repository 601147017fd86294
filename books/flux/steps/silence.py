"""Sentences about what a channel was not told, though it was told something."""

from __future__ import annotations

from pytest_bdd import parsers, then

from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import settle


@then(parsers.re(r'no message to "(?P<path>/[^"]*)" tells of "(?P<words>.+)"$'))
def no_message_tells_of(engineer: Engineer, path: str, words: str) -> None:
    """There are messages to this path, and none of them holds these words."""
    settle(engineer)
    messages = [each for each in engineer.sandbox.inbox.messages() if each.path == path]
    assert messages, f"no message to {path} at all"
    found = [each for each in messages if says(each.text, words)]
    assert not found, f"{len(found)} of {len(messages)} do, first: {found[0]}"
