"""A terminal as a reader has it: what stays, what is told, what is stopped, what is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox import events
from sandbox.errors import NotReady
from sandbox.terminal import Terminal
from sandbox.terminal.shell import Shell
from sandbox.waiting import wait_until


@pytest.fixture
def told() -> Iterator[list[events.CommandRan]]:
    seen: list[events.CommandRan] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.CommandRan):
            seen.append(event)

    with events.subscribe(hear):
        yield seen


@pytest.fixture
def terminal(tmp_path: Path, told: list[events.CommandRan]) -> Iterator[Terminal]:
    home = tmp_path / "a höme of its own"
    home.mkdir()
    made = Terminal(home / ".terminal", home, {"PATH": os.environ["PATH"], "HOME": str(home)})
    yield made
    made.close()


def answers(terminal: Terminal, *lines: str) -> list[str]:
    return [terminal.type(line).output for line in lines]


def test_what_is_set_stays(terminal: Terminal) -> None:
    assert answers(terminal, "export N=a", "X=$(echo b)", 'echo "$N$X"') == ["", "", "ab\n"]
    assert answers(terminal, "f() {\n echo f$1\n}", "f 1") == ["", "f1\n"]
    assert answers(terminal, "alias e='echo -n'", "e a") == ["", "a"]
    assert terminal.type("set -o pipefail").exit_code == 0
    assert terminal.type("false | cat").exit_code == 1


def test_the_folder_stays_and_is_told(terminal: Terminal, tmp_path: Path) -> None:
    home = str(tmp_path / "a höme of its own")
    first = terminal.type("mkdir 'a b'; cd 'a b'")
    second = terminal.type("pwd")
    assert (first.cwd, second.cwd) == (home, f"{home}/a b")
    assert second.stdout == f"{home}/a b\n"
    assert terminal.type("cd -").stdout == f"{home}\n"


def test_the_exit_code_of_the_command_before_is_there(terminal: Terminal) -> None:
    assert terminal.type("(exit 3)").exit_code == 3
    assert answers(terminal, "echo $?", "echo $?") == ["3\n", "0\n"]


def test_both_streams_are_kept_and_their_order(terminal: Terminal) -> None:
    for _ in range(50):
        done = terminal.type("for i in 1 2 3; do echo out$i; echo err$i >&2; done; echo end")
        assert done.stdout == "out1\nout2\nout3\nend\n"
        assert done.stderr == "err1\nerr2\nerr3\n"
        assert done.output == "out1\nerr1\nout2\nerr2\nout3\nerr3\nend\n"


def test_much_output_is_whole(terminal: Terminal) -> None:
    assert terminal.type("seq 1 200000").stdout == "".join(f"{n}\n" for n in range(1, 200001))
    done = terminal.type("echo über; printf '\\303'; echo x >/dev/stderr; printf '\\274'")
    assert (done.stdout, done.stderr) == ("über\nü", "x\n")


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("cat <<EOF\na $((1 + 1))\n\n# b\nEOF", 0, "a 2\n\n# b\n"),
        ("for i in a b; do\n  echo $i\ndone", 0, "a\nb\n"),
        ("echo wo\\\nrd", 0, "word\n"),
        ("echo a \\\n  # b \\", 0, "a\n"),
        ("echo '{\n \"a\": \\\n}'", 0, '{\n "a": \\\n}\n'),
        ('echo it\\\'s "$(echo "\'")"', 0, "it's '\n"),
        ("printf '%s' 'no end of line'", 0, "no end of line"),
        ("no-such-program", 127, "bash: no-such-program: command not found\n"),
    ],
)
def test_a_command_is_what_bash_makes_of_it(
    terminal: Terminal, command: str, code: int, said: str
) -> None:
    done = terminal.type(command)
    assert (done.line, done.exit_code) == (command, code)
    assert re.sub("^bash: line [0-9]+: ", "bash: ", done.output) == said


def test_a_syntax_error_ends_the_command_and_not_the_shell(terminal: Terminal) -> None:
    terminal.type("a=1")
    done = terminal.type("echo )")
    assert done.exit_code
    assert done.stderr.startswith("bash: ")
    assert "syntax error" in done.stderr
    assert answers(terminal, "echo $a") == ["1\n"]


def test_what_the_reader_switches_on_shows_the_readers_commands_only(terminal: Terminal) -> None:
    terminal.type("set -x")
    # One plus for a script, one for what the terminal types into it.
    assert terminal.type("echo a").stderr == "++ echo a\n"
    assert terminal.type("(exit 4)").exit_code == 4
    assert terminal.type("echo $?").output == "++ echo 4\n4\n"


def test_every_command_is_evidence(terminal: Terminal, told: list[events.CommandRan]) -> None:
    done = terminal.type("echo a; echo b >&2; (exit 5)", block="the-block")
    [event] = told
    assert vars(event) == vars(done)
    assert (event.line, event.block, event.exit_code) == (done.line, "the-block", 5)
    assert event.duration_s > 0


@pytest.mark.parametrize(
    ("line", "code"), [("exit 3", 3), ("set -e; false", 1), ("exec false", 1), ("kill -9 $$", 137)]
)
def test_a_shell_that_ends_is_told_and_so_is_the_new_one(
    terminal: Terminal, line: str, code: int
) -> None:
    terminal.type("a=1; cd /")
    ended = terminal.type(f"echo before; {line}")
    assert (ended.output, ended.exit_code) == ("before\n", code)
    assert ended.note == "the shell ended with this command"
    after = terminal.type('echo "after $a"')
    assert (after.output, after.exit_code) == ("after \n", 0)
    assert after.note == "in a new shell: the one before has ended, with its variables"
    assert terminal.type("true").note == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("read x", "Bad file descriptor"),
        ("cat", "Bad file descriptor"),
        ("cat > file", "Bad file descriptor"),
        ("git commit --allow-empty", "no-editor: nobody sits at this terminal"),
        ("less", "less: nobody sits at this terminal"),
        ("vi file", "vi: nobody sits at this terminal"),
        ("$EDITOR file", "no-editor: nobody sits at this terminal"),
        ("echo x >/dev/tty", "/dev/tty"),
    ],
)
def test_nobody_sits_at_it(terminal: Terminal, line: str, words: str) -> None:
    terminal.type("git init --quiet; git config user.name a; git config user.email a@example.com")
    done = terminal.type(line, limit=60)
    assert done.exit_code not in (0, None)
    assert words in done.stderr


def test_a_command_that_meets_its_limit_is_evidence(
    terminal: Terminal, told: list[events.CommandRan], tmp_path: Path
) -> None:
    terminal.type("mkdir d; cd d")
    with pytest.raises(NotReady, match="the end of `echo a; tail -f /dev/null`; last seen: still "
                       "running, its last line: a"):  # fmt: skip
        terminal.type("echo a; tail -f /dev/null", block="b", limit=2)
    event = told[-1]
    assert (event.exit_code, event.output, event.block) == (None, "a\n", "b")
    assert event.cwd.endswith("/d")
    assert event.note == "stopped at its limit of 2 s"
    assert terminal.type("echo x").note.startswith("in a new shell")
    assert terminal.close() == ()


def test_a_command_that_prints_without_end_is_stopped_and_says_so(
    terminal: Terminal, told: list[events.CommandRan]
) -> None:
    with pytest.raises(
        NotReady, match="the end of `yes out`; last seen: 16 MiB of output, and more"
    ):
        terminal.type("yes out", limit=600)
    event = told[-1]
    assert event.exit_code is None
    assert event.note == "stopped at 16 MiB of output: the rest is not kept"
    assert 16 << 20 <= len(event.output) < 17 << 20
    assert terminal.type("echo x").output == "x\n"
    assert terminal.close() == ()


def test_a_command_that_is_left_is_evidence(
    terminal: Terminal, told: list[events.CommandRan]
) -> None:
    def leave(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, leave)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises(KeyboardInterrupt):
            terminal.type("echo a; sleep 987")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert (told[-1].exit_code, told[-1].output) == (None, "a\n")
    assert told[-1].note == "stopped, because the run was left"


@pytest.mark.parametrize(
    "line",
    [
        "sleep 987 >/dev/null 2>&1 &",
        "nohup sleep 987 >/dev/null 2>&1 &",
        "setsid sleep 987 &",
        "( ( setsid sleep 987 >/dev/null 2>&1 & ) & )",
        'env -i PATH="$PATH" setsid -f sleep 987',
        "sleep 987 & disown; exit 0",
    ],
)
def test_what_is_left_in_the_background_is_named_and_ended(terminal: Terminal, line: str) -> None:
    terminal.type("true")
    terminal.type(line)
    [left] = terminal.close()
    assert left.startswith("`sleep 987` (process ")
    assert left.endswith(f" of `{line}`")
    assert not psutil.pid_exists(int(left.split("process ")[1].split(")")[0]))


def test_a_look_that_misses_a_process_is_not_the_last(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose parent ends while processes are listed is in no list, and still there."""
    terminal.type("sleep 987 &")
    looks = Shell._listed
    misses = iter([True])

    def look(shell: Shell) -> list[psutil.Process]:
        return [] if next(misses, False) else looks(shell)

    monkeypatch.setattr(Shell, "_listed", look)
    [left] = terminal.close()
    assert left.startswith("`sleep 987`")


