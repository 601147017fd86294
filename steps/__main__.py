"""`python -m steps`: prove the features in a sandbox; everything is checked before it starts.

Exit codes: 0 all passed; 1 a scenario failed; 2 wrong use or bad input; 3 the sandbox could not
be brought up; 130 interrupted, cleaned up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from guide import Book, Edition, GuideError, shelf, unread
from guide.check import hindrances
from guide.ending import INTERRUPTED
from guide.errors import BadInput
from guide.writable import writable
from report.regression.quarantine import Quarantine
from sandbox.errors import SandboxError, UsageError, of_disk
from sandbox.interrupts import interruptible
from sandbox.lifecycle import sweep
from sandbox.providers.choice import choose, toolchain_sets
from sandbox.toolchain import ensure, found_on_path, pins
from sandbox.usage import audit
from steps import baseline_tree, crew, each_book, leftover, retries, wanted, workers
from steps.arguments import arguments_of
from steps.aside import Aside
from steps.book import layout

ROOT = Path(__file__).parents[1]
_ASKED = "as asked"
SCENARIOS = Path(__file__).with_name("every_scenario.py")
_OF_THE_TESTS = (
    *("hypothesispytest", "anyio", "cacheprovider"),
    *("randomly", "xdist", "xdist.looponfail"),
)
"""Plugins that a run of the features has no use for: the first costs seconds at its end, one
would shuffle the chapters."""


def run(arguments: argparse.Namespace) -> int:
    """Prove the features that were asked for.

    The plugin `report.collect` checks features, sentences, blocks and the selection before a
    sandbox starts, writes the results and sets the exit code.
    """
    if not __debug__:
        raise UsageError(
            "Python leaves out assertions here, and a scenario would pass whatever happens",
            cure="unset PYTHONOPTIMIZE, and start python without -O",
        )
    book = shelf.find(arguments.book)
    pages: Path = arguments.edition or book.edition
    edition = Edition.read(pages)
    for problem in hindrances(book, edition, arguments.feature):
        raise problem
    Quarantine.read(book.file.parent)  # or its mistake would be told when all has run
    provider, why = choose(arguments.provider)
    reason = _ASKED
    if arguments.workers is None:
        arguments.workers, reason = crew.fed(arguments.feature, provider)
    if arguments.profile:
        _measurable(arguments, provider)
    plan = _plan(arguments, book, pages, provider)
    if arguments.workers > 1:
        # Once, and before anything is built: each of them would say it, and none would begin.
        asked = subprocess.run([sys.executable, "-m", "report", "asked", *plan])
        if asked.returncode:
            return asked.returncode
    if not arguments.share:
        print(f"provider {provider} ({why})", flush=True)
        if arguments.workers > 1 or reason != _ASKED:
            more = "s" if arguments.workers > 1 else ""
            print(f"{arguments.workers} worker{more} ({reason})", flush=True)
        for line in sweep(provider):
            print(line, flush=True)
    build: Path = arguments.build
    if arguments.workers > 1:
        # Once, before there are several who would build it.
        sets = toolchain_sets(provider, book.settings.extras)
        pinned = asdict(pins.Versions.asked())
        found = found_on_path(sets, **pinned)
        for line in found.lines():
            print(line, flush=True)
        ensure(sets, **pinned, taken=found.taken)
        command = _asked(arguments, book, pages, provider)
        command += ["--keep"] if arguments.keep else []
        code = workers.run(command, arguments.workers, arguments.sandbox_name, build, plan=plan)
        for line in sweep(provider) if code == 3 else ():
            print(line, flush=True)  # a worker that was killed has left its sandbox
        return code
    seed = build / "seed"
    baseline_tree.write(book, edition, seed)
    return int(pytest.main(_options(arguments, book, pages, provider, seed)))


def _measurable(arguments: argparse.Namespace, provider: str) -> None:
    """Let the sandbox of this run tell what it is asked. Raises UsageError where it cannot."""
    if provider != "embedded" or arguments.workers > 1 or arguments.retries:
        raise UsageError(
            "a profile counts the processes of one sandbox, and no run twice",
            cure="--profile with PROVIDER=embedded, one worker and no retries",
        )
    os.environ[audit.ASKED] = "1"


def _asked(arguments: argparse.Namespace, book: Book, pages: Path, provider: str) -> list[str]:
    """The command of a worker that is asked for the same."""
    asked = [f"--book={book.file.parent}", f"--edition={pages}"]
    asked += [f"--provider={provider}", f"--feature={arguments.feature}"]
    asked += [f"--tags={arguments.tags}"]
    asked += [f"--patience={arguments.patience}"] if arguments.patience else []
    return [sys.executable, "-m", "steps", *asked]


def _again_where_failed(arguments: argparse.Namespace, book: Book) -> int:
    pages: Path = arguments.edition or book.edition
    provider, _ = choose(arguments.provider)
    command, name = _asked(arguments, book, pages, provider), arguments.sandbox_name
    plan = _plan(arguments, book, pages, provider)
    return retries.run(command, arguments.retries, name, arguments.build, plan=plan)


def _seed(arguments: argparse.Namespace) -> int:
    book = shelf.find(arguments.book)
    edition = Edition.read(arguments.edition or book.edition)
    writable(arguments.seed_only.parent)
    baseline_tree.write(book, edition, arguments.seed_only)
    told = json.dumps(asdict(layout(book)), indent=1)
    arguments.seed_only.with_suffix(".json").write_text(told, encoding="utf-8")
    return 0


def _told(arguments: argparse.Namespace) -> int:
    """Run, and leave results of this run or none: an older run's must not stand for it."""
    book = shelf.find(arguments.book)
    build = arguments.build = writable(arguments.build or book.build())
    if arguments.share:  # the worker's parent puts the results together
        return run(arguments)
    last = Aside(build)
    last.take()
    code, why = 3, "ended before its first scenario"
    try:
        leftover.remove(build / retries.FOLDER)
        code = run(arguments)
        if code == 1 and arguments.retries:
            code = _again_where_failed(arguments, book)
    except (GuideError, SandboxError) as error:
        print(error, file=sys.stderr)
        code, why = error.exit_code, f"could not begin: {error}"
    except OSError as error:
        told = of_disk(error)
        print(told, file=sys.stderr)
        code, why = told.exit_code, f"could not begin: {told}"
    except KeyboardInterrupt:  # before the run began: a run says so itself
        print("interrupted, everything stopped", file=sys.stderr)
        code, why = INTERRUPTED, "was interrupted before it began"
    if (build / "results.json").exists():
        last.drop()
    elif code == 2:  # wrong use begins no run
        last.put_back()
    else:
        plan = _plan(arguments, book, arguments.edition or book.edition, arguments.provider)
        words = [f"--out={build}", f"--code={code or 3}", f"--why={why}", *plan]
        code = subprocess.run([sys.executable, "-m", "report", "lost", *words]).returncode
    return code


