"""Keeps what the sandbox's Secrets hold out of the evidence, also where a command prints it raw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from guide import Book
from sandbox import events
from sandbox.cluster.kubernetes import Object
from sandbox.cluster.secret_history import HistoryLost, SecretHistory
from sandbox.cluster.secret_values import secret_values
from sandbox.errors import SandboxError
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_until

_LIMIT_S = 20
_SHORTEST = 4
"""A shorter value cannot be masked."""
_LONG = 8
"""So many characters are no ordinary word that stands in a page by chance."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """What a book says aloud."""

    features: str
    edition: str

    @classmethod
    def of(cls, book: Book, edition: Path) -> Published:
        """The texts of a book, with these pages."""
        return cls(
            features="\n".join(
                each.read_text(encoding="utf-8")
                for each in sorted(book.features.rglob("*.feature"))
            ),
            edition="\n".join(
                each.read_text(encoding="utf-8") for each in sorted(edition.rglob("*.md"))
            ),
        )

    def says(self, value: str) -> bool:
        """Whether a value is none to keep: a sentence is about it, or it is a word of the pages."""
        return value in self.features or (len(value) < _LONG and value in self.edition)

    def kept(self, values: set[str]) -> set[str]:
        """Those of some values that must never be shown."""
        stripped = ((each, each.strip()) for each in values)
        return {each for each, at in stripped if len(at) >= _SHORTEST and not self.says(at)}


class Secrecy:
    """Hears each command before the evidence does, and has masked what it may have printed."""

    def __init__(self, keep: Callable[..., None], published: Published) -> None:
        """`keep` takes values that must never be shown."""
        self.sandbox: Sandbox | None = None
        self._keep = keep
        self._published = published
        self._kept: set[str] = set()
        self._histories: dict[str, SecretHistory] = {}
        self._looking = False

    def hear(self, event: events.Event) -> None:
        """Look at every Secret that there was since the last look, when something may tell of it.

        Also at those that came and went within one command. Raises NotReady where a cluster keeps
        refusing to tell them or does not answer, ProcessDied where it has ended by itself, and
        HistoryLost where it cannot tell: the output is not kept then.
        """
        if self.sandbox is None or self._looking:  # a look waits, and that is told too
            return
        if isinstance(event, events.CommandRan):
            tells = bool(event.output)
        else:
            tells = isinstance(event, events.Waited)
        if tells or isinstance(event, events.CommandRan | events.CommitMade):
            self._looking = True
            try:
                for cluster in self.sandbox.provider.clusters():
                    self._look(cluster, tells)
            finally:
                self._looking = False

    def _look(self, cluster: str, tells: bool) -> None:
        assert self.sandbox is not None
        sandbox = self.sandbox

        def probe() -> tuple[list[Object] | None, str]:
            try:
                history = self._history(cluster)
                return (history.look() if tells else []), "told"
            except HistoryLost:
                raise
            except SandboxError as error:
                # One that was taken down has nothing that could be told. One that is there and
                # does not answer had it when the command ran.
                there = cluster in sandbox.provider.clusters()
                return (None if there else []), str(error)

        what = f"the Secrets of {cluster}, to keep them out of the evidence"
        told, _ = probe()
        if told is None:  # only what had to be waited for is told as a wait
            told = wait_until(what, probe, _LIMIT_S, alive=sandbox.check)
        found: set[str] = set()
        for each in told:
            found |= secret_values(each)
        new = self._published.kept(found - self._kept)
        if new:
            self._kept |= new
            self._keep(*new)

    def _history(self, cluster: str) -> SecretHistory:
        """What is followed from the first event on that is heard while the cluster is there."""
        assert self.sandbox is not None
        api = self.sandbox.view(cluster).api
        known = self._histories.get(cluster)
        # A cluster may be made again under its name, and a sandbox too.
        if known is None or known.api is not api:
            known = self._histories[cluster] = SecretHistory(api)
        return known
