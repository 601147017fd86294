"""`python -m sandbox`: bring a sandbox up, look into it, take it down.

Exit codes: 0 done; 2 wrong use or bad input; 3 it could not be brought up; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sandbox import events, unread, user_settings
from sandbox.errors import SandboxError, UsageError, of_disk
from sandbox.interrupts import interruptible
from sandbox.layout import Layout, trouble_with

_INTERRUPTED = 130
_OF_DESK = ("HOME", "TMPDIR")
"""What of the desk `env` leaves out: a person's shell goes on when the sandbox is gone."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, what: str, every: str = "") -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=what, description=what)
        which = made.add_mutually_exclusive_group()
        which.add_argument("--name", default="sandbox", help="the sandbox (default: sandbox)")
        if every:
            which.add_argument("--all", action="store_true", help=every)
        return made

    up = verb(
        "up",
        "bring a sandbox up with what --seed holds in its monorepo; harmless where it is up. "
        "`make sandbox` seeds the baseline of a book",
    )
    up.add_argument("--provider", default="auto", help="auto, embedded or kind (default: auto)")
    up.add_argument("--seed", type=Path, help="folder with its first commit (default: a README)")
    up.add_argument("--layout", type=Path, help="file with what its monorepo is (JSON)")
    up.add_argument("--cluster", action="append", help="cluster name; the first is bootstrapped")
    verb("status", "what each part does").add_argument("--json", action="store_true")
    verb("env", "shell lines (or --json, null: unset) that set this shell up").add_argument(
        "--json", action="store_true"
    )
    logs = verb("logs", "the log of one part; without a part, the names of what there is")
    logs.add_argument("part", nargs="?", default="", help="a part of the sandbox, such as gitlab")
    logs.add_argument("--cluster", help="of which cluster (default: the first)")
    verb("down", "stop every process and remove every file of a sandbox", every="of every one")
    verbs.add_parser("doctor", help="what this machine has and lacks for each provider")
    gitlab = verbs.add_parser("gitlab", help="the GitLab-compatible server alone", add_help=False)
    gitlab.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _up(arguments: argparse.Namespace) -> int:
    from sandbox.lifecycle import running, sweep, up
    from sandbox.providers.choice import choose

    seed = arguments.seed
    if seed and not seed.is_dir():
        raise UsageError(f"--seed {seed} is not a folder", cure="name a folder")
    if trouble := trouble_with(arguments.cluster or ()):
        raise UsageError(trouble, cure="small letters, digits and hyphens, each name once")
    with events.subscribe(_print):
        there = running(arguments.name)
        provider, why = choose(arguments.provider)
        layout = Layout.read(arguments.layout) if arguments.layout else Layout()
        if there and not arguments.layout:
            layout = there.layout
        if there and arguments.provider == "auto":
            provider, why = there.provider, "as it is up"
        if arguments.cluster:
            layout = replace(layout, clusters=tuple(arguments.cluster))
        print(f"provider {provider} ({why})", flush=True)
        for line in sweep(provider):
            print(line, flush=True)
        sandbox = up(arguments.name, provider=provider, seed=seed, layout=layout)
    if not there and not (seed and any(seed.iterdir())):
        print(
            f"only a README is in its monorepo: no {'file in ' if seed else ''}--seed was given "
            "(`make sandbox` seeds the baseline of a book)"
        )
    print(f'up. Next: eval "$(python -m sandbox env --name {sandbox.name})" && cd "$CLONE"')
    return 0


def _print(event: events.Event) -> None:
    if isinstance(event, events.Told):
        print(f"  {event.text}", flush=True)
    if isinstance(event, events.PhaseEnded):
        print(f"  {event.phase} … ok ({event.duration_s:.1f} s)", flush=True)


def _status(arguments: argparse.Namespace) -> int:
    from sandbox.sandbox import Sandbox

    sandbox = Sandbox(arguments.name)
    record, parts = sandbox.record, sandbox.status()
    if arguments.json:
        shown = {
            "name": record.name,
            "provider": record.provider,
            "state": record.state,
            "simulated": sandbox.provider.simulated,
            "parts": [part.__dict__ for part in parts],
        }
        print(json.dumps(shown, indent=1))
        return 0
    print(f"{record.name}: {record.state}, provider {record.provider}")
    for what in sandbox.provider.simulated:
        print(f"simulated: {what}")
    for part in parts:
        print(f"  {part.state:8} {part.name}  {part.detail}")
    return 0


def _env(arguments: argparse.Namespace) -> int:
    from sandbox.sandbox import Sandbox

    desk = Sandbox(arguments.name).desk
    told: dict[str, str | None] = {
        key: value
        for key, value in desk.env.items()
        if key not in _OF_DESK and os.environ.get(key) != value
    }
    gone = [key for key in sorted(os.environ) if user_settings.wins(key) and key not in desk.env]
    if arguments.json:
        print(json.dumps(told | dict.fromkeys(gone), indent=1))
        return 0
    for key in gone:
        if key.isidentifier():
            print(f"unset {key}")
        elif found := re.fullmatch(r"BASH_FUNC_([\w-]+)%%", key):
            print(f"unset -f {found[1]}")
    for key, value in told.items():
        print(f"export {key}={shlex.quote(str(value))}")
    return 0


def _logs(arguments: argparse.Namespace) -> int:
    from sandbox.sandbox import Sandbox

    print(Sandbox(arguments.name).log(arguments.part, arguments.cluster or ""), end="")
    return 0


def _down(arguments: argparse.Namespace) -> int:
    from sandbox.lifecycle import sweep
    from sandbox.record import Record
    from sandbox.sandbox import Sandbox

    for line in sweep():
        print(line)
    names = list(Record.all()) if arguments.all else [arguments.name]
    troubles = []
    for name in names:
        try:
            if not Sandbox(name).folder.exists():
                print(Sandbox(name).absence())
            Sandbox(name).down()
            Sandbox(name).forget_logs()
        except SandboxError as trouble:  # the others go all the same
            troubles.append(trouble)
            print(f"down: {name}: {trouble}", file=sys.stderr)
    return troubles[0].exit_code if troubles else 0


def _doctor(_arguments: argparse.Namespace) -> int:
    from sandbox.doctor import main as doctor

    return doctor()


def _gitlab(arguments: argparse.Namespace) -> int:
    from sandbox.gitlab.serve import main as serve

    return serve(arguments.rest)


_VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "up": _up,
    "status": _status,
    "env": _env,
    "logs": _logs,
    "down": _down,
    "doctor": _doctor,
    "gitlab": _gitlab,
}


def main(argv: list[str]) -> int:
    """Do one verb; the only place where a SandboxError ends."""
    if argv[:1] == ["gitlab"]:  # it has signal handling and options of its own
        return _gitlab(argparse.Namespace(rest=argv[1:]))
    arguments = _parser().parse_args(argv)
    try:
        with interruptible():
            return _VERBS[arguments.verb](arguments)
    except SandboxError as error:
        print(f"{arguments.verb}: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"{arguments.verb}: {of_disk(error)}", file=sys.stderr)
        return SandboxError.exit_code if arguments.verb == "up" else UsageError.exit_code
    except KeyboardInterrupt:
        print(f"{arguments.verb}: interrupted, everything stopped", file=sys.stderr)
        return _INTERRUPTED


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main(sys.argv[1:]))
