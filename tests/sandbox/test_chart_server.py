"""The chart repository serves its packages twice: to everybody, and to whoever logs in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.charts.repository import ChartRepository
from sandbox.charts.serve import LOGIN, PACKAGES, ChartServer
from sandbox.processes.listening import EVERYBODY

KNOWN = ("reader", "right")


@pytest.fixture
def charts(tmp_path: Path) -> Iterator[ChartRepository]:
    (tmp_path / PACKAGES).mkdir()
    (tmp_path / PACKAGES / "index.yaml").write_text("entries: {}\n")
    (tmp_path / LOGIN).write_text(json.dumps(dict(zip(("user", "password"), KNOWN, strict=True))))
    with ChartServer(str(tmp_path), ("127.0.0.1", 0), EVERYBODY) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made = ChartRepository(tmp_path)
        host, port = server.server_address[:2]
        made.note(str(host), port)
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def get(url: str, login: tuple[str, str] | None = None) -> httpx.Response:
    with httpx.Client(timeout=60, trust_env=False) as client:
        return client.get(url, auth=login)


def test_everybody_gets_a_package_and_whoever_logs_in_gets_the_private_one(
    charts: ChartRepository,
) -> None:
    assert charts.login == KNOWN
    for url, login in ((charts.url, None), (charts.private_url, charts.login)):
        found = get(f"{url}/index.yaml", login)
        assert (found.status_code, found.text) == (200, "entries: {}\n")
    assert get(f"{charts.private_url}/none.tgz", charts.login).status_code == 404


@pytest.mark.parametrize("login", [None, ("reader", "wrong"), ("other", "right"), ("", "")])
@pytest.mark.parametrize("path", ["/index.yaml", "", "/", "/none.tgz", "//index.yaml"])
def test_nobody_else_gets_anything_private(
    charts: ChartRepository, path: str, login: tuple[str, str] | None
) -> None:
    found = get(f"{charts.private_url}{path}", login)
    assert (found.status_code, found.text) == (401, "")
    assert found.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("path", ["/login.json", "/../login.json", "/%2e%2e/login.json"])
def test_the_login_itself_is_served_to_nobody(charts: ChartRepository, path: str) -> None:
    for base in (charts.url, charts.private_url):
        assert get(f"{base}{path}", charts.login).status_code == 404
