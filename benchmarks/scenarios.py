"""Seconds per scenario, the return to the baseline included, and two workers against one.

The sandboxes are up before anything is timed. PROVIDER= (embedded) and FEATURE= (every feature, or
some by commas) choose what is run; both workers and the one run the same scenarios.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from guide import Edition, shelf
from sandbox.lifecycle import up
from sandbox.sandbox import Sandbox
from steps import baseline_tree
from steps.book import layout

PROVIDER = os.environ.get("PROVIDER", "embedded")
FEATURES = os.environ.get("FEATURE", "namespaces,helm_repositories,git_authentication")
WORKERS = 2
NAME = "bench"


def main() -> None:
    """Run the scenarios with one worker and with two, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        book = shelf.find(os.environ.get("BOOK", ""))
        baseline_tree.write(book, Edition.read(book.edition), work / "seed")
        names = [NAME, *(f"{NAME}-{number}" for number in range(1, WORKERS + 1))]
        try:
            for each in names:
                up(each, provider=PROVIDER, layout=layout(book), seed=work / "seed").leave()
            one = run(work / "one", 1)
            two = run(work / "two", WORKERS)
        finally:
            for each in names:
                Sandbox(each).down()
    print(f"{WORKERS} workers {two:.1f} s, one {one:.1f} s: {one / two:.2f} times faster")


def run(build: Path, workers: int) -> float:
    """Run them in sandboxes that are up; the seconds of the whole."""
    words = [f"--book={os.environ.get('BOOK', '')}", f"--provider={PROVIDER}"]
    words += [f"--feature={FEATURES}", f"--workers={workers}"]
    words += [f"--sandbox-name={NAME}", "--keep", f"--build={build}"]
    subprocess.run([sys.executable, "-m", "steps", *words], check=True, stdout=subprocess.DEVNULL)
    results = json.loads((build / "results.json").read_text())
    ran = [each for each in results["scenarios"] if each["status"] == "passed"]
    wall = float(results["run"]["duration_s"])
    own = sum(each["duration_s"] for each in ran)
    each, back = workers * wall / len(ran), (workers * wall - own) / len(ran)
    print(
        f"{PROVIDER}, {workers} worker(s): {len(ran)} scenarios in {wall:.1f} s; "
        f"each {each:.1f} s, of these {back:.1f} s for the return to the baseline",
        flush=True,
    )
    return wall


if __name__ == "__main__":
    main()
