"""One container of a pod as a kubelet sees it: waiting, running, ended, restarted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.cluster.kubernetes import Object

_FIRST_BACK_OFF_S = 10
_LONGEST_BACK_OFF_S = 300
_FORGIVEN_AFTER_S = 600
"""A kubelet's own figures: how long it waits before it starts a failed container again."""


def now() -> str:
    """The time as objects hold it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class ContainerState:
    """The state of a container, and when it may start again."""

    name: str
    image: str
    pod: str
    """`<pod>_<namespace>(<uid>)`, as a kubelet names a pod in its messages."""
    state: Object = field(default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}})
    last: Object = field(default_factory=dict)
    restarts: int = 0
    ready: bool = False
    begun: bool = True
    """Whether its startup probe lets it count as started, once it runs."""
    _started: float = 0.0
    _back_off_s: float = 0.0
    _not_before: float = 0.0

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return "running" in self.state

    @property
    def exit_code(self) -> int | None:
        """With which code it ended; None where it has not."""
        ended = self.state.get("terminated")
        return None if ended is None else int(ended["exitCode"])

    def wait(self, reason: str, message: str = "") -> None:
        """It cannot start, for this reason."""
        said = {"reason": reason, "message": message} if message else {"reason": reason}
        self.state, self.ready = {"waiting": said}, False

    def run(self) -> None:
        """It starts; one that ran before is restarted."""
        if self.last or "terminated" in self.state:
            self.last = self._ended() or self.last
            self.restarts += 1
        self.state = {"running": {"startedAt": now()}}
        self._started = time.monotonic()

    def end(self, exit_code: int) -> None:
        """It ended."""
        started = self.state["running"]["startedAt"] if self.running else now()
        self.state = {
            "terminated": {
                "exitCode": exit_code,
                "reason": "Error" if exit_code else "Completed",
                "startedAt": started,
                "finishedAt": now(),
            }
        }
        self.ready = False
        if self.ran_for() > _FORGIVEN_AFTER_S:
            self._back_off_s = 0
        self._not_before = time.monotonic() + self._back_off_s

    def ran_for(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    def back_off(self) -> float:
        """Seconds until it may start again; while there are some it waits, in a kubelet's words.

        The first restart comes at once, the next after 10 seconds, then twice as long each time.
        """
        left = self._not_before - time.monotonic()
        if left <= 0:
            self._back_off_s = min(self._back_off_s * 2 or _FIRST_BACK_OFF_S, _LONGEST_BACK_OFF_S)
            return 0
        self.last = self._ended() or self.last
        self.wait(
            "CrashLoopBackOff",
            f"back-off {_words(self._back_off_s)} restarting failed container={self.name} "
            f"pod={self.pod}",
        )
        return left

    def _ended(self) -> Object:
        return {"terminated": self.state["terminated"]} if "terminated" in self.state else {}

    def status(self) -> Object:
        """It as the pod's status tells it."""
        return {
            "name": self.name,
            "image": self.image,
            "imageID": "",
            "ready": self.ready,
            "started": self.running and self.begun,
            "restartCount": self.restarts,
            "state": self.state,
            "lastState": self.last,
        }


def _words(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
