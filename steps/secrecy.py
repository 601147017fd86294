"""Keeps what the sandbox's Secrets hold out of the evidence, also where a command prints it raw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from guide import Book
from sandbox import events
from sandbox.cluster.kubernetes import ApiError, Object
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


class Secrecy:
    """Hears each command before the evidence does, and has masked what it may have printed."""

    def __init__(self, keep: Callable[..., None], published: Published) -> None:
        """`keep` takes values that must never be shown."""
        self.sandbox: Sandbox | None = None
        self._keep = keep
        self._published = published
        self._kept: set[str] = set()

    def hear(self, event: events.Event) -> None:
        """Look at the Secrets there are when a command has printed something.

        Raises NotReady where a cluster keeps refusing to tell them: the output is not kept then.
        """
        if not isinstance(event, events.CommandRan) or not event.output or self.sandbox is None:
            return
        found = set()
        for cluster in self.sandbox.provider.clusters():
            for each in _secrets(self.sandbox, cluster):
                found |= secret_values(each)
        new = {
            each
            for each in found - self._kept
            if len(each.strip()) >= _SHORTEST and not self._published.says(each.strip())
        }
        if new:
            self._kept |= new
            self._keep(*new)


def _secrets(sandbox: Sandbox, cluster: str) -> list[Object]:
    def probe() -> tuple[list[Object] | None, str]:
        try:
            return sandbox.view(cluster).listed("Secret"), "told"
        except ApiError as error:
            return None, str(error)
        except SandboxError as error:  # a cluster that is gone has nothing that could be told
            return [], str(error)

    return wait_until(
        f"the Secrets of {cluster}, to keep them out of the evidence", probe, _LIMIT_S
    )
