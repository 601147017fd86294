"""Programs one after the other, which have every signal that would end us."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sandbox.interrupts import handled


class Stopped(Exception):
    """A signal has come: nothing further is to begin."""


class InTurn:
    """Runs one program at a time; once a signal was received, none should begin any more."""

    def __init__(self) -> None:
        self.received: list[int] = []
        """The signals so far."""
        self._child: subprocess.Popen[bytes] | None = None

    def run(
        self,
        words: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> int:
        """The program's exit code, negative where a signal ended it."""
        # Its own group: Ctrl-C is ours to pass on, so that it has it once.
        self._child = subprocess.Popen(words, env=env, cwd=cwd, process_group=0)
        for early in self.received:
            self._child.send_signal(early)
        try:
            return self._child.wait()
        finally:
            self._child = None

    def pass_on(self, number: int, _frame: FrameType | None) -> None:
        """A signal has come: the program that runs has it too."""
        self.received.append(number)
        if self._child is not None:
            self._child.send_signal(number)


@contextmanager
def in_turn() -> Iterator[InTurn]:
    """While this lasts a signal ends no more than the program that runs."""
    turns = InTurn()
    with handled(turns.pass_on):
        yield turns
