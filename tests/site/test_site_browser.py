"""The site in a real browser: what a reader sees, with a mouse, a keyboard, or neither."""

import dataclasses
import os
from pathlib import Path

import pytest
import site_sample
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from site_links import faults

from conftest import PREFIX, ROOT, built
from report.evidence import Command, Commit
from report.site.site import Site

pytestmark = pytest.mark.browser

REAL = os.environ.get("PROOFBOOK_SITE", "")
"""A built site that is looked at as well: .ci/run names the one of its own run."""

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
SHOTS = ROOT / "build" / "screenshots"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def names(site):
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def visit_all(browser, site, address, host):
    """Open every page; returns console errors and requests that went to another host."""
    context = browser.new_context()
    page = context.new_page()
    wrong = []
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith((host, "data:", "blob:", "about:")) else wrong.append(r.url)
        ),
    )
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    for name in names(site):
        page.goto(f"{address}/{name}")
        if page.evaluate("typeof window.planted") != "undefined":
            wrong.append(f"{name} ran what a run planted")
    context.close()
    return wrong


def serious(page):
    """What axe calls serious or worse on the page that is open."""
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]} x{len(one['nodes'])} "
        f"{one['nodes'][0].get('failureSummary', '')[:300]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def keep_picture(page, name):
    """A picture of the whole page, for people to look at."""
    page.evaluate("window.scrollTo(0, 0)")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("kind", ["red", "green"])
def test_every_page_loads_under_a_sub_path(browser, address, kind, request):
    site = request.getfixturevalue(kind)
    assert len(names(site)) > 12
    assert not visit_all(browser, site, f"{address}/{kind}", address.split("/some")[0])


def test_every_page_loads_from_the_disk(browser, red):
    assert not visit_all(browser, red, f"file://{red}", "file://")


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


def test_a_failed_scenario_is_open_and_a_green_one_folded(page, red):
    page.goto(f"file://{red}/guide/add-service.html")
    failed = page.locator("#s-add-service--verify-shows-it-embedded")
    expect(failed).to_have_attribute("open", "")
    expect(failed.get_by_text("install retries exhausted")).to_be_visible()
    expect(page.locator("#s-add-service--whole-way-embedded .pb-body")).to_be_hidden()


def test_folded_evidence_opens_by_mouse_and_by_keyboard(page, red):
    page.goto(f"file://{red}/guide/add-service.html")
    scenario = page.locator("#s-add-service--whole-way-embedded")
    summary = scenario.locator("> summary")
    body = scenario.locator("> .pb-body")
    summary.click()
    expect(body).to_be_visible()
    summary.click()
    expect(body).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(body).to_be_visible()
    page.keyboard.press("Space")
    expect(body).to_be_hidden()


def test_a_link_to_folded_evidence_opens_it(page, red):
    page.goto(f"file://{red}/errata.html")
    page.get_by_role("link", name="Four levels up there is").click()
    expect(page.locator("#s-add-service--right-path-embedded > .pb-body")).to_be_visible()


@pytest.mark.parametrize("how", ["disk", "web"])
def test_search_finds_a_planted_word(page, red, address, how):
    page.goto(f"file://{red}/index.html" if how == "disk" else f"{address}/red/index.html")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("zanzibar")
    found = page.locator(".md-search-result__link", has_text="zanzibar")
    expect(found).to_contain_text("Look at the result")
    found.click()
    page.wait_for_url("**/guide/add-service.html**")


def test_a_pasted_message_leads_to_the_step_that_shows_it(page, red):
    page.goto(f"file://{red}/index.html")
    message = 'Error: accumulating resources: "x": evalsymlink failure: no such file (-1)'
    page.get_by_role("textbox", name="Search").click()
    page.evaluate(
        """said => {
          const data = new DataTransfer()
          data.setData("text", said)
          const event = { clipboardData: data, bubbles: true, cancelable: true }
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", event))
        }""",
        message,
    )
    # The erratum about it may stand beside; the step is among the first two pages.
    found = page.locator(".md-search-result__item").filter(has_text="Adding a service")
    step = found.locator("[href*='guide/add-service.html'][href*='#step-2']")
    expect(step).to_contain_text("Error: accumulating resources")
    items = page.locator(".md-search-result__item").all_inner_texts()
    assert any("Adding a service" in item for item in items[:2])


def test_on_paper_evidence_is_folded_and_links_are_spelt_out(page, red):
    page.goto(f"file://{red}/guide/add-service.html")
    failed = page.locator("#s-add-service--verify-shows-it-embedded")
    expect(failed.locator("> .pb-body")).to_be_visible()
    page.emulate_media(media="print")
    expect(failed.locator("> summary")).to_be_visible()
    expect(failed.locator("> .pb-body")).to_be_hidden()
    spelt = page.locator(".pb-next a").evaluate("one => getComputedStyle(one, '::after').content")
    assert "rotate-key.html" in spelt


def test_a_chapter_shows_its_first_sentence_on_the_first_screen_of_a_phone(browser, red):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"file://{red}/guide/add-service.html")
    box = page.locator(".pb-runs ~ p").first.bounding_box()
    context.close()
    assert box["y"] + box["height"] < 844


def test_the_filter_finds_a_word_and_a_state(page, red):
    page.goto(f"file://{red}/coverage.html")
    rows = page.locator("#table-units tbody tr:visible")
    expect(rows).to_have_count(9)
    tools = page.locator(".pb-tools[data-for=table-units]")
    tools.get_by_label("Filter units").fill("key rights")
    expect(rows).to_have_count(1)
    tools.get_by_label("Filter units").fill("")
    tools.get_by_label("State").select_option("failed")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("add-service/step-4")


def test_a_table_is_sorted_by_a_button(page, red):
    page.goto(f"file://{red}/coverage.html")
    page.locator("#table-units").get_by_role("button", name="unit").click()
    first = page.locator("#table-units tbody tr").first
    expect(first).to_contain_text("rotate-key/step-1")
    expect(page.locator("#table-units th[aria-sort=ascending]")).to_contain_text("unit")


def test_ages_are_told_in_words(page, red):
    page.goto(f"file://{red}/index.html")
    expect(page.locator(".pb-facts .pb-ago").first).to_contain_text("ago")


def test_without_a_script_everything_but_comfort_is_there(browser, red):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"file://{red}/index.html")
    expect(page.get_by_text("What broke")).to_be_visible()
    expect(page.locator(".pb-tools").first).to_be_hidden()
    page.get_by_role("link", name="The verification shows the release as Ready").click()
    summary = page.locator("#s-add-service--whole-way-embedded > summary")
    summary.click()
    expect(page.get_by_text("every Flux object is Ready").first).to_be_visible()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(16, 24, 29)"
    context.close()


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
