"""Sentences about messages and statuses of commits: each can fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.inbox.inbox import Message
from sandbox.waiting import Probe
from steps import messages, statuses
from steps.engineer import Engineer


def message(path: str, body: str, token: str = "word") -> Message:
    headers = {"authorization": f"Bearer {token}"}
    return Message(at="2026-01-01T00:00:00.000Z", path=path, headers=headers, body=body)


class View:
    """Looks once."""

    def wait(self, what: str, probe: Probe[Any], limit: float) -> Any:
        value, seen = probe()
        assert value is not None, f"{what}; last seen: {seen}"
        return value


def engineer(*sent: Message, given: tuple[dict[str, str], ...] = (), **more: Any) -> Engineer:
    gitlab = SimpleNamespace(commit_statuses=lambda project, sha, all: list(given))
    sandbox = SimpleNamespace(
        inbox=SimpleNamespace(messages=lambda: list(sent)),
        gitlab=gitlab,
        layout=SimpleNamespace(repository="team/fleet", branch="main"),
        head=lambda: "c0ffee",
        refs=dict,  # nothing is waited for
        view=View,
        **{"desk": SimpleNamespace(git=lambda *_: ""), **more},
    )
    baseline = SimpleNamespace(head="ba5e")
    made = SimpleNamespace(sandbox=sandbox, baseline=baseline, edition=more.get("edition"))
    return cast(Engineer, made)


GOOD = message("/chat", '{"color": "good", "text": "note created", "rev": "c0ffee"}')
BAD = message("/chat", '{"color": "danger", "text": "note failed", "rev": "c0ffee"}', "other")


def test_one_message_has_to_hold_all_the_words() -> None:
    table = [["words"], ["color: good"], ["note created"]]
    messages.message_tells_of_these(engineer(BAD, GOOD), "/chat", None, table)
    messages.message_tells_of_these(engineer(GOOD), "/chat", " the pushed commit and of", table)
    mixed = [["words"], ["color: good"], ["note failed"]]
    with pytest.raises(AssertionError, match="note failed"):
        messages.message_tells_of_these(engineer(BAD, GOOD), "/chat", None, mixed)
    with pytest.raises(AssertionError, match="no message"):
        messages.message_tells_of(engineer(GOOD), "/elsewhere", "note created")
    older = message("/chat", GOOD.body.replace("c0ffee", "decade"))
    with pytest.raises(AssertionError, match="decade"):
        messages.message_tells_of_these(
            engineer(older), "/chat", " the pushed commit and of", table
        )


def test_every_message_is_looked_at_and_there_is_one() -> None:
    messages.every_message_tells_of(engineer(BAD), "/chat", "color: danger")
    with pytest.raises(AssertionError, match="1 of 2"):
        messages.every_message_tells_of(engineer(BAD, GOOD), "/chat", "color: danger")
    with pytest.raises(AssertionError, match="no message"):
        messages.every_message_tells_of(engineer(), "/chat", "color: danger")
    messages.message_carries_token(engineer(GOOD), "/chat", "word")
    for sent in ((GOOD, BAD), ()):
        with pytest.raises(AssertionError):
            messages.message_carries_token(engineer(*sent), "/chat", "word")
    messages.no_message_has_come(engineer(GOOD), "/elsewhere")
    with pytest.raises(AssertionError, match="1 messages"):
        messages.no_message_has_come(engineer(GOOD), "/chat")


def status(state: str, name: str = "kustomization/apps/1") -> dict[str, str]:
    return {"status": state, "name": name, "description": "health check failed"}


def test_the_last_status_of_a_name_counts() -> None:
    both = engineer(given=(status("success"), status("failed")))
    statuses.commit_gets_status(both, "failed", "kustomization/apps", "health check")
    for state, name, words in (
        ("success", "kustomization/apps", "health check"),
        ("failed", "kustomization/app", "health check"),
        ("failed", "kustomization/apps", "succeeded"),
    ):
        with pytest.raises(AssertionError, match=f"status {state} of {name} at commit c0ffee"):
            statuses.commit_gets_status(both, state, name, words)
    statuses.commit_has_had(both, "kustomization/apps", [["status"], ["success"], ["failed"]])
    with pytest.raises(AssertionError, match="it has had"):
        statuses.commit_has_had(both, "kustomization/apps", [["status"], ["failed"]])
    other = engineer(given=(status("success"), status("success", "build/1")))
    with pytest.raises(AssertionError, match="build/1"):
        statuses.commit_has_had(other, "kustomization/apps", [["status"], ["success"]])
    with pytest.raises(AssertionError, match="success of"):
        statuses.commit_has_no_status(other)
    statuses.commit_has_no_status(engineer())
