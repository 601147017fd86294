"""Run programs for the sandbox's own work, always with a limit in seconds.

What the guide's reader types goes into a `sandbox.terminal`, and is evidence.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sh

from sandbox import user_settings
from sandbox.errors import CommandFailed, MissingTool, NotReady


@dataclass(frozen=True, kw_only=True)
class Completed:
    """A program that ended."""

    line: str
    """The command as you would paste it into a shell."""
    exit_code: int
    stdout: str
    stderr: str
    duration_s: float

    @property
    def output(self) -> str:
        """Both streams, standard output first."""
        return self.stdout + self.stderr


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    limit: float = 60.0,
    stdin: str | bytes | None = None,
    check: bool = True,
) -> Completed:
    """Run one program and wait for its end, at most `limit` seconds.

    Without `env` it gets the user's environment, less what would change what it does or answers.

    Raises MissingTool, NotReady on the limit, and (unless `check` is false) CommandFailed on an
    exit code other than 0.
    """
    words = [str(word) for word in command]
    line = shlex.join(words)
    found = shutil.which(words[0], path=env.get("PATH") if env is not None else None)
    if found is None:
        raise MissingTool(words[0], cure="run `make doctor`")
    program = sh.Command(found)
    started = time.monotonic()
    # A session of its own: on the limit or on Ctrl-C the program goes with all its children. sh's
    # own `_timeout` looks only every 0.1 s, which would add that much to each command.
    process = program(
        *words[1:],
        _cwd=str(cwd) if cwd else None,
        _env=dict(env if env is not None else user_settings.without(os.environ)),
        _in=stdin,
        _ok_code=tuple(range(256)),
        _tty_out=False,
        _bg=True,
        _bg_exc=False,
        _new_session=True,
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process.pid)

    timer = threading.Timer(limit, end)
    timer.start()
    try:
        process.wait()
        exit_code = process.exit_code
    except sh.SignalException as ended:
        exit_code = ended.exit_code
    except BaseException:
        _kill(process.pid)
        raise
    finally:
        timer.cancel()
    out, err = process.stdout, process.stderr
    if late.is_set():
        said = (out + err).decode(errors="replace").strip().rpartition("\n")[2]
        seen = f"still running, its last line: {said}" if said else "still running, no output"
        raise NotReady(f"the end of `{line}`", seen, limit)
    completed = Completed(
        line=line,
        exit_code=exit_code,
        stdout=out.decode(errors="replace"),
        stderr=err.decode(errors="replace"),
        duration_s=time.monotonic() - started,
    )
    if check and exit_code:
        raise CommandFailed(line, exit_code, completed.output, completed.duration_s)
    return completed


def _kill(session: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it ended between the look and the kill
        os.killpg(session, signal.SIGKILL)