def test_what_the_block_ends_itself_is_not_left(terminal: Terminal) -> None:
    terminal.type("sleep 987 &")
    terminal.type("kill %1; wait")
    terminal.type("(sleep 0.3; true) &")
    assert terminal.close() == ()


def test_what_is_printed_meanwhile_is_not_lost(
    terminal: Terminal,
    told: list[events.CommandRan],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody has to read for something in the background to go on."""
    monkeypatch.setattr("sandbox.terminal.terminal._GRACE_S", 60)  # the trap, at any load
    terminal.type("trap 'echo good bye' EXIT")
    begun = terminal.type("{ seq 1 20000; touch done; } &")
    done = tmp_path / "a höme of its own" / "done"
    wait_until("the background", lambda: (done.exists() or None, "not yet"), 60)
    # It may print, all of it even, before the first of the two is told.
    printed = begun.stdout + terminal.type("true").stdout
    assert printed == "".join(f"{number}\n" for number in range(1, 20001))
    terminal.close()
    assert (told[-1].line, told[-1].output) == ("exit", "good bye\n")


def test_a_run_that_is_killed_takes_its_terminal_with_it(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom sandbox.terminal import Terminal\n"
        "home = Path(sys.argv[1])\n"
        "t = Terminal(home / 't', home, {'PATH': os.environ['PATH']})\n"
        "t.type('setsid sleep 987 & echo $! > pid')\nos.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=120)
    pid = int((tmp_path / "pid").read_text())
    wait_until("it to end", lambda: (not psutil.pid_exists(pid) or None, "there"), 60)


def test_a_terminal_that_was_not_used_leaves_nothing(tmp_path: Path) -> None:
    assert Terminal(tmp_path / "t", tmp_path, {}).close() == ()
    assert not (tmp_path / "t").exists()
