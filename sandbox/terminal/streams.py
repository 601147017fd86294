"""What a shell and its programs print, on two streams, in the order in which they printed it.

Two pipes alone do not say which of them was written first. These hold one write each: a second
one to the same pipe waits until the first was read, and epoll lists the pipes in the order in
which they were written. So the order is that of the writes, and each stream is still its own.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import select
from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread

_SET_PIPE_SIZE = 1031
_READ = 1 << 16
MOST_MIB = 16
"""So much of what is printed between two looks is kept: a command that prints without end fills no
memory."""


@dataclass(frozen=True)
class Printed:
    """What came on the two streams."""

    stdout: str
    stderr: str
    both: str
    """In the order in which it came."""


@dataclass(frozen=True)
class Word:
    """What the shell or its parent says to us, not to the reader of the terminal."""

    channel: str
    """`status`, `reaper`, `flood` when more was printed than is kept, or `gone` when nothing more
    can come."""
    text: bytes = b""


def one_write_pipe() -> tuple[int, int]:
    """A pipe that holds the bytes of one write and keeps them apart from the next one's."""
    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
    fcntl.fcntl(writing, _SET_PIPE_SIZE, 1)  # rounded up to a page: one slot
    return reading, writing


class Streams:
    """Reads all the time: what runs in the background does not have to wait for a command."""

    def __init__(self, out: int, err: int, status: int, reaper: int) -> None:
        """The reading ends of four pipes, closed when the parent of the shell has ended."""
        self.words: SimpleQueue[Word] = SimpleQueue()
        self._names = {out: "out", err: "err", status: "status", reaper: "reaper"}
        self._lock = Lock()
        self._pieces: list[tuple[str, bytes]] = []
        self._kept = 0
        self._decoders = self._fresh()
        self._poll = select.epoll()
        for each in self._names:
            os.set_blocking(each, False)
            self._poll.register(each, select.EPOLLIN | select.EPOLLET)
        self._thread = Thread(target=self._listen, name="terminal", daemon=True)
        self._thread.start()

    @staticmethod
    def _fresh() -> dict[str, codecs.IncrementalDecoder]:
        make = codecs.getincrementaldecoder("utf-8")
        return {name: make(errors="replace") for name in ("out", "err")}

    def take(self, *, last: bool = False) -> Printed:
        """What was printed since the last time; with `last` nothing more is expected."""
        if last:
            self._thread.join()
        with self._lock:
            pieces, self._pieces, self._kept = self._pieces, [], 0
        said = [(name, self._decoders[name].decode(data)) for name, data in pieces]
        # A character that is cut off at the end of a command will not be completed by another.
        said += [(name, decoder.decode(b"", True)) for name, decoder in self._decoders.items()]
        self._decoders = self._fresh()
        return Printed(_only(said, "out"), _only(said, "err"), "".join(text for _, text in said))

    def _listen(self) -> None:
        with self._poll:
            while "reaper" in self._names.values():
                for descriptor, event in self._poll.poll():
                    # One read for one write; all that is left where nobody can write any more.
                    while self._read(descriptor) and event & select.EPOLLHUP:
                        continue
            for descriptor in tuple(self._names):
                while self._read(descriptor):
                    continue
            for descriptor in tuple(self._names):
                os.close(descriptor)
        self.words.put(Word("gone"))

    def _read(self, descriptor: int) -> bool:
        """Read once; whether something came. Behind its end a pipe is closed."""
        if descriptor not in self._names:
            return False
        name = self._names[descriptor]
        try:
            data = os.read(descriptor, _READ)
        except BlockingIOError:
            return False
        if not data:
            self._poll.unregister(descriptor)
            os.close(descriptor)
            del self._names[descriptor]
        elif name in self._decoders:
            self._keep(name, data)
        else:
            self.words.put(Word(name, data))
        return bool(data)

    def _keep(self, name: str, data: bytes) -> None:
        with self._lock:
            before, self._kept = self._kept, self._kept + len(data)
            most = MOST_MIB << 20
            if before < most:
                self._pieces.append((name, data))
                if self._kept >= most:
                    self.words.put(Word("flood"))


def _only(said: Sequence[tuple[str, str]], name: str) -> str:
    return "".join(text for each, text in said if each == name)
