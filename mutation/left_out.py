"""`python -m mutation.left_out`: is what SINCE leaves out really untouched?

Seeded faults are put into the edition, and `SINCE=` is asked for each which scenarios it takes.
Then every scenario is run for real, once, with all the faults for which it would have been left
out: it must pass as it does without them.

Exit codes: 0 every one does; 1 one does not; 2 wrong use or bad input; 3 it is not known of one:
its sandbox fell apart, or it does not pass without them either; 130 interrupted, cleaned up.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from guide import Book, GuideError, shelf, unread
from guide.ending import DONE, FAILED, NO_SANDBOX
from guide.errors import BadInput, near
from guide.mutant import Mutant
from guide.writable import writable
from mutation import together
from mutation.bench import Bench
from mutation.command_line import ended, number, number_of_workers
from mutation.controls import CONTROL_PATIENCE_S
from mutation.outcome import Ended, Outcome
from mutation.plan import Plan
from mutation.together import Together
from mutation.verdict import rewritten
from mutation.work import Place, edition_of, work_off
from sandbox.lifecycle import sweep
from sandbox.providers.choice import toolchain_sets
from sandbox.toolchain import ensure

_SAYS_NOTHING = (Ended.BROKEN, Ended.REFUSED)
"""The sandbox fell apart, or the run did not begin."""


def taken(book: Book, faults: Sequence[Mutant]) -> Iterator[frozenset[str]]:
    """For each fault the scenarios that SINCE takes, asked in a clone with that fault alone.

    The clone is of what is committed: the pages must be. Raises GuideError where they are not.
    """
    with _clone_of(book) as clone:
        there = Book.read(clone / book.file.parent.resolve().relative_to(shelf.ROOT.resolve()))
        if pages_of(there) != pages_of(book):
            what = "pages are not as they were committed, and SINCE is asked about a clone"
            raise GuideError(what, file=book.edition, cure="commit them")
        for fault in faults:
            page = there.edition / fault.page
            true = page.read_bytes()
            page.write_text(fault.page_text, encoding="utf-8")
            yield _since(clone, there)
            page.write_bytes(true)


def _since(clone: Path, book: Book) -> frozenset[str]:
    """The scenarios that `make e2e SINCE=HEAD` takes in a clone."""
    line = [sys.executable, "-m", "steps.since", f"--book={book.file.parent.resolve()}", "HEAD"]
    env = {**os.environ, "PYTHONPATH": str(clone)}
    done = subprocess.run(line, cwd=clone, env=env, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise GuideError(f"SINCE cannot be asked: {done.stderr.strip()}", file=book.file)
    return frozenset(filter(None, done.stdout.strip().split(",")))


@contextmanager
def _clone_of(book: Book) -> Iterator[Path]:
    root = shelf.ROOT.resolve()
    if not book.file.resolve().is_relative_to(root):
        what = "the book lies elsewhere: only one of this clone is asked about"
        raise GuideError(what, file=book.file, cure="BOOK= with the name of a book in books/")
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        words = ["git", "clone", "--quiet", "--local", str(root), str(clone)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise GuideError(f"no clone of it can be made: {done.stderr.strip()}", file=root)
        yield clone.resolve()


def pages_of(book: Book) -> dict[str, str]:
    """The pages of the book's edition, by file name."""
    return {each.name: each.read_text(encoding="utf-8") for each in book.edition.glob("*.md")}


