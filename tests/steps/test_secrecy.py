"""What the Secrets of a sandbox hold is kept out of the evidence."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from secret_cluster import Cluster

from guide import shelf
from report import masking
from sandbox import events, waiting
from sandbox.cluster.secret_history import HistoryLost
from sandbox.errors import NotReady, ProcessDied, SandboxError
from steps.secrecy import Published, Secrecy


@pytest.fixture
def first() -> Cluster:
    return Cluster()


@pytest.fixture
def second() -> Cluster:
    return Cluster()


@pytest.fixture
def clusters(first: Cluster, second: Cluster) -> dict[str, Cluster]:
    return {"first": first, "second": second}


@pytest.fixture
def ended() -> list[SandboxError]:
    """What has ended by itself of the sandbox."""
    return []


@pytest.fixture
def shown(clusters: dict[str, Cluster], ended: list[SandboxError]) -> Iterator[list[str]]:
    """What evidence has of each command's output."""

    def check() -> None:
        for each in ended:
            raise each

    sandbox = SimpleNamespace(
        provider=SimpleNamespace(clusters=lambda: dict(clusters)),
        view=lambda name: clusters[name],
        check=check,
    )
    published = Published(
        features='Then it tells of "correct-horse-battery"',
        edition="runs in staging; hunter2-hunter2",
    )
    secrecy = Secrecy(masking.register, published)
    secrecy.sandbox = cast("Any", sandbox)
    found: list[str] = []

    def take(event: events.Event) -> None:
        if isinstance(event, events.CommandRan):
            found.append(masking.mask(event.output))

    masking.forget()
    with events.subscribe(secrecy.hear), events.subscribe(take):
        yield found
    masking.forget()


def prints(output: str) -> None:
    events.emit(
        events.CommandRan(
            line="x", cwd="/", exit_code=0, stdout=output, stderr="", output=output, duration_s=0.1
        )
    )


def test_a_value_is_masked_in_the_very_command_that_prints_it(
    first: Cluster, shown: list[str]
) -> None:
    first.put(**{"env": "s3cr3t-of-mine"})
    prints("it is s3cr3t-of-mine\n")
    first.remove()
    prints(f"s3cr3t-of-mine {base64.b64encode(b's3cr3t-of-mine').decode()}\n")
    assert shown == ["it is ***\n", "*** ***\n"]


def test_the_secrets_of_every_cluster_count_and_one_that_is_taken_down_holds_nobody_up(
    first: Cluster, second: Cluster, shown: list[str], clusters: dict[str, Cluster]
) -> None:
    second.put(**{"env": "of-the-second"})
    first.answers = False
    first.at_the_next_ask = lambda: clusters.pop("first")
    prints("of-the-second\n")
    prints("of-the-second\n")
    assert (clusters, shown) == ({"second": second}, ["***\n", "***\n"])


