"""The inbox keeps what is sent to it, whole, and from peers only."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.inbox.inbox import RECEIVED, Inbox
from sandbox.inbox.serve import MAX_BODY, inbox_server
from sandbox.processes.listening import Peers


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    file = tmp_path / RECEIVED
    with inbox_server(str(file), ("127.0.0.1", 0), Peers.of(["127.0.0.0/30"])) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host, port = server.server_address[:2]
        made = Inbox(tmp_path)
        made.note(str(host), port)
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def port_of(inbox: Inbox) -> int:
    return int(inbox.url.rpartition(":")[2])


def post(inbox: Inbox, path: str, body: bytes, **headers: str) -> bytes:
    asked = urllib.request.Request(inbox.url + path, data=body, headers=headers, method="POST")
    with urllib.request.urlopen(asked, timeout=30) as answer:
        read: bytes = answer.read()
        return read


def test_a_message_is_kept_as_it_was_sent_and_answered_as_a_chat_service_does(
    inbox: Inbox,
) -> None:
    said = post(inbox, "/api/post?x=1", '{"text": "ü\\n2"}'.encode(), Authorization="Bearer word")
    assert json.loads(said) == {"ok": True}
    post(inbox, "/other", b"no json")
    first, second = inbox.messages()
    assert (first.path, first.headers["authorization"]) == ("/api/post?x=1", "Bearer word")
    assert first.payload == {"text": "ü\n2"}
    assert (second.path, second.body, second.payload) == ("/other", "no json", None)
    assert (first.text, second.text) == ("text: ü\n2", "no json")
    assert str(second) == "POST /other no json"
    assert first.at <= second.at


def test_a_payload_is_read_line_by_line(inbox: Inbox) -> None:
    post(inbox, "/", b'{"color": "good", "fields": [{"title": "env", "value": 3}], "none": null}')
    assert inbox.messages()[0].text == "color: good\ntitle: env\nvalue: 3"


def test_an_emptied_inbox_takes_further_messages(inbox: Inbox) -> None:
    post(inbox, "/a", b"1")
    inbox.empty()
    assert inbox.messages() == []
    post(inbox, "/b", b"2")
    assert [each.path for each in inbox.messages()] == ["/b"]


def test_messages_that_come_at_once_do_not_mix(inbox: Inbox) -> None:
    body = b"x" * 100_000
    threads = [
        threading.Thread(target=post, args=(inbox, f"/{number}", body)) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.path for each in inbox.messages()) == [f"/{number}" for number in range(8)]
    assert {each.body for each in inbox.messages()} == {body.decode()}


def test_what_is_no_whole_message_is_not_kept(inbox: Inbox) -> None:
    with pytest.raises(urllib.error.HTTPError, match="501"):
        urllib.request.urlopen(inbox.url, timeout=30)
    for length, status in (("none", b" 411 "), (str(MAX_BODY + 1), b" 413 "), ("", b" 411 ")):
        with socket.create_connection(("127.0.0.1", port_of(inbox)), timeout=30) as link:
            link.sendall(b"POST / HTTP/1.0\r\nContent-Length: " + length.encode() + b"\r\n\r\n")
            assert status in link.makefile("rb").readline()
    with socket.create_connection(("127.0.0.1", port_of(inbox)), timeout=30) as link:
        link.sendall(b"POST / HTTP/1.0\r\nContent-Length: 9\r\n\r\nhalf")
        link.shutdown(socket.SHUT_WR)
        assert link.makefile("rb").read() == b""
    assert inbox.messages() == []


def test_a_stranger_is_not_heard(inbox: Inbox) -> None:
    with (
        pytest.raises(ConnectionResetError),  # while it connects, or after that
        socket.create_connection(
            ("127.0.0.1", port_of(inbox)), timeout=30, source_address=("127.0.9.9", 0)
        ) as stranger,
    ):
        stranger.recv(1)
    assert inbox.messages() == []
