"""A toolchain on a server: who may have it, what happens to a download that is cut."""

from __future__ import annotations

import json
import socket
import threading
from functools import partial
from pathlib import Path

import pytest
from archive_server import ArchiveServer
from packed_stores import SETS, other, refused

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import ensure
from sandbox.toolchain.modules import STORES
from sandbox.toolchain.shared import remote, taking
from sandbox.toolchain.shared.__main__ import main

TOKEN = "glpat-archive-0123456789"


def test_a_server_gives_the_archive_to_who_has_a_token(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"{server.url}/api/v4/projects/7/packages/generic/proofbook-toolchain"
    server.token = ("PRIVATE-TOKEN", TOKEN)
    said = refused(base, monkeypatch)
    assert "401" in said
    assert "PROOFBOOK_TOOLCHAIN_TOKEN" in said
    monkeypatch.setenv("PROOFBOOK_TOOLCHAIN_TOKEN", TOKEN)
    out = packed.parent
    monkeypatch.setenv("PROOFBOOK_CACHE", str(out.parent / "cache"))
    words = ["--sets", "stores", "--to", str(out), "--publish", base]
    monkeypatch.delenv(taking.PLACE)
    assert main(words) == 0
    assert main(words) == 0
    assert [method for method, *_ in server.asked].count("PUT") == 1
    monkeypatch.setenv("PROOFBOOK_CACHE", str(out.parent / "third"))
    monkeypatch.setenv(taking.PLACE, f"{base}/")
    ensure(SETS)
    assert other().record(STORES)["taken_from"] == f"{base}/"
    assert not other().work.exists()


def test_a_job_of_gitlab_logs_in_as_a_job(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_TOOLCHAIN_TOKEN", TOKEN)
    monkeypatch.setenv("CI_JOB_TOKEN", TOKEN)
    server.token = ("JOB-TOKEN", TOKEN)
    path = f"/api/v4/{packed.name}"
    server.files[path] = packed.read_bytes()
    monkeypatch.setenv(taking.PLACE, server.url + path)
    ensure(SETS)
    assert "taken_from" in other().record(STORES)


def test_the_token_is_not_sent_where_the_server_redirects_to(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_TOOLCHAIN_TOKEN", TOKEN)
    with ArchiveServer.running() as store:
        store.files[f"/{packed.name}"] = packed.read_bytes()
        server.token = ("Authorization", f"Bearer {TOKEN}")
        server.elsewhere = store.url
        monkeypatch.setenv(taking.PLACE, f"{server.url}/{packed.name}")
        ensure(SETS)
        assert store.asked
        assert TOKEN not in json.dumps(store.asked)
    assert "taken_from" in other().record(STORES)


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_a_download_that_is_cut_goes_on(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch, validator: str
) -> None:
    server.validator = validator
    content = packed.read_bytes()
    server.files[f"/{packed.name}"] = content
    server.cuts = [len(content) // 3, len(content) // 3]
    monkeypatch.setenv(taking.PLACE, f"{server.url}/{packed.name}")
    told: list[str] = []
    ensure(SETS, on_progress=lambda progress: told.append(progress.what))
    ranges = [headers.get("range") for method, _, headers in server.asked if method == "GET"]
    third = len(content) // 3
    assert ranges == [None, f"bytes={third}-", f"bytes={2 * third}-"]
    assert sum("going on with the download" in each for each in told) == 2
    assert "taken_from" in other().record(STORES)


def test_a_download_that_nothing_is_known_of_begins_anew(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.validator = ""
    server.files[f"/{packed.name}"] = packed.read_bytes()
    server.cuts = [9, 7]
    said = refused(f"{server.url}/{packed.name}", monkeypatch)
    assert "run it again: it begins anew, for the server gives the file neither" in said
    ensure(SETS)
    assert not any("range" in headers for _, _, headers in server.asked)
    assert "taken_from" in other().record(STORES)


def test_a_file_that_changed_since_it_was_cut_is_fetched_from_its_beginning(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed.read_bytes()
    path = f"/{packed.name}"
    server.files[path] = b"an older one" + content
    server.cuts = [5, 0]
    assert "was cut after 5 bytes" in refused(server.url + path, monkeypatch)
    server.files[path] = content
    ensure(SETS)
    assert "taken_from" in other().record(STORES)


def test_a_server_that_is_not_there_is_one_line(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused("http://user:hidden-word@127.0.0.1:9/", monkeypatch)
    assert "cannot be reached" in said
    assert "hidden-word" not in said
    assert "\n" not in said


def test_what_nobody_could_take_is_not_published(
    packed: Path, cache: Path, digests: Path, server: ArchiveServer,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PROOFBOOK_CACHE", str(cache.parent))
    digests.unlink()
    words = ["--sets", "stores", "--to", str(packed.parent)]
    assert main([*words, "--publish", server.url]) == 3
    assert "ACCEPT=1" in capsys.readouterr().err
    assert not server.asked
    assert main(words) == 0
    assert "nobody can take it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://", "tar.zst names no server"),
        ("https://:8080/toolchain", "tar.zst names no server"),
        ("http://[::1/toolchain", "tar.zst is no address: "),
        ("http://user:hidden-word@[::1/toolchain", "tar.zst is no address"),
        ("http://user:hidden/hidden-word@host/toolchain", "//host/toolchain"),
        ("http://user:of@hidden-word@host:bad/toolchain", "//host:bad/toolchain"),
    ],
)
def test_an_address_that_is_none_is_bad_input(
    packed: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    told = refused(address, monkeypatch)
    assert told.startswith("toolchain: http")
    assert said in told
    assert "hidden-word" not in told
    with pytest.raises(UsageError):
        remote.exists(address)


@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_a_server_that_hangs_up_is_one_line(packed: Path, method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/archive"
        thread = threading.Thread(target=_hang_up, args=(server, method))
        thread.start()
        ask = partial(remote.exists if method == "HEAD" else partial(remote.publish, packed), url)
        with pytest.raises(SandboxError) as caught:
            ask()
        thread.join()
    assert str(caught.value).startswith(f"toolchain: {url} gives no answer: ")
    assert str(caught.value).count("\n") == 0


def _hang_up(server: socket.socket, method: str) -> None:
    """Answer what comes before this method, and end the connection where it comes."""
    while True:
        connection, _ = server.accept()
        with connection:
            if connection.recv(1 << 16).decode(errors="replace").startswith(method):
                return
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
