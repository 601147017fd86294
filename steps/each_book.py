"""Every book in turn: a run of its own for each, the worst exit code for all."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from guide import Book
from guide.ending import INTERRUPTED, WORST_FIRST, worst
from steps.in_turn import in_turn

PROGRAM = (sys.executable, "-m", "steps")


def run(books: Sequence[Book], arguments: Sequence[str]) -> int:
    """Run each book with these arguments; after a signal, which is passed on, no other begins."""
    codes: list[int] = []
    with in_turn() as turns:
        for book in books:
            if turns.received:
                break
            print(f"book {book.name}: {book.title}", flush=True)
            code = turns.run([*PROGRAM, *arguments, f"--book={book.file.parent}"])
            if code not in WORST_FIRST:  # killed, or ended as no run of ours ends
                print(f"book {book.name}: ended with {code}, and said no more", file=sys.stderr)
            codes.append(code)
    if turns.received:
        codes.append(INTERRUPTED)
    return worst(codes)
