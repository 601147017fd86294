"""Issue file and webhook: what people are told, once each."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from small_history import CLOSES, OPENS, One, command, judged, keep, run

from report import masking
from report.__main__ import main
from report.errors import ReportError
from report.history import PastRun
from report.regression.issue import issue
from report.regression.messages import Message
from report.regression.outbox import NAME, REFUSED, Answer, Outbox

RED: One = {"status": "failed"}


@pytest.fixture(autouse=True)
def _no_secret_stays() -> Iterator[None]:
    yield
    masking.forget()


class Team:
    """Nights, and what a webhook is told of them. `down`: its receiver takes nothing.

    `refuses`: it does not want what tells of this scenario.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[PastRun] = []
        self.got: list[Message] = []
        self.down = False
        self.refuses = ""

    def night(self, scenarios: Mapping[str, One], **more: Any) -> list[str]:
        self.runs.append(run(len(self.runs), scenarios, **more))
        return self.tell()

    def tell(self) -> list[str]:
        count = len(self.got)
        with Outbox.opened(self.folder) as outbox:
            outbox.take(judged(self.runs))
            outbox.send(self.take)
        return [f"{one.kind}: {', '.join(one.scenarios)}" for one in self.got[count:]]

    def take(self, message: Message) -> Answer:
        if self.refuses in message.scenarios:
            return Answer("too long", for_good=True)
        if self.down:
            return Answer("down")
        self.got.append(message)
        return Answer()


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_a_failure_and_its_end_are_told_once_each(team: Team) -> None:
    assert team.night({OPENS: "passed"}) == []
    assert team.night({OPENS: RED}) == ["new failure: shop/opens"]
    assert team.tell() == []
    assert team.night({OPENS: RED}) == []
    assert team.night({OPENS: "passed"}) == ["recovery: shop/opens"]
    assert team.tell() == []
    assert team.night({OPENS: "passed"}) == []
    assert team.night({OPENS: RED}) == ["new failure: shop/opens"]
    assert len({one.id for one in team.got}) == 3


def test_what_says_nothing_of_a_failure_does_not_end_it(team: Team) -> None:
    team.night({OPENS: RED})
    for one in ("not_run", "skipped", {"attempts": 2}):
        assert team.night({OPENS: one}) == []
    assert team.night({OPENS: "passed"}) == ["recovery: shop/opens"]


def test_a_scenario_that_is_gone_is_over_and_one_with_another_name_is_not(team: Team) -> None:
    team.night({OPENS: RED, CLOSES: {**RED, "feature_hash": "f2"}})  # type: ignore[dict-item]
    assert team.night({"shop/opened": RED}) == ["gone: shop/closes"]
    assert team.night({"shop/opened": "passed"}) == ["recovery: shop/opened"]


def test_a_receiver_that_is_down_loses_nothing(team: Team) -> None:
    team.down = True
    assert team.night({OPENS: RED}) == []
    assert team.night({OPENS: "passed", CLOSES: RED}) == []
    team.down = False
    assert team.night({OPENS: "passed", CLOSES: RED}) == [
        "new failure: shop/opens",
        "new failure: shop/closes",
        "recovery: shop/opens",
    ]
    assert team.tell() == []


def test_a_message_that_is_refused_for_good_is_put_aside_and_holds_up_no_other(team: Team) -> None:
    team.down = True
    team.night({OPENS: RED, CLOSES: "passed"})
    team.night({OPENS: RED, CLOSES: RED})
    team.down, team.refuses = False, OPENS
    assert team.tell() == ["new failure: shop/closes"]
    team.refuses = ""
    assert team.tell() == []
    (kept,) = map(json.loads, (team.folder / REFUSED).read_text().splitlines())
    assert (kept["refused"], kept["scenarios"]) == ("too long", [OPENS])
    assert "it broke" in kept["lines"][0]
    assert team.night({OPENS: "passed", CLOSES: "passed"}) == ["recovery: shop/opens, shop/closes"]


def test_what_was_put_aside_before_a_process_was_killed_is_there_once(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.refuses = OPENS

    def killed(_outbox: Outbox) -> None:
        raise KeyboardInterrupt

    with Outbox.opened(team.folder) as outbox:
        outbox.take(judged([run(0, {OPENS: RED})]))
        with monkeypatch.context() as patch:
            patch.setattr(Outbox, "_write", killed)
            with pytest.raises(KeyboardInterrupt):
                outbox.send(team.take)
    with Outbox.opened(team.folder) as outbox:
        assert len(outbox.send(team.take).refused) == 1
    assert len((team.folder / REFUSED).read_text().splitlines()) == 1


def test_what_was_sent_before_a_process_was_killed_is_not_sent_again(team: Team) -> None:
    team.night({OPENS: "passed", CLOSES: "passed"})
    team.down = True
    team.night({OPENS: RED, CLOSES: "passed"})
    team.night({OPENS: "passed", CLOSES: "passed"})
    with Outbox.opened(team.folder) as outbox, pytest.raises(KeyboardInterrupt):
        outbox.send(_once())
    team.down = False
    assert team.tell() == ["recovery: shop/opens"]


def _once() -> Any:
    answers = iter([Answer()])

    def send(_message: Message) -> Answer:
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    return send


@pytest.mark.parametrize("text", ["{half", "[]", '{"schema": 2}', '{"schema": 1, "open": 3}'])
def test_a_state_that_cannot_be_read_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(ReportError, match="cannot be read") as caught, Outbox.opened(tmp_path):
        pass
    assert "\n" not in str(caught.value)
    assert (tmp_path / NAME).read_text() == text


@pytest.fixture
def book(tmp_path: Path) -> Path:
    keep(tmp_path, run(0, {OPENS: "passed"}), run(1, {OPENS: RED}))
    return tmp_path


def test_the_issue_file_says_what_failed_and_how_to_see_it_again(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(command(book))
    text = (book / "issue.md").read_text()
    assert text.startswith("# 1 new failure in shop, embedded\n")
    assert "Run `day-1` of 2026-11-02T03:09; commit `c1`; flux v2.9, kubernetes v1.36" in text
    assert "- **new failure: shop/opens: it broke**" in text
    assert "    make e2e FEATURE=shop/opens\n" in text
    keep(book, run(2, {OPENS: "passed"}, code={"steps": "s2"}))
    main(command(book))
    text = (book / "issue.md").read_text()
    assert text.startswith("# 1 recovery in shop, embedded\n")
    assert "what differs: steps (s1 → s2)" in text
    assert "make e2e" not in text
    keep(book, run(3, {OPENS: "passed"}, code={"steps": "s2"}))
    main(command(book))
    assert not (book / "issue.md").exists()


def test_the_command_of_an_issue_selects_what_failed_and_nothing_else() -> None:
    given = "make e2e PROVIDER=embedded FEATURE=shop TAGS='slow'"
    runs = [run(0, {"a/a[1]": RED, "a/a[2]": RED, "b/c": RED}, command=given)]
    assert "    make e2e PROVIDER=embedded FEATURE=a/a,b/c\n" in issue(judged(runs))
