"""`python -m pytest` as often as a test likes, by a Python that has loaded it: each run is a fork.

What is tested starts as it always does, in a process, a folder and an environment of its own; only
what every run loads first (half a second and more) is loaded once.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

LIBRARIES = ("filelock", "gherkin.parser", "guide", "jsonschema", "mako.lookup", "pdb", "pickle")
LIBRARIES += ("parse_type.cfparse", "platformdirs", "pytest", "unittest", "xml.etree.ElementTree")
REPORT = ("beginning", "collector", "interrupts", "plain", "preflight", "recorder", "selection")
REPORT += ("shared", "store")
PYTEST = ("cacheprovider", "debugging", "doctest", "faulthandler", "helpconfig", "junitxml")
PYTEST += ("logging", "pastebin", "setuponly", "setupplan", "skipping", "terminal", "tmpdir")
PYTEST += ("threadexception", "tracemalloc", "unittest", "unraisableexception", "warnings")
LOADED = [*LIBRARIES]
LOADED += [f"report.{each}" for each in REPORT]
LOADED += [f"_pytest.{each}" for each in PYTEST]
"""What a run loads, but for plugins: pytest has to load those itself, report.collect among them."""
FORK_S = 300
"""What loading and forking may take on a busy machine."""


class WarmPytest:
    """The process that forks the runs; it ends when this one does."""

    def __init__(self) -> None:
        root = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # a line that has come must be seen by select
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def run(
        self, options: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """What `python -m pytest OPTIONS` in that folder and environment says, and ends with."""
        assert self._process.stdin is not None
        with tempfile.TemporaryDirectory() as folder:
            asked = {"argv": [*options], "cwd": str(cwd), "env": dict(env), "out": folder}
            self._process.stdin.write(f"{json.dumps(asked)}\n".encode())
            pid = int(self._line(FORK_S))
            try:
                code = int(self._line(timeout))
            except subprocess.TimeoutExpired:
                os.kill(pid, signal.SIGKILL)
                self._line(FORK_S)
                raise
            said = [(Path(folder) / name).read_text() for name in ("stdout", "stderr")]
        return subprocess.CompletedProcess([*options], code, *said)

    def end(self) -> None:
        """End the process that forks the runs."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _line(self, timeout: float) -> bytes:
        out = self._process.stdout
        assert out is not None
        if not select.select([out], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("pytest", timeout)
        line = out.readline()
        assert line, "the process that forks the runs has ended"
        return line


@cache
def warm() -> WarmPytest:
    """The one of this process."""
    made = WarmPytest()
    atexit.register(made.end)
    return made


def _serve() -> None:
    for name in LOADED:
        __import__(name)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            break
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    else:
        return
    _become(**asked)


def _become(argv: list[str], cwd: str, env: dict[str, str], out: str) -> None:
    """Go on as `python -m pytest` would from its first line; its end is that of the process."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    files = [os.open(os.devnull, os.O_RDONLY)]
    files += [os.open(f"{out}/{name}", os.O_WRONLY | os.O_CREAT) for name in ("stdout", "stderr")]
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    sys.argv = ["pytest", *argv]
    sys.path[0] = cwd
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
