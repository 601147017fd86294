"""A browser and built sites: of a red run, of a green one, and of this repository's own guide."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

import claimed_results
import site_sample
from site_reader import PREFIX, built


def chromium():
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        # In a container Chromium runs as root and with a small /dev/shm.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        one = playwright.chromium.launch(executable_path=path, args=options)
        yield one
        one.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder that is served; the sites lie under a sub-path of it."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def red(folder):
    return built(folder, "red", site_sample.red)


@pytest.fixture(scope="session")
def green(folder):
    return built(folder, "green", site_sample.green, past=3)


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """The operational guide; its scenarios have seen what they claim."""
    return claimed_results.build(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="session")
def address(folder):
    """The address of the sub-path under which the sites are served."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{PREFIX}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    one = context.new_page()
    yield one
    context.close()
