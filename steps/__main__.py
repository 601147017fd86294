"""`python -m steps`: prove the features in a sandbox; everything is checked before it starts.

Exit codes: 0 all passed; 1 a scenario failed; 2 wrong use or bad input; 3 the sandbox could not
be brought up; 130 interrupted, cleaned up.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import pytest

from guide import Edition, Features, GuideError
from sandbox.errors import SandboxError, UsageError
from sandbox.providers.choice import choose
from sandbox.sandbox import sweep
from steps import baseline_tree
from steps.sentences import mark_expression

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m steps", description=__doc__)
    parser.add_argument("--provider", default="auto", help="auto, embedded or kind")
    parser.add_argument("--feature", default="", help="one feature, by the stem of its file")
    parser.add_argument("--tags", default="", help="for example: @containers and not @slow")
    parser.add_argument("--sandbox-name", default="e2e", help="name of the sandbox (default: e2e)")
    parser.add_argument("--keep", action="store_true", help="leave the sandbox up afterwards")
    parser.add_argument(
        "--seed-only", type=Path, help="write the first commit of the monorepo here, no more"
    )
    return parser


def _check(arguments: argparse.Namespace) -> tuple[Edition, Features]:
    """Read what is to be proven. Raises GuideError or UsageError before anything is started."""
    edition = Edition.read(ROOT / "docs" / "guide")
    features = Features.read(ROOT / "features", edition)
    if arguments.feature and arguments.feature not in features.files:
        raise UsageError(
            f"FEATURE={arguments.feature} matches no feature",
            cure=f"one of: {', '.join(sorted(features.files))}",
        )
    return edition, features


def run(arguments: argparse.Namespace) -> int:
    """Prove the features that were asked for; the exit code is pytest's, set by the collector."""
    edition, _ = _check(arguments)
    if arguments.seed_only:
        baseline_tree.write(edition, arguments.seed_only)
        return 0
    provider, why = choose(arguments.provider)
    print(f"provider {provider} ({why})", flush=True)
    for name in sweep():
        print(f"removed what a killed run left: {name}", flush=True)
    seed = BUILD / "seed"
    shutil.rmtree(seed, ignore_errors=True)
    baseline_tree.write(edition, seed)
    options = [
        str(ROOT / "features"),
        f"--rootdir={ROOT}",
        f"--provider={provider}",
        f"--sandbox={arguments.sandbox_name}",
        f"--seed={seed}",
        "-p",
        "steps.plugin",
        f"--junit-xml={BUILD / 'junit.xml'}",
    ]
    if arguments.keep:
        options.append("--keep")
    if arguments.feature:
        options.append(f"--feature={arguments.feature}")
    if arguments.tags:
        options += ["-m", mark_expression(arguments.tags)]
    return int(pytest.main(options))


def main(argv: list[str]) -> int:
    """Run; the only place where an error of the guide or of the sandbox ends."""
    try:
        return run(_parser().parse_args(argv))
    except (GuideError, SandboxError) as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
