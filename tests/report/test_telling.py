"""Issue file and webhook: what people are told, once each."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from small_history import CLOSES, OPENS, One, command, judged, run

from report import masking
from report.__main__ import main
from report.errors import ReportError
from report.history import PastRun
from report.regression.forms import FORMS
from report.regression.issue import issue
from report.regression.messages import Message
from report.regression.outbox import NAME, Outbox
from report.regression.webhook import Webhook

RED: One = {"status": "failed"}


@pytest.fixture(autouse=True)
def _no_secret_stays() -> Iterator[None]:
    yield
    masking.forget()


class Team:
    """Nights, and what a webhook is told of them. `down`: its receiver takes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[PastRun] = []
        self.got: list[Message] = []
        self.down = False

    def night(self, scenarios: Mapping[str, One], **more: Any) -> list[str]:
        self.runs.append(run(len(self.runs), scenarios, **more))
        return self.tell()

    def tell(self) -> list[str]:
        count = len(self.got)
        with Outbox.opened(self.folder) as outbox:
            outbox.take(judged(self.runs))
            outbox.send(self.take)
        return [f"{one.kind}: {', '.join(one.scenarios)}" for one in self.got[count:]]

    def take(self, message: Message) -> str:
        if self.down:
            return "down"
        self.got.append(message)
        return ""


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
    assert team.night({"shop/opened": RED}) == ["recovery: shop/closes"]
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
    answers = iter([""])

    def send(_message: Message) -> str:
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


LONG = Message(
    *("id1", "new failure", "a <cell> & more", "run-1", "2026-11-28T01:00:00Z"),
    title="New failure in a <cell> & more: 3 scenarios",
    lines=tuple(f"line {n} <of> words & more ä \U0001f600 words" for n in range(2000)),
    scenarios=("shop/opens",),
)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_fits_what_its_receiver_takes(form: str) -> None:
    data = FORMS[form](LONG)
    text = json.dumps(data)
    assert "shop/opens" in text or "3 scenarios" in text
    if form == "json":
        assert (data["schema"], data["kind"], data["run"]) == (1, "new failure", "run-1")
    if form == "slack":
        assert all(len(block["text"]["text"]) <= 3000 for block in data["blocks"])
        assert "a &lt;cell&gt; &amp; more" in data["text"]
        assert "more lines in the report" in text
    if form == "teams":
        assert len(text.encode()) <= 28 * 1024
        (card,) = data["attachments"]
        assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
        first, *rest = card["content"]["body"]
        assert first["text"] == LONG.title
        assert "more lines in the report" in rest[-1]["text"]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    """A server on loopback that keeps what it gets; `answer` is what it answers."""
    for name in ("HTTP_PROXY", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.got.append(json.loads(body))  # type: ignore[attr-defined]
            self.send_response(server.answer)  # type: ignore[attr-defined]
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answer = [], 200  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/hooks/s3cr3t-part"
    monkeypatch.setenv("WEBHOOK", address)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    keep(tmp_path, run(0, {OPENS: "passed"}), run(1, {OPENS: RED}))
    return tmp_path


def keep(folder: Path, *runs: PastRun) -> None:
    (folder / "history").mkdir(exist_ok=True)
    with (folder / "history" / "runs.jsonl").open("a") as file:
        file.write("".join(one.line() + "\n" for one in runs))


def test_the_webhook_gets_what_changed_and_what_it_did_not_take_later(
    book: Path, receiver: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answer = 503
    assert main(command(book)) == 1
    told = capsys.readouterr()
    assert "webhook: 0 of 1 messages sent" in told.out
    assert "it answered 503; the next run sends it" in told.err
    receiver.answer, receiver.got[:] = 204, []
    assert main(command(book)) == 1
    assert main(command(book)) == 1
    (message,) = receiver.got
    assert (message["kind"], message["scenarios"]) == ("new failure", [OPENS])
    assert "it broke" in message["lines"][0]
    keep(book, run(2, {OPENS: "passed"}))
    monkeypatch.setenv("WEBHOOK_FORM", "slack")
    assert main(command(book)) == 0
    assert receiver.got[1]["text"] == f"Recovery in shop, embedded: {OPENS}"


def test_a_secret_is_not_told_and_the_address_is_not_shown(
    book: Path, receiver: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    leak: One = {"status": "failed", "reason": "no access with glpat-abcdefghijklmnop"}
    keep(book, run(2, {OPENS: "passed"}), run(3, {OPENS: leak}))
    receiver.answer = 500
    main(command(book))
    receiver.shutdown()
    receiver.server_close()
    main(command(book))
    said = capsys.readouterr()
    files = "".join(path.read_text() for path in book.rglob("*") if path.suffix in (".json", ".md"))
    assert "the webhook did not take a message: ConnectError" in said.err
    for text in (said.out, said.err, files, json.dumps(receiver.got)):
        assert "abcdefghijklmnop" not in text
        assert "s3cr3t-part" not in text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEBHOOK", "hooks.example.org/s3cr3t", "WEBHOOK is no address of a web server"),
        ("WEBHOOK", "ftp://example.org/s3cr3t", "WEBHOOK is no address of a web server"),
        ("WEBHOOK", "https://", "WEBHOOK is no address of a web server"),
        ("WEBHOOK", "http://[::1/s3cr3t", "WEBHOOK is no address of a web server"),
        ("WEBHOOK_FORM", "slak", 'WEBHOOK_FORM cannot be "slak". Cure: did you mean slack?'),
    ],
)
def test_a_webhook_that_is_none_is_one_line_and_2_and_nothing_is_written(
    *, book: Path, name: str, value: str, said: str, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setenv(name, value)
    assert main(command(book)) == 2
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert err.count("\n") == 1
    assert "s3cr3t" not in err
    assert not (book / "regression.json").exists()


def test_no_webhook_is_none() -> None:
    assert Webhook.of({}) is None
    assert Webhook.of({"WEBHOOK": " "}) is None


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
