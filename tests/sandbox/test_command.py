from pathlib import Path

import psutil
import pytest

from sandbox.command import run
from sandbox.errors import CommandFailed, MissingTool, NotReady
from sandbox.waiting import wait_until


def test_both_streams_and_the_exit_code_are_kept() -> None:
    done = run(["sh", "-c", "echo out; echo err >&2; exit 3"], check=False)
    assert (done.exit_code, done.stdout, done.stderr) == (3, "out\n", "err\n")


def test_a_failure_carries_the_line_as_you_would_paste_it() -> None:
    with pytest.raises(
        CommandFailed, match=r"`sh -c 'echo no >&2; exit 7'` ended with 7"
    ) as caught:
        run(["sh", "-c", "echo no >&2; exit 7"])
    assert "no" in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingTool, match="no-such-program is not on this machine"):
        run(["no-such-program"])


def test_standard_input_reaches_the_program() -> None:
    assert run(["cat"], stdin="hello").stdout == "hello"


def test_what_is_not_utf8_is_replaced() -> None:
    assert run(["printf", r"\377"]).stdout == "\ufffd"


def test_the_limit_ends_the_program_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(NotReady, match="waited 1 s for the end of `bash -c"):
        run(["bash", "-c", f"sleep 600 & echo $! > '{note}'; wait"], limit=1)
    child = int(note.read_text())
    # Killed at once, taken away by init a moment later.
    wait_until("the child to end", lambda: (not psutil.pid_exists(child) or None, "there"), 60)


def test_what_was_said_up_to_the_limit_is_told() -> None:
    with pytest.raises(NotReady, match=r"last seen: still running, its last line: b$"):
        run(["bash", "-c", "echo a; echo b; sleep 600"], limit=1)
