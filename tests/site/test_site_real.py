"""The site of a run that took place, in a real browser."""

import os
from pathlib import Path

import pytest
from site_links import faults
from site_reader import SIZES, keep_picture, names, serious, visit_all

pytestmark = pytest.mark.browser

REAL = os.environ.get("PROOFBOOK_SITE", "")
"""A built site that is looked at as well: .ci/run names the one of its own run."""


@pytest.fixture(scope="session")
def real():
    """The site of a run that took place."""
    if not REAL:
        pytest.skip("PROOFBOOK_SITE names no site")
    return Path(REAL).resolve()


def test_every_page_of_the_real_site_loads(browser, real):
    assert not visit_all(browser, real, f"file://{real}", "file://")


def test_every_link_of_the_real_site_resolves(real):
    assert faults(real) == []


def test_the_pages_of_the_real_site_fit_a_phone_and_its_readers(browser, real):
    context = browser.new_context(viewport={"width": SIZES["phone"][0], "height": 844})
    page = context.new_page()
    wrong = []
    for name in [name for name in names(real) if not name.startswith(("data/", "runs/"))]:
        page.goto(f"file://{real}/{name}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"{name} is {wide} wide"] if wide > SIZES["phone"][0] else []
        wrong += [f"{name}: {fault}" for fault in serious(page)]
        keep_picture(page, f"real-{name.removesuffix('.html').replace('/', '-')}-phone")
    context.close()
    assert not wrong
