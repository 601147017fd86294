"""Seconds that the site takes for 60 scenarios and many stored runs, and what its home weighs.

Reach: Markdown for 365 runs in 2 s, the whole of it in 6 s, home page 150 KiB or less without
fonts and theme, and growth with stored runs linear or better up to 2,000.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "report")]

import site_sample as sample  # noqa: E402

from report.archive import Archive  # noqa: E402
from report.history import KEPT_RUNS, PastRun  # noqa: E402
from report.known.inputs import Inputs  # noqa: E402
from report.results import Command  # noqa: E402
from report.site.site import Site  # noqa: E402

CHAPTERS, STEPS = 10, 6
RUNS = (90, 365, 2000)
JUNIT = "<testsuites>" + "<testcase name='a scenario of the guide' time='12.5'/>" * 600
LOG = "2026-11-20T03:12:40Z info kustomization: server-side apply completed for {n}\n"


def write_chapter(root: Path, number: int) -> None:
    """A chapter of six steps, each with a block and a scenario."""
    page = [f"# Chapter {number}\n\nWhat chapter {number} is for.\n"]
    feature = [f"Feature: Chapter {number}\n"]
    for step in range(1, STEPS + 1):
        name = f"c{number}-s{step}"
        page.append(
            f"## Step {step}: Do the thing {'{ '}#step-{step} {'}'}\n\n"
            f"{'Some words about why this is done. ' * 6}\n\n"
            f'``` {{ .yaml #{name} title="fleet/{name}.yaml" }}\nkind: ConfigMap\nmetadata:\n'
            f"  name: {name}\ndata:\n  a: b\n```\n"
        )
        feature.append(
            f"  @id:step-{step} @unit:chapter-{number}/step-{step}\n"
            f"  Scenario: Step {step} of chapter {number} does what it says\n"
            f"    Given a sandbox at the baseline\n"
            f'    When the engineer writes block "{name}"\n'
            f"    And the engineer commits and pushes\n"
            f"    Then every Flux object is Ready at the pushed commit\n"
        )
    (root / "docs" / "guide" / f"chapter-{number}.md").write_text("\n".join(page))
    (root / "features" / f"chapter_{number}.feature").write_text("\n".join(feature))


def write_book(root: Path) -> None:
    """The book of these chapters."""
    pages = "".join(f"  - chapter-{number}\n" for number in range(1, CHAPTERS + 1))
    file = root / "books" / "operational" / "book.yaml"
    text = file.read_text().replace("  - add-service\n  - rotate-key\n", pages)
    file.write_text(text)


def inputs(folder: Path, runs: int) -> Inputs:
    """A clone with 60 scenarios, evidence of a usual size, and a history of `runs` runs."""
    root = sample.clone(folder)
    for path in [*root.glob("docs/guide/*.md"), *root.glob("features/*.feature")]:
        path.unlink()
    for path in root.glob("books/operational/errata/*.yaml"):
        path.unlink()
    for number in range(1, CHAPTERS + 1):
        write_chapter(root, number)
    write_book(root)
    results = sample.green(root)
    log = "".join(LOG.format(n=n) for n in range(40))
    scenarios = tuple(
        dataclasses.replace(
            one,
            steps=tuple(
                dataclasses.replace(
                    step,
                    commands=tuple(
                        Command(f"flux get all -A --step {n}", "flux-config", 0, log, "", 0.4)
                        for n in range(2)
                    ),
                )
                for step in one.steps
            ),
        )
        for one in results.scenarios
    )
    results = dataclasses.replace(results, scenarios=scenarios)
    build = root / "build"
    results.write(build / "results.json")
    (build / "junit.xml").write_text(JUNIT)
    history = build / "history"
    lines = []
    for number in range(runs):
        at = sample.END - timedelta(days=runs - number)
        run = dataclasses.replace(
            results.run, id=f"p{number:05d}", started=sample.stamp(at), finished=sample.stamp(at)
        )
        one = dataclasses.replace(results, run=run)
        if number % 17 == 3:
            name = f"chapter_{number % CHAPTERS + 1}/step-2"
            one = sample.change(one, name, lambda it: dataclasses.replace(it, status="failed"))
        if runs - number <= KEPT_RUNS:
            Archive(history).add(one, build)
        else:
            lines.append(PastRun.of(one).line() + "\n")
    path = history / "runs.jsonl"
    path.write_text("".join(lines) + path.read_text())
    return sample.inputs(root, build / "results.json", history)


def weight(out: Path) -> dict[str, int]:
    """Bytes of the home page and of what of ours it loads."""
    names = ("index.html", "assets/site.css", "assets/site.js", "assets/iframe-worker.js")
    names += ("assets/logo.svg", "assets/favicon.svg", "search/search_index.json")
    return {name: (out / name).stat().st_size for name in names}


def mib(folder: Path) -> int:
    """What a folder holds."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) >> 20


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        for runs in RUNS:
            folder = Path(name) / str(runs)
            site = Site(inputs(folder / "clone", runs), folder / "site")
            began = time.perf_counter()
            Archive(site.inputs.history).tidy()
            kept = time.perf_counter() - began
            began = time.perf_counter()
            site.write()
            wrote = time.perf_counter() - began
            began = time.perf_counter()
            site.build()
            built = time.perf_counter() - began
            history = site.inputs.history
            pages = len(list(site.out.rglob("*.html")))
            print(
                f"60 scenarios, {runs} stored runs: Markdown {wrote:.2f} s, "
                f"whole site {built:.2f} s ({pages} pages, {mib(site.out)} MiB); the evidence of "
                f"{min(runs, KEPT_RUNS)} runs as pages {kept:.2f} s, {mib(history)} MiB of history"
            )
        found = weight(site.out)
        print(f"home page {sum(found.values()) / 1024:.0f} KiB: {found}")


if __name__ == "__main__":
    main()