@pytest.mark.parametrize("known", [False, True])
def test_what_a_cluster_that_does_not_answer_may_hold_is_not_kept(
    first: Cluster, shown: list[str], monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    monkeypatch.setattr(waiting, "_longest", 0.0)
    if known:
        prints("x\n")
    first.put(env="hunter2-hunter2-x")
    first.answers = False
    with pytest.raises(NotReady, match=r"the Secrets of first.*does not answer"):
        prints("hunter2-hunter2-x\n")
    assert shown == (["x\n"] if known else [])


def test_a_cluster_that_answers_again_is_looked_at(first: Cluster, shown: list[str]) -> None:
    first.put(env="hunter2-hunter2-x")
    first.answers = False
    first.at_the_next_ask = lambda: setattr(first, "answers", True)
    prints("hunter2-hunter2-x\n")
    assert shown == ["***\n"]


@pytest.mark.parametrize("how", ["get", "create", "watch", "delete"])
def test_nothing_that_was_told_is_forgotten_where_an_answer_stays_away(
    first: Cluster, shown: list[str], how: str
) -> None:
    first.put(env="there-from-the-beginning")
    first.silent_at = {how}
    prints("there-from-the-beginning\n")
    first.put(env="made-and-deleted")
    first.remove()
    first.silent_at = {how} - {"get"}
    prints("made-and-deleted\n")
    assert (shown, first.silent_at) == (["***\n", "***\n"], set())


def test_a_part_of_the_sandbox_that_has_ended_is_told_at_once(
    first: Cluster, shown: list[str], ended: list[SandboxError]
) -> None:
    first.answers = False
    ended.append(ProcessDied("kube-apiserver", 1, "", cure="up again"))
    with pytest.raises(ProcessDied, match="kube-apiserver"):
        prints("hunter2-hunter2-x\n")
    assert shown == []


def test_a_server_that_refuses_is_asked_again(first: Cluster, shown: list[str]) -> None:
    first.put(env="hunter2-hunter2-x")
    first.refuses = 2
    prints("hunter2-hunter2-x\n")
    assert (first.refuses, shown) == (0, ["***\n"])


def test_what_may_hold_a_secret_that_nobody_tells_is_not_kept(
    first: Cluster, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_longest", 0.0)  # as an impatient run
    first.refuses = 1000
    with pytest.raises(NotReady, match="the Secrets of first"):
        prints("hunter2-hunter2-x\n")
    assert shown == []


def test_what_a_sentence_is_about_and_what_is_an_ordinary_word_stays(
    first: Cluster, shown: list[str]
) -> None:
    first.put(**{"a": "correct-horse-battery", "b": "staging", "c": "abc", "d": "hunter2-hunter2"})
    prints("correct-horse-battery staging abc hunter2-hunter2\n")
    assert shown == ["correct-horse-battery staging abc ***\n"]


def test_a_command_that_prints_nothing_costs_nothing(first: Cluster, shown: list[str]) -> None:
    prints("")
    asked = first.asked
    prints("")
    assert (first.asked, shown) == (asked, ["", ""])


def test_a_value_that_is_gone_when_the_command_ends_is_masked(
    first: Cluster, shown: list[str]
) -> None:
    prints("")  # what there was before is known
    first.put(env="made-and-deleted")
    first.remove()
    prints("made-and-deleted\n")
    first.put(env="first-value")
    first.put(env="second-value")
    prints("first-value second-value\n")
    assert shown == ["", "***\n", "*** ***\n"]
    assert first.marks == []


def test_what_a_wait_has_seen_is_known_as_secret_before_it_is_kept(
    first: Cluster, shown: list[str]
) -> None:
    prints("")
    first.put(env="made-by-flux")
    first.remove()
    events.emit(events.Waited(what="x", last_seen="made-by-flux", duration_s=1))
    assert masking.mask("made-by-flux") == "***"
    assert shown == [""]


def test_a_cluster_that_is_made_again_is_looked_at_from_its_beginning(
    first: Cluster, second: Cluster, shown: list[str], clusters: dict[str, Cluster]
) -> None:
    first.put(env="of-the-first")
    first.put(env="of-the-first")
    prints("x\n")
    clusters["first"] = Cluster()
    clusters["first"].put(env="of-the-new-one")
    prints("of-the-first of-the-new-one\n")
    assert shown == ["x\n", "*** ***\n"]


def test_what_was_forgotten_is_said_once_and_that_output_is_not_kept(
    first: Cluster, shown: list[str]
) -> None:
    prints("")
    first.put(env="made-and-deleted")
    first.remove()
    first.put(env="still-there")
    first.forgotten = 2
    with pytest.raises(HistoryLost, match="which Secrets came and went"):
        prints("made-and-deleted\n")
    prints("still-there\n")
    assert shown == ["", "***\n"]


def test_what_a_book_says_is_read_from_its_features_and_its_pages() -> None:
    book = shelf.find()
    published = Published.of(book, Path(book.edition))
    assert "Feature:" in published.features
    assert "```" in published.edition


def test_a_look_that_is_answered_is_no_wait(first: Cluster, shown: list[str]) -> None:
    waits: list[events.Event] = []
    with events.subscribe(waits.append):
        prints("x\n")
        first.refuses = 1
        prints("y\n")
    told = [each.what for each in waits if isinstance(each, events.Waited)]
    assert told == ["the Secrets of first, to keep them out of the evidence"]
    assert shown == ["x\n", "y\n"]
