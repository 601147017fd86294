"""The site in a real browser: what a reader does, with a mouse, a keyboard, or neither."""

from datetime import timedelta

import pytest
import site_sample
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAPER = {"width": 718, "height": 1000}
"""What a page of A4 leaves between its margins, in the pixels of a browser."""


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


def test_on_paper_evidence_is_folded_and_links_are_spelt_out(page, red):
    page.goto(f"file://{red}/guide/add-service.html")
    failed = page.locator("#s-add-service--verify-shows-it-embedded")
    expect(failed.locator("> .pb-body")).to_be_visible()
    page.emulate_media(media="print")
    expect(failed.locator("> summary")).to_be_visible()
    expect(failed.locator("> .pb-body")).to_be_hidden()
    spelt = page.locator(".pb-next a").evaluate("one => getComputedStyle(one, '::after').content")
    assert "rotate-key.html" in spelt


@pytest.mark.parametrize("name", ["index", "guide/add-service", "history", "coverage", "errata"])
def test_on_paper_nothing_is_cut_off(page, red, name):
    page.set_viewport_size(PAPER)
    page.goto(f"file://{red}/{name}.html")
    page.emulate_media(media="print")
    cut = page.locator(".md-content *").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map(one => one.outerHTML.slice(0, 200))"
    )
    assert cut == []


def test_on_paper_a_link_says_the_whole_address_that_it_has(page, red, address):
    page.goto(f"{address}/red/guide/add-service.html")
    page.emulate_media(media="print")
    spelt = page.locator(".pb-next a").evaluate("one => getComputedStyle(one, '::after').content")
    assert f"{address}/red/guide/rotate-key.html" in spelt


def test_a_chapter_says_its_state_in_one_line(page, red):
    page.clock.install(time=site_sample.END + timedelta(hours=6))
    page.goto(f"file://{red}/guide/add-service.html")
    said = page.locator(".pb-runs > summary")
    expect(said).to_contain_text("20 Nov 2026 (6 hours ago)")
    boxes = [one.bounding_box() for one in said.locator("> *").all()]
    assert len(boxes) == 4
    assert max(box["y"] for box in boxes) < min(box["y"] + box["height"] for box in boxes)


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


def test_a_change_is_copied_with_its_last_line_break(page, red):
    page.goto(f"file://{red}/index.html")
    page.evaluate(
        """() => document.body.insertAdjacentHTML("afterbegin", `
          <div class="language-diff highlight" id="change"><pre><code>@@ -1 +1 @@
<span>-a</span>
<span>+b</span>
</code></pre><button id="copy" data-clipboard-target="#change code">copy</button></div>`)"""
    )
    button = page.locator("#copy")
    button.click()
    # What the theme copies where it is given: a clipboard is not to be had without a screen.
    expect(button).to_have_attribute("data-clipboard-text", "@@ -1 +1 @@\n-a\n+b\n")
