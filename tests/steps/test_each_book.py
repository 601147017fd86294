"""`--book all`: a run for each book, the worst exit code, and a signal reaches the one at hand."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from steps import each_book
from steps.__main__ import main

ROOT = Path(__file__).parents[2]


def books(*codes: int) -> list[Any]:
    files = [Path(f"/books/{code}/book.yaml") for code in codes]
    return [SimpleNamespace(name=f.parent.name, title="A book", file=f) for f in files]


@pytest.mark.parametrize(
    ("codes", "worst"), [((0, 0), 0), ((0, 1), 1), ((2, 1), 2), ((3, 1), 3), ((0, -9), 3)]
)
def test_the_worst_exit_code_is_that_of_all(
    monkeypatch: pytest.MonkeyPatch, codes: tuple[int, ...], worst: int
) -> None:
    program = "import os, sys; code = int(sys.argv[-1].split('/')[-1])\n"
    program += "os.kill(os.getpid(), 9) if code < 0 else sys.exit(code)"
    monkeypatch.setattr(each_book, "PROGRAM", (sys.executable, "-c", program))
    assert each_book.run(books(*codes), []) == worst


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--feature=nosuch", 'FEATURE "nosuch" matches no feature and no scenario'),
        ("--tags=nosuch", '"nosuch"'),
        (
            "--feature=namespaces",
            'book flux: FEATURE "namespaces" matches no feature and no scenario. '
            "Cure: BOOK=operational\n",
        ),
    ],
)
def test_what_a_book_has_not_is_told_once_before_any_runs(
    words: str, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(each_book, "PROGRAM", (sys.executable, "-c", "print('it runs')"))
    assert main(["--book=all", words]) == 2
    told = capfd.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_a_signal_reaches_the_run_and_no_other_begins() -> None:
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from types import SimpleNamespace
        from steps import each_book
        wait = "import signal, sys\\ntry: print('waits', flush=True); signal.pause()\\n"
        wait += "except KeyboardInterrupt: print('cleaned up'); sys.exit(130)"
        each_book.PROGRAM = (sys.executable, "-c", wait)
        book = SimpleNamespace(name="b", title="A book", file=Path("books/b/book.yaml"))
        sys.exit(each_book.run([book, book], []))
    """)
    run = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    seen = [run.stdout.readline(), run.stdout.readline()]
    assert seen == ["book b: A book\n", "waits\n"]
    run.send_signal(signal.SIGINT)
    rest, _ = run.communicate(timeout=60)
    assert rest == "cleaned up\n"
    assert run.returncode == 130
