"""Every book in turn: a run of its own for each, the worst exit code for all."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from guide import Book
from sandbox.interrupts import ending

INTERRUPTED = 130
WORST_FIRST = (INTERRUPTED, 3, 2, 1, 0)
PROGRAM = (sys.executable, "-m", "steps")


def run(books: Sequence[Book], arguments: Sequence[str]) -> int:
    """Run each book with these arguments; after a signal, which is passed on, no other begins."""
    received: list[int] = []
    children: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for child in children:
            child.send_signal(number)

    codes: list[int] = []
    before = {number: signal.signal(number, pass_on) for number in ending()}
    try:
        for book in books:
            if received:
                break
            print(f"book {book.name}: {book.title}", flush=True)
            words = [*PROGRAM, *arguments, f"--book={book.file.parent}"]
            # Its own group: Ctrl-C is ours to pass on, so that it has it once.
            children[:] = [subprocess.Popen(words, process_group=0)]
            for early in received:
                children[0].send_signal(early)
            code = children[0].wait()
            if code not in WORST_FIRST:  # killed, or ended as no run of ours ends
                print(f"book {book.name}: ended with {code}, and said no more", file=sys.stderr)
                code = 3
            codes.append(code)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        codes.append(INTERRUPTED)
    return next(code for code in WORST_FIRST if code in codes)
