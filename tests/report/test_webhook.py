"""The webhook: what a receiver gets, and what becomes of what it does not take."""

import json
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from small_history import OPENS, One, command, keep, run

from report import masking
from report.__main__ import main
from report.regression.forms import FORMS
from report.regression.messages import Message
from report.regression.outbox import REFUSED
from report.regression.webhook import Webhook

RED: One = {"status": "failed"}


@pytest.fixture(autouse=True)
def _no_secret_stays() -> Iterator[None]:
    yield
    masking.forget()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    keep(tmp_path, run(0, {OPENS: "passed"}), run(1, {OPENS: RED}))
    return tmp_path


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
    for name in ("HTTP_PROXY", "ALL_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.got.append(json.loads(body))  # type: ignore[attr-defined]
            self.send_response(server.answer)  # type: ignore[attr-defined]
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_CONNECT(self) -> None:
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


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
def test_a_receiver_behind_a_proxy_is_reached_by_it(
    *, book: Path, receiver: Any, name: str, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.1:{receiver.server_port}")
    monkeypatch.setenv("WEBHOOK", "http://hooks.invalid/s3cr3t-part")
    assert main(command(book)) == 1
    assert "webhook: 1 of 1 messages sent" in capsys.readouterr().out
    assert [one["kind"] for one in receiver.got] == ["new failure"]


def test_a_proxy_that_refuses_is_asked_again_by_the_next_run(
    *, book: Path, receiver: Any, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:pa55w0rd@127.0.0.1:{receiver.server_port}")
    monkeypatch.setenv("WEBHOOK", "https://hooks.invalid/s3cr3t-part")
    receiver.answer = 407
    assert main(command(book)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "the webhook did not take a message: ProxyError: 407" in line
    assert "the next run sends it" in line
    assert "pa55w0rd" not in line


@pytest.mark.parametrize("proxy", ["ftp://me:pa55w0rd@host", "http://me:pa55w0rd@host:port"])
def test_a_proxy_that_is_none_is_one_line(
    *, book: Path, receiver: Any, proxy: str, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    assert main(command(book)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "Cure: correct HTTPS_PROXY" in line
    assert "pa55w0rd" not in line
    assert not receiver.got


@pytest.mark.parametrize("status", [400, 406, 409, 413, 415, 422])
def test_a_refusal_for_good_is_told_once_and_what_comes_after_it_is_sent(
    *, book: Path, receiver: Any, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    cure = "WEBHOOK_FORM is json; try slack or teams"
    receiver.answer = status
    assert main(command(book)) == 1
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert line.startswith(f'the webhook refused "New failure in shop, embedded: {OPENS}" for good')
    assert f"it answered {status}; it is kept in {book / 'history' / REFUSED}. Cure: {cure}" in line
    assert "webhook: 0 of 1 messages sent" in told.out
    receiver.answer, receiver.got[:] = 200, []
    keep(book, run(2, {OPENS: "passed"}))
    assert main(command(book)) == 0
    assert capsys.readouterr().err == ""
    assert [one["kind"] for one in receiver.got] == ["recovery"]


@pytest.mark.parametrize("status", [302, 308, 407, 408, 425, 429, 500, 501, 503])
def test_a_receiver_that_may_take_it_later_is_asked_again(
    *, book: Path, receiver: Any, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answer = status
    main(command(book))
    err = capsys.readouterr().err
    assert f"it answered {status}; the next run sends it" in err
    assert ("Cure: give WEBHOOK the address" in err) is (status < 400)
    assert not (book / "history" / REFUSED).exists()
    receiver.answer, receiver.got[:] = 200, []
    main(command(book))
    assert [one["kind"] for one in receiver.got] == ["new failure"]


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410, 418, 451])
def test_with_a_wrong_address_all_waits_until_it_is_the_right_one(
    *,
    book: Path,
    receiver: Any,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = os.environ["WEBHOOK"]
    monkeypatch.setenv("WEBHOOK", f"{right}-of-before")
    receiver.answer = status
    assert main(command(book)) == 1
    keep(book, run(2, {OPENS: "passed"}))
    assert main(command(book)) == 0
    lines = capsys.readouterr().err.splitlines()
    said = (
        f"the webhook did not take a message: it answered {status}; the next run sends it. Cure: "
    )
    assert lines == [f"{said}give WEBHOOK the address that the receiver has now"] * 2
    assert not (book / "history" / REFUSED).exists()
    monkeypatch.setenv("WEBHOOK", right)
    receiver.answer, receiver.got[:] = 200, []
    main(command(book))
    assert [one["kind"] for one in receiver.got] == ["new failure", "recovery"]


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
