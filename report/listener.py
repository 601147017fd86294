"""The listener: what the root conftest tells of the sandbox, on its way to results and view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from report.masking import mask
from report.recorder import Recorder
from report.results import ApiVersion, ScenarioResult
from report.view import View

_EVIDENCE = {
    "CommandRan": "commands",
    "CommitMade": "commits",
    "Waited": "waits",
    "StageReached": "chain",
    "ConditionSeen": "conditions",
}


class Listener:
    """Takes plain values, so that the report knows nothing of the sandbox."""

    def __init__(self, recorder: Recorder, view: View) -> None:
        self._recorder = recorder
        self._view = view
        self._setup_error: Exception | None = None

    def describe(
        self,
        *,
        provider: str | None = None,
        versions: Mapping[str, str] | None = None,
        simulated: tuple[str, ...] | None = None,
        settings: Mapping[str, str] | None = None,
        api_versions: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Say what the run runs on; what is left out stays as it was."""
        given: dict[str, Any] = {
            "provider": provider,
            "versions": None if versions is None else dict(versions),
            "simulated": None if simulated is None else tuple(simulated),
            "settings": None if settings is None else dict(settings),
            "api_versions": tuple(ApiVersion(**each) for each in api_versions or ()) or None,
        }
        self._recorder.describe(**{name: one for name, one in given.items() if one is not None})

    def record(self, kind: str, value: Mapping[str, Any]) -> None:
        """Keep evidence: commands, commits, waits, chain or conditions, of the running step."""
        self._recorder.record(kind, value)

    def progress(self, what: str, last_seen: str, elapsed_s: float) -> None:
        """Something has been awaited for so many seconds."""
        self._view.progress(mask(what), mask(last_seen), elapsed_s)

    def phase(self, name: str, duration_s: float | None = None) -> None:
        """A phase of the sandbox begins, or ended after `duration_s` seconds."""
        if duration_s is None:
            self._view.phase(mask(name))
        else:
            self._recorder.phase(name, duration_s)
            self._view.phase("")

    def say(self, text: str) -> None:
        """A line that people must see: what was kept, and how it is removed."""
        self._view.say(mask(text))

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """What is done in here brings the sandbox up or down: it belongs to no scenario.

        An error that comes out of here ends the run as one of a fixture does, wherever the
        sandbox was asked for.
        """
        with self._recorder.aside():
            try:
                yield
            except Exception as error:
                self._setup_error = error
                raise

    def stands_on(self, templates: Mapping[str, str]) -> None:
        """Which clusters of the current scenario's sandbox came from a template, made when."""
        self._recorder.stand_on(templates)

    def bundle(self, folder: str) -> Callable[[str, str], None]:
        """Keeps the files of the current scenario's failure bundle, masked, by name and text.

        The folder is relative to the results'.
        """
        return self._recorder.bundle(folder)

    @property
    def current(self) -> ScenarioResult | None:
        """The scenario at hand: its status is known while its fixtures are cleaned up."""
        return self._recorder.current

    def hear(self, event: object) -> None:
        """Take one event of the sandbox, known by the name of its class."""
        kind = type(event).__name__
        value = dict(vars(event))
        if kind in _EVIDENCE:
            self.record(_EVIDENCE[kind], value)
        elif kind == "Waiting":
            self.progress(**value)
        elif kind == "Told":
            self.say(value["text"])
        elif kind == "PhaseStarted":
            self.phase(value["phase"])
        elif kind == "PhaseEnded":
            self.phase(value["phase"], value["duration_s"])
