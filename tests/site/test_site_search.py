"""The search of the site in a real browser: a message leads to the step that explains it."""

import re

import pytest
from messages import MESSAGES
from playwright.sync_api import expect
from site_reader import keep_picture

pytestmark = pytest.mark.browser


def paste(page, said):
    """Copy the text elsewhere on the page and paste it into the search, as a reader does."""
    page.evaluate(
        """said => {
          const from = document.createElement("textarea")
          document.body.append(from)
          from.value = said
          from.select()
          document.execCommand("copy")
          from.remove()
        }""",
        said,
    )
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.press("Control+V")


def write(page, said):
    """Type the text on one line; what comes before its end is asked for at once."""
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.insert_text(" ".join(said[:-1].split("\n")))
    page.keyboard.type(said[-1])


def first(page):
    """The link to the section that stands first: below the title of its page."""
    links = page.locator(".md-search-result__item").first.locator(".md-search-result__link")
    return links.nth(1)


@pytest.mark.parametrize("how", ["disk", "web"])
def test_search_finds_a_planted_word(page, red, address, how):
    page.goto(f"file://{red}/index.html" if how == "disk" else f"{address}/red/index.html")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("zanzibar")
    found = page.locator(".md-search-result__link", has_text="zanzibar")
    expect(found).to_contain_text("Look at the result")
    found.click()
    page.wait_for_url("**/guide/add-service.html**")


@pytest.mark.parametrize("way", [write, paste], ids=["typed", "pasted"])
def test_a_message_leads_first_to_the_section_that_explains_it(page, told, way):
    page.goto(f"file://{told}/index.html")
    wrong = {}
    for said, sections in MESSAGES.items():
        page.get_by_role("textbox", name="Search").fill("")
        expect(page.locator(".md-search-result__item")).to_have_count(0)
        way(page, said)
        # What the beginning of the message found may stand there until the whole is asked for.
        wanted = "|".join(
            f"{re.escape(place)}.*#{re.escape(ident)}$"
            for place, ident in (section.split("#") for section in sections)
        )
        found = first(page)
        try:
            expect(found).to_have_attribute("href", re.compile(wanted), timeout=15_000)
        except AssertionError:
            wrong[said] = [link.get_attribute("href") for link in found.all()]
    assert not wrong, f"{len(wrong)} of {len(MESSAGES)}"


def test_signs_are_no_rules_of_the_search_and_stay_as_they_were_written(page, red):
    page.goto(f"file://{red}/index.html")
    said = '✗ accumulating resources: "x": evalsymlink^2 -- ~failure +such title:kube-system'
    write(page, said)
    expect(page.get_by_role("textbox", name="Search")).to_have_value(said)
    step = page.locator(".md-search-result__item [href*='guide/add-service.html'][href*='#step-2']")
    expect(step).to_contain_text("Error: accumulating resources")


def test_a_beginning_of_a_word_finds_it(page, red):
    page.goto(f"file://{red}/index.html")
    write(page, "zanzi")
    expect(page.locator(".md-search-result__link", has_text="zanzibar").first).to_be_visible()


def test_what_a_search_finds_can_be_read_on_a_phone(browser, told):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"file://{told}/index.html")
    page.locator(".md-header [for=__search]").first.click()
    write(
        page,
        "substitute from 'ConfigMap/cluster-vars' error: configmaps \"cluster-vars\" not found",
    )
    found = ".md-search-result__link[href*='#substitute-from']"
    expect(page.locator(found).first).to_be_in_viewport()
    # The search slides in from the side, and parts of a pixel are no matter to a reader: until
    # it stands, what it found is measured again.
    page.wait_for_function(
        """found => {
          const box = document.querySelector(found)?.getBoundingClientRect()
          return (
            box?.width > 0 &&
            document.documentElement.scrollWidth <= innerWidth &&
            Math.round(box.left) >= 0 && Math.round(box.right) <= innerWidth
          )
        }""",
        arg=found,
    )
    keep_picture(page, "search-phone")
    context.close()
