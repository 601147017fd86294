"""`python -m mutation`: put faults into the edition and see whether a scenario notices.

Exit codes: 0 enough are caught and every survivor is explained; 1 not; 2 wrong use or bad input;
3 the sandbox could not be brought up; 130 interrupted, cleaned up.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

from guide import shelf, unread
from guide.writable import writable
from mutation.account import Account
from mutation.bench import Bench
from mutation.campaign import Campaign
from mutation.command_line import ended, number, number_of_workers
from mutation.journal import Journal
from mutation.plan import Plan
from mutation.survivors import stale
from sandbox import from_path
from sandbox.lifecycle import sweep
from sandbox.providers.choice import toolchain_sets
from sandbox.toolchain import ensure, found_on_path, pins


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("--book", default="", help="name or folder of the book")
    parser.add_argument("--count", default="120", help="how many mutants (default: 120)")
    parser.add_argument("--wordings", default="32", help="edits of wording only (default: 32)")
    parser.add_argument("--workers", default="2", help="sandboxes at once (default: 2)")
    parser.add_argument("--seed", default="1", help="which of all mutants (default: 1)")
    parser.add_argument("--only", default="", help="ids, operators or blocks, by commas")
    parser.add_argument("--resume", action="store_true", help="go on where the last run ended")
    parser.add_argument("--build", type=Path, help="where results go, if not in build/")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Judge the mutants that were asked for; the exit code."""
    started = time.monotonic()
    seed = number("SEED", arguments.seed, 0, 10**9)
    count = number("COUNT", arguments.count, 1, 10**6)
    wordings = number("WORDINGS", arguments.wordings, 0, 10**6)
    workers = number_of_workers("WORKERS", arguments.workers)
    versions = pins.Versions.asked()
    from_path.asked()
    only = arguments.only.replace(",", " ").split()
    book = shelf.find(arguments.book)
    build = writable(arguments.build or book.build())
    plan = Plan.of(book, seed=seed, count=count, wordings=wordings, only=only)
    about = {"seed": seed, "count": count, "only": only, "workers": workers}
    journal = Journal(build / "mutants.json", about)
    if arguments.resume:
        _say(f"{journal.resume(plan)} mutants were judged before")
    journal.begin()
    # Once, before there are several who would build it.
    sets = toolchain_sets("embedded", book.settings.extras)
    found = found_on_path(sets, **asdict(versions))
    for line in found.lines():
        _say(line)
    ensure(sets, **asdict(versions), taken=found.taken)
    for line in sweep():
        _say(line)
    _say(f"{len(plan.mutants)} mutants, {len(plan.dressed)} edits of wording, {workers} sandboxes")
    numbers = range(1, workers + 1)
    work = build / "mutants"
    benches = [Bench(f"mutants-{n}", work / str(n), plan.book, plan.edition) for n in numbers]
    Campaign(plan, benches, journal, _say).run()
    return _account(plan, journal, build, time.monotonic() - started)


def _account(plan: Plan, journal: Journal, build: Path, seconds: float) -> int:
    asked = {mutant.key for mutant in plan.mutants}
    wrong = tuple(stale(plan.explained, plan.known, journal.verdicts))
    account = Account(
        planned=len(plan.mutants),
        verdicts=[each for each in journal.verdicts if each.key in asked],
        quiet=journal.quiet,
        controls=journal.controls,
        explained=plan.explained,
        stale=wrong,
        seconds=seconds,
    )
    journal.finish(account.summary())
    text = account.markdown()
    (build / "mutants.md").write_text(text, encoding="utf-8")
    _say(text)
    return account.exit_code


def _say(text: str) -> None:
    print(text, flush=True)


def main(argv: list[str]) -> int:
    """Run what the command line asks for; the exit code."""
    again = "interrupted, everything stopped; RESUME=1 goes on from here"
    return ended(lambda: run(_parser().parse_args(argv)), again)


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main(sys.argv[1:]))
