"""The outbox: what a webhook has been told, and what is still to be sent.

A message is written down before it is sent and struck out when it has arrived, so one that a
receiver did not take, or that a killed process did not send, goes with the next run. One that is
refused for good is put aside, so that it holds up none behind it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from report.errors import ReportError
from report.files import replace
from report.regression.finding import Report
from report.regression.messages import Message, Open, messages

NAME = "told.json"
REFUSED = "refused.jsonl"
SCHEMA = 1
LOCK_S = 120


@dataclass(frozen=True)
class Answer:
    """What became of a message."""

    why: str = ""
    """Why it did not arrive; '' where it did."""
    cure: str = ""
    for_good: bool = False
    """Whether it is refused for what it is, not for where it went: it would be refused again."""


@dataclass(frozen=True)
class Sent:
    """What became of those that were waiting."""

    taken: int
    refused: tuple[tuple[Message, Answer], ...]
    left: Answer
    """Why the rest waits for the next run; empty where nothing does."""


@dataclass
class Outbox:
    """The state beside a history; use `opened`."""

    path: Path
    open: dict[str, Open] = field(default_factory=dict)
    """By cell."""
    waiting: list[Message] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[Outbox]:
        """That of a history, for one process at a time."""
        folder.mkdir(parents=True, exist_ok=True)
        lock = folder / f"{NAME}.lock"
        try:
            with FileLock(lock, timeout=LOCK_S):
                yield cls.read(folder)
        except Timeout as error:
            what = f"another process has been telling people for {LOCK_S} s"
            raise ReportError(what, file=lock, cure="wait for it, or end it") from error

    @classmethod
    def read(cls, folder: Path) -> Outbox:
        """That of a history, to look at; ReportError where it cannot be read."""
        path = folder / NAME
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["schema"] != SCHEMA:
                raise ValueError(f"it is of schema {data['schema']}")
            known = {cell: dict(each) for cell, each in data["open"].items()}
            return cls(path, known, [Message.load(one) for one in data["waiting"]])
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            cure = "remove it: what fails is told once more then"
            raise ReportError(f"cannot be read: {error}", file=path, cure=cure) from error

    def take(self, report: Report) -> int:
        """Write down what is to be told of a report; how many messages are new."""
        before = len(self.waiting)
        for cell in report.cells:
            new, self.open[cell.cell] = messages(cell, self.open.get(cell.cell, {}))
            self.waiting += new
        self._write()
        return len(self.waiting) - before

    def send(self, send: Callable[[Message], Answer]) -> Sent:
        """Send what is waiting, the oldest first, up to the first that may arrive another time."""
        taken = 0
        refused: list[tuple[Message, Answer]] = []
        while self.waiting:
            message = self.waiting[0]
            answer = send(message)
            if answer.why and not answer.for_good:
                return Sent(taken, tuple(refused), answer)
            if answer.why:
                self._put_aside(message, answer)
                refused.append((message, answer))
            else:
                taken += 1
            self.waiting.pop(0)
            self._write()
        return Sent(taken, tuple(refused), Answer())

    @property
    def aside(self) -> Path:
        """The file with what was refused for good, a line each; nothing reads it but people."""
        return self.path.with_name(REFUSED)

    def _put_aside(self, message: Message, answer: Answer) -> None:
        path = self.aside
        line = json.dumps({"refused": answer.why, **vars(message)}).encode() + b"\n"
        try:
            kept = path.read_bytes() if path.exists() else b""
            # There already where a process was killed before it had struck the message out.
            if line not in kept:
                replace(path, kept + line)
        except OSError as error:
            raise ReportError(f"cannot be written: {error.strerror}", file=path) from error

    def _write(self) -> None:
        data = {
            "schema": SCHEMA,
            "open": {cell: known for cell, known in self.open.items() if known},
            "waiting": [vars(message) for message in self.waiting],
        }
        replace(self.path, json.dumps(data, indent=1).encode() + b"\n")
