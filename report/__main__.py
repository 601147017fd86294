"""`python -m report`: what is done with results after a run."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from guide import GuideError, shelf
from report.archive import Archive
from report.errors import ReportError
from report.history import History
from report.merge import merge_folders
from report.pages.cli import add_commands, add_site, make_site
from report.results import Results


def _record(options: argparse.Namespace) -> int:
    build = shelf.find(options.book).build()
    _keep(options.results or build / "results.json", options.history or build / "history")
    return 0


def _keep(file: Path, folder: Path) -> None:
    results = Results.read(file)
    for problem in History.read(folder).problems:
        print(problem, file=sys.stderr)
    archive = Archive(folder)
    if archive.add(results, file.parent):
        print(f"run {results.run.id} is in {folder}")
    else:
        print(f"run {results.run.id} was in {folder} already")
    for problem in archive.tidy():
        print(problem, file=sys.stderr)


def _after(options: argparse.Namespace) -> int:
    """Nothing to do where the run left nothing: it has said why."""
    left = [book.build() for book in shelf.several(options.book)]
    left = [build for build in left if (build / "results.json").is_file()]
    for build in left:
        _keep(build / "results.json", build / "history")
    return make_site(options) if left else 0


def _merge(options: argparse.Namespace) -> int:
    merged = merge_folders(options.folders, options.out)
    states = Counter(scenario.status for scenario in merged.scenarios)
    print(", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    return merged.run.exit_code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m report", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    record = commands.add_parser("record", help="add the results of a run to the history")
    record.add_argument("--book", default="", help="name or folder of the book")
    record.add_argument("--results", type=Path, help="default: where its run left them")
    record.add_argument("--history", type=Path)
    record.set_defaults(do=_record)
    after = commands.add_parser("after", help="record what a run left, then build the site")
    add_site(after)
    after.set_defaults(do=_after)
    merging = commands.add_parser("merge", help="one run from the results of several workers")
    merging.add_argument("folders", type=Path, nargs="+", help="folders with a results.json")
    merging.add_argument("--out", type=Path, default=Path("build"))
    merging.set_defaults(do=_merge)
    add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code (2 for bad input, in one line)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.do(options))
    except (GuideError, ReportError) as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