def _again(arguments: argparse.Namespace, book: Book, provider: str) -> str:
    if arguments.again:
        return str(arguments.again)
    words = ("make e2e", book.setting, f"PROVIDER={provider}", *pins.Versions.asked().settings)
    return " ".join(filter(None, words))


def _plan(arguments: argparse.Namespace, book: Book, pages: Path, provider: str) -> list[str]:
    """What `python -m report` has to be told to know what was to run."""
    return [
        f"--book-name={book.name}",
        f"--features-folder={book.features}",
        f"--edition-folder={pages}",
        f"--only={arguments.feature}",
        f"--tags={arguments.tags.replace('@', '')}",
        f"--provider={provider}",
        f"--again={_again(arguments, book, provider)}",
    ]


def _options(
    arguments: argparse.Namespace, book: Book, pages: Path, provider: str, seed: Path
) -> list[str]:
    options = [
        str(SCENARIOS),
        f"--book={book.file.parent.resolve()}",
        f"--features-folder={book.features.resolve()}",
        f"--rootdir={ROOT}",
        f"--provider={provider}",
        f"--sandbox={arguments.sandbox_name}",
        f"--seed={seed}",
        f"--share={arguments.share}",
        "-p",
        "steps.plugin",
        "-p",
        "report.collect",
        f"--results={arguments.build / 'results.json'}",
        f"--only={arguments.feature}",
        f"--edition-folder={pages.resolve()}",
        f"--book-name={book.name}",
        f"--book-folder={book.file.parent.resolve()}",
        f"--own-code=steps={book.steps.resolve()}",
        f"--own-code=charts={book.charts.resolve()}",
        f"--again={_again(arguments, book, provider)}",
        f"--junit-xml={arguments.build / 'junit.xml'}",
        f"--override-ini=junit_suite_name={book.name}",
    ]
    for plugin in _OF_THE_TESTS:
        options += ["-p", f"no:{plugin}"]
    if arguments.profile:
        options += ["-p", "steps.profile"]
    if arguments.keep:
        options.append("--keep")
    if arguments.owner:
        options.append(f"--owner={arguments.owner}")
    if arguments.patience:
        options.append(f"--patience={arguments.patience}")
    if arguments.tags:
        options += ["-m", arguments.tags.replace("@", "")]
    return options


def main(argv: list[str]) -> int:
    """Run; the only place where an error of the guide or of the sandbox ends."""
    try:
        arguments = arguments_of(argv, __doc__)
        if arguments.book == shelf.ALL:
            books = shelf.several(shelf.ALL)
            wanted.look_in_all(books, arguments.feature, arguments.tags, wanted.one_of)
            return each_book.run(books, argv)
        with interruptible():
            return _seed(arguments) if arguments.seed_only else _told(arguments)
    except (BadInput, SandboxError) as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(of_disk(error), file=sys.stderr)
        return UsageError.exit_code
    except KeyboardInterrupt:  # before the run began: a run says so itself
        print("interrupted, everything stopped", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main(sys.argv[1:]))