class Trial:
    """Runs what would have been left out, and keeps what did not pass."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._true = pages_of(plan.book)
        self.passed: list[tuple[Together, Outcome]] = []
        self.touched: list[tuple[Together, Outcome]] = []
        """With the faults they fail, and without one they pass."""
        self.unknown: list[tuple[Together, Outcome]] = []
        """They say nothing: they do not pass without any fault either."""

    def do(self, job: Together, bench: Place) -> None:
        """Run scenarios with their faults; one that fails is held against the true pages."""
        pages = together.pages(self._true, job.faults)
        edition = rewritten(self._plan.book.edition, edition_of(bench), pages)
        for done in bench.run_all(edition, job.scenarios, CONTROL_PATIENCE_S):
            said = "passes"
            if done.ended is Ended.PASSED:
                self.passed.append((job, done))
            elif done.ended is Ended.STOPPED:
                said = "was interrupted"
            elif self._fails(done, bench):
                self.touched.append((job, done))
                said = f"FAILS, and not without them: {done.line}"
            else:
                self.unknown.append((job, done))
                said = f"is not known: {done.ended}: {done.line}"
            print(f"[{bench.name}] {done.scenario}, faults {len(job.faults)}: {said}", flush=True)

    def _fails(self, done: Outcome, bench: Place) -> bool:
        """Whether it is the faults that a scenario does not pass with."""
        if done.ended in _SAYS_NOTHING:
            return False
        true = bench.run(self._plan.edition, done.scenario, CONTROL_PATIENCE_S)
        return true.ended is Ended.PASSED

    def code(self, asked: int) -> int:
        """How it went, of so many scenarios that were to be run."""
        if self.touched:
            return FAILED
        return DONE if len(self.passed) == asked else NO_SANDBOX


def run(arguments: argparse.Namespace) -> int:
    """Do it; the exit code."""
    wanted = number("--count", arguments.count, 1, 10**6)
    seed = number("--seed", arguments.seed, 0, 10**9)
    sandboxes = number_of_workers("--workers", arguments.workers)
    book = shelf.find(arguments.book)
    build = writable(arguments.build or book.build()) / "left-out"
    plan = Plan.of(book, seed=seed, count=wanted, wordings=0, only=())
    named = _named(plan, arguments.only)
    faults = together.apart(plan.known, pages_of(book), wanted)
    asked = dict(zip(faults, taken(book, faults), strict=True))
    jobs = together.runs(asked, named)
    if not jobs:
        what = "SINCE takes each of these scenarios for each of the faults: nothing is left out"
        raise BadInput(what, cure="ask for more of them")
    ensure(toolchain_sets("embedded", book.settings.extras))
    for line in sweep():
        print(line, flush=True)
    for fault, those in asked.items():
        print(f"SINCE takes {len(those)} for {fault.id}: {fault.what}", flush=True)
    scenarios = sum(len(each.scenarios) for each in jobs)
    pairs = sum(len(each.scenarios) * len(each.faults) for each in jobs)
    print(f"{scenarios} scenarios to be run, {pairs} pairs with {len(asked)} faults", flush=True)
    trial = Trial(plan)
    names = range(1, sandboxes + 1)
    benches = [Bench(f"left-out-{n}", build / str(n), book, plan.edition) for n in names]
    work_off(jobs, benches, trial.do)
    held = sum(len(job.faults) for job, _ in trial.passed)
    print(f"{len(trial.passed)} of {scenarios} scenarios pass, in {held} of {pairs} pairs")
    for job, done in (*trial.touched, *trial.unknown):
        with_them = ", ".join(each.id for each in job.faults)
        print(f"{done.scenario}: {done.ended}: {done.line}; with {with_them}")
    return trial.code(scenarios)


def _named(plan: Plan, only: str) -> list[str]:
    """The scenarios that are meant; BadInput for one that there is not."""
    every = list(plan.features.scenarios)
    names = [each.strip() for each in only.split(",") if each.strip()]
    for name in names:
        if name not in every:
            raise BadInput(f'--only "{name}" is no scenario', cure=near(name, every))
    return [each for each in every if not names or each in names]


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mutation.left_out", description=__doc__)
    parser.add_argument("--book", default="", help="name or folder of the book")
    parser.add_argument("--count", default="40", help="how many faults (default: 40)")
    parser.add_argument("--seed", default="1", help="which of all faults (default: 1)")
    parser.add_argument("--only", default="", help="these scenarios, by commas (default: all)")
    parser.add_argument("--workers", default="2", help="sandboxes at once (default: 2)")
    parser.add_argument("--build", type=Path, help="where results go, if not in build/")
    return ended(lambda: run(parser.parse_args(argv)), "interrupted, everything stopped")


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main())
