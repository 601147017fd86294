"""What the Secrets of a sandbox hold is kept out of the evidence."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from guide import shelf
from report import masking
from sandbox import events, waiting
from sandbox.cluster.kubernetes import ApiError
from sandbox.errors import NotReady, SandboxError
from steps.secrecy import Published, Secrecy


class Cluster:
    def __init__(self) -> None:
        self.data: dict[str, str] = {}
        self.answers = True
        self.refuses = 0
        self.asked = 0

    def listed(self, kind: str) -> list[dict[str, Any]]:
        assert kind == "Secret"
        self.asked += 1
        if not self.answers:
            raise SandboxError("the API server does not answer")
        if self.refuses:
            self.refuses -= 1
            raise ApiError("GET", "/api/v1/secrets", 429, "too many requests")
        data = {key: base64.b64encode(value.encode()).decode() for key, value in self.data.items()}
        return [{"data": data}]


@pytest.fixture
def first() -> Cluster:
    return Cluster()


@pytest.fixture
def second() -> Cluster:
    return Cluster()


@pytest.fixture
def shown(first: Cluster, second: Cluster) -> Iterator[list[str]]:
    """What evidence has of each command's output."""
    clusters = {"first": first, "second": second}
    sandbox = SimpleNamespace(
        provider=SimpleNamespace(clusters=lambda: clusters), view=lambda name: clusters[name]
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
    first.data = {"env": "s3cr3t-of-mine"}
    prints("it is s3cr3t-of-mine\n")
    first.data = {}
    prints(f"s3cr3t-of-mine {base64.b64encode(b's3cr3t-of-mine').decode()}\n")
    assert shown == ["it is ***\n", "*** ***\n"]


def test_the_secrets_of_every_cluster_count_and_one_that_does_not_answer_holds_nobody_up(
    first: Cluster, second: Cluster, shown: list[str]
) -> None:
    second.data = {"env": "of-the-second"}
    first.answers = False
    prints("of-the-second\n")
    assert shown == ["***\n"]


def test_a_server_that_refuses_is_asked_again(first: Cluster, shown: list[str]) -> None:
    first.data, first.refuses = {"env": "hunter2-hunter2-x"}, 2
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
    first.data = {"a": "correct-horse-battery", "b": "staging", "c": "abc", "d": "hunter2-hunter2"}
    prints("correct-horse-battery staging abc hunter2-hunter2\n")
    assert shown == ["correct-horse-battery staging abc ***\n"]


def test_a_command_that_prints_nothing_costs_nothing(first: Cluster, shown: list[str]) -> None:
    prints("")
    assert (first.asked, shown) == (0, [""])


def test_what_a_book_says_is_read_from_its_features_and_its_pages() -> None:
    book = shelf.find()
    published = Published.of(book, Path(book.edition))
    assert "Feature:" in published.features
    assert "```" in published.edition
