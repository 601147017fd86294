"""Built sites under a sub-path, and what the tests do with each page of them in a browser."""

from pathlib import Path

import site_sample
from axe_playwright_python.sync_playwright import Axe

from report.site.site import Site

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "some/sub/path"
"""Under which the sites are served."""
SHOTS = ROOT / "build" / "screenshots"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def built(folder, name, results, **more):
    site = Site(
        site_sample.build(folder / f"clone-{name}", results, **more), folder / PREFIX / name
    )
    site.build()
    return site.out


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
