"""What the seconds of a run go by with: which wait stood still, and at what."""

from __future__ import annotations

from collections import defaultdict

from sandbox import events

COMMANDS = "commands of the guide"
_SOURCES = ("GitRepository ", "HelmRepository ", "HelmChart ", "OCIRepository ")
_STARTING = ("the API server of", "node ", "the Git server", "Flux's controllers", "the supervisor")
_GOING = ("to go away", "to hold what it held before", "to be gone")


def reason(what: str, seen: str) -> str:
    """What stands in the way of a wait, by what it last saw; of several the first in Flux's chain.

    Whoever waits for a dependency waits for what that waits for: only where all do is it the
    dependency itself, which is looked at again from time to time.
    """
    if what.endswith(_GOING):
        return "deletion"
    if what.startswith(_STARTING):
        return "programs that start"
    parts = seen.split("; ")
    if any(part.startswith(_SOURCES) for part in parts):
        return "a source to be fetched"
    for words, told in (
        ("health check", "a health check"),
        ("HelmRelease ", "a Helm release"),
    ):
        if any(words in part for part in parts):
            return told
    flux = [part for part in parts if part.startswith("Kustomization ")]
    if flux and all("dependency" in part.lower() for part in flux):
        return "the look at a dependency"
    if flux or what.startswith("Kustomization "):
        return "a Kustomization to be applied"
    if what.startswith("Deployment "):
        return "pods"
    return "others"


class Waits:
    """Listens to a sandbox and adds up seconds by reason."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: dict[str, tuple[str, float]] = {}

    def hear(self, event: events.Event) -> None:
        """A look of a wait, its end, or a command."""
        match event:
            case events.Waiting():
                self._pass(event.what, event.elapsed_s)
                self._open[event.what] = event.last_seen, event.elapsed_s
            case events.Waited():
                self._pass(event.what, event.duration_s)
                self._open.pop(event.what, None)
            case events.CommandRan():
                self.seconds[COMMANDS] += event.duration_s

    def _pass(self, what: str, elapsed: float) -> None:
        """The seconds since the last look went by with what that saw."""
        if what in self._open:
            seen, before = self._open[what]
            self.seconds[reason(what, seen)] += elapsed - before

    def taken(self) -> dict[str, float]:
        """The seconds since the last time this was asked."""
        found = {name: round(took, 2) for name, took in self.seconds.items() if round(took, 2)}
        self.seconds.clear()
        return found
