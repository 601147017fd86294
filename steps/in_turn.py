"""Programs that have every signal which would end us, one after the other or side by side."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sandbox.interrupts import handled
from steps.voice import Voice


class Stopped(Exception):
    """A signal has come: nothing further is to begin."""


class InTurn:
    """Runs a program and waits for it, several where each is run by a thread of its own.

    Once a signal was received, none should begin any more.
    """

    def __init__(self) -> None:
        self.received: list[int] = []
        """The signals so far."""
        self._children: list[subprocess.Popen[bytes]] = []

    def run(
        self,
        words: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        *,
        who: str = "",
        late: bool = False,
    ) -> int:
        """The program's exit code, negative where a signal ended it.

        `who` stands before each line that it says. A program that is `late` tidies up after a
        signal: it has those that come while it runs, and none of before.
        """
        past = len(self.received) if late else 0
        child = subprocess.Popen(
            words,
            env=env,
            cwd=cwd,
            stdout=subprocess.PIPE if who else None,
            stderr=subprocess.STDOUT if who else None,
            process_group=0,  # Ctrl-C is ours to pass on, so that it has it once
        )
        self._children.append(child)
        voice = Voice(child.stdout, who) if who else None
        for early in self.received[past:]:
            child.send_signal(early)
        try:
            return child.wait()
        finally:
            self._children.remove(child)
            if voice:
                voice.end()

    def pass_on(self, number: int, _frame: FrameType | None) -> None:
        """A signal has come: the programs that run have it too."""
        self.received.append(number)
        for child in tuple(self._children):
            child.send_signal(number)


@contextmanager
def in_turn() -> Iterator[InTurn]:
    """While this lasts a signal ends no more than the programs that run."""
    turns = InTurn()
    with handled(turns.pass_on):
        yield turns
