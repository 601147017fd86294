"""Every page in a real browser: it loads, runs nothing that was planted, fits, and is for all."""

import dataclasses

import pytest
import site_sample
from site_reader import PREFIX, SIZES, built, keep_picture, names, serious, visit_all

from report.evidence import Command, Commit
from report.site.site import Site

pytestmark = pytest.mark.browser

LOOKED_AT = {
    "home": ("red", "index.html"),
    "chapter-red": ("red", "guide/add-service.html"),
    "chapter-states": ("red", "guide/rotate-key.html"),
    "chapter-green": ("green", "guide/add-service.html"),
    "errata": ("red", "errata.html"),
    "coverage": ("red", "coverage.html"),
    "history": ("red", "history.html"),
    "run": ("red", "runs/r2.html"),
    "run-older": ("red", "runs/p006.html"),
    "run-evidence": ("red", "data/p006/evidence.html"),
    "try-it": ("red", "try-it.html"),
}


@pytest.mark.parametrize("kind", ["red", "green"])
def test_every_page_loads_under_a_sub_path(browser, address, kind, request):
    site = request.getfixturevalue(kind)
    assert len(names(site)) > 12
    assert not visit_all(browser, site, f"{address}/{kind}", address.split("/some")[0])


def test_every_page_loads_from_the_disk(browser, red):
    assert not visit_all(browser, red, f"file://{red}", "file://")


def test_what_a_run_plants_never_runs(browser, folder, address):
    script = "<script>window.planted = 1</script><img src=x onerror='window.planted = 1'>"

    def planted(root):
        results = site_sample.red(root)
        ran = Command(script, script, 1, script, f"```\n{script}\n\n{script}", 1.0)
        made = Commit("0" * 40, script, f"diff --git a/{script} b/{script}\n+{script}")
        scenarios = tuple(
            dataclasses.replace(
                one,
                name=one.name + script,
                error=script,
                status="failed",
                steps=tuple(
                    dataclasses.replace(step, commands=(ran,), commits=(made,))
                    for step in one.steps
                ),
            )
            for one in results.scenarios
        )
        run = dataclasses.replace(results.run, host=script, versions={script: script})
        return dataclasses.replace(results, run=run, scenarios=scenarios)

    site = built(folder, "planted", planted, past=1)
    assert not visit_all(browser, site, f"{address}/planted", address.split("/some")[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_reports_no_serious_violation(browser, request, name, scheme):
    kind, path = LOOKED_AT[name]
    site = request.getfixturevalue(kind)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"file://{site}/{path}")
    for folded in page.locator("details.pb-scenario:not([open]) > summary").all()[:3]:
        folded.click()
    found = serious(page)
    context.close()
    assert not found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", LOOKED_AT)
def test_pages_fit_their_screen_and_are_kept_as_pictures(browser, request, name, size):
    kind, path = LOOKED_AT[name]
    site = request.getfixturevalue(kind)
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"file://{site}/{path}")
    for folded in page.locator("details.pb-scenario:not([open]) > summary").all()[:1]:
        folded.click()
    wide = page.evaluate("document.documentElement.scrollWidth")
    keep_picture(page, f"{name}-{size}")
    context.close()
    assert wide <= width


def test_the_sub_path_is_one(address):
    assert address.endswith(PREFIX)
    assert Site.__doc__
