"""`python -m report`: what is done with results after a run."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from guide import GuideError
from report.archive import Archive
from report.errors import ReportError
from report.history import History
from report.merge import merge_folders
from report.pages.cli import add_commands
from report.results import Results


def _record(options: argparse.Namespace) -> int:
    results = Results.read(options.results)
    for problem in History.read(options.history).problems:
        print(problem, file=sys.stderr)
    archive = Archive(options.history)
    if archive.add(results, options.results.parent):
        print(f"run {results.run.id} is in {options.history}")
    else:
        print(f"run {results.run.id} was in {options.history} already")
    for problem in archive.tidy():
        print(problem, file=sys.stderr)
    return 0


def _merge(options: argparse.Namespace) -> int:
    merged = merge_folders(options.folders, options.out)
    states = Counter(scenario.status for scenario in merged.scenarios)
    print(", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    return merged.run.exit_code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m report", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    record = commands.add_parser("record", help="add the results of a run to the history")
    record.add_argument("--results", type=Path, default=Path("build/results.json"))
    record.add_argument("--history", type=Path, default=Path("build/history"))
    record.set_defaults(do=_record)
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
