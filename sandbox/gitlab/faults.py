"""Failures on request; all off until the owner of the sandbox asks for one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Faults:
    """What is to go wrong now."""

    status: int | None = None
    """HTTP status that answers every request, or None."""
    delay_s: float = 0.0
    """Seconds before a request or an SSH command is looked at."""
    cut_after: int | None = None
    """Bytes of a fetched pack's stream after which the connection breaks, or None."""
    refused: set[str] = field(default_factory=set)
    """Protocols (`https`, `ssh`) that refuse connections."""
    overtaking: str = ""
    """Branch whose commit gets ahead of the next push over HTTPS, or ''."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, status: int) -> None:
        """Answer every HTTP request with this status."""
        self.status = status

    def delay(self, seconds: float) -> None:
        """Wait before each request and each SSH command."""
        self.delay_s = seconds

    def cut_pack(self, after_bytes: int) -> None:
        """Break the connection in the middle of what a fetch gets."""
        self.cut_after = after_bytes

    def overtake(self, branch: str) -> None:
        """Let the commit of this branch reach the default one as the next push begins."""
        self.overtaking = branch

    def clear(self) -> None:
        """No faults any more; whoever is being delayed goes on at once."""
        self.status, self.delay_s, self.cut_after = None, 0.0, None
        self.overtaking = ""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self) -> None:
        """Hold a request back for as long as the delay says."""
        if self.delay_s:
            try:
                await asyncio.wait_for(self._changed.wait(), self.delay_s)
            except TimeoutError:
                return  # the delay is over

    def described(self) -> dict[str, object]:
        """The faults that are on."""
        return {
            "answer": self.status,
            "delay": self.delay_s,
            "cut_pack": self.cut_after,
            "refused": sorted(self.refused),
            "overtake": self.overtaking,
        }
