"""Why a unit is in its state: the results that decided, or the reason where none did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guide.unit import Unit
from report.known.book import Book, Proof
from report.known.states import MEANING, State

_PROOF_OF = {State.ERRATUM: {State.PROVEN}}


@dataclass(frozen=True)
class Judgement:
    """A unit's state with what it rests on."""

    state: State
    words: str
    """The state in words: in how many of the unit's scenarios it was found."""
    why: str = ""
    """The reason for its state, where that says more than the results."""
    decisive: Sequence[Proof] = ()
    """The results that decided, those of the newest run first."""
    green_since: tuple[str, str] = ("", "")
    """With which provider all of them are green since when."""

    @classmethod
    def of(cls, book: Book, unit: Unit) -> Judgement:
        """What the runs say of a unit."""
        scenarios = book.scenarios_of(unit.id)
        state = book.state(unit)
        words = _words(state, [book.scenario_state(one, unit.id) for one in scenarios])
        if state is State.EXCUSED:
            return cls(state, words, unit.excused)
        if not scenarios:
            return cls(state, words, "no scenario claims this yet")
        proofs = [proof for scenario in scenarios for proof in book.proofs(scenario, unit.id)]
        if not proofs:
            return cls(state, words, "no result in the runs shown")
        if state in (State.STALE, State.SKIPPED, State.NOT_RUN):
            found = (book.reason(scenario, state, unit.id) for scenario in scenarios)
            return cls(state, words, next(filter(None, found), MEANING[state]))
        place = {results.run.id: place for place, results in enumerate(book.results)}
        decisive = [p for p in proofs if p.state in _PROOF_OF.get(state, {state})] or proofs
        decisive.sort(key=lambda proof: place[proof.results.run.id])
        return cls(state, words, "", decisive, _green_since(book, decisive))

    @property
    def finished(self) -> str:
        """When the newest of these runs ended."""
        return self.decisive[0].results.run.finished

    @property
    def providers(self) -> Sequence[str]:
        """What they ran with."""
        return list(dict.fromkeys(proof.results.run.provider for proof in self.decisive))

    @property
    def took(self) -> float:
        """The seconds of the newest run."""
        first = self.decisive[0].results
        return sum(p.scenario.duration_s for p in self.decisive if p.results is first)

    def versions(self, name: str) -> Sequence[str]:
        """The versions of a program in these runs."""
        runs = [proof.results.run for proof in self.decisive]
        return list(dict.fromkeys(filter(None, (run.versions.get(name) for run in runs))))


def _words(state: State, states: Sequence[State]) -> str:
    if len(states) < 2 or state in (State.PROVEN, State.ERRATUM):
        return str(state)
    return f"{state}: {sum(one is state for one in states)} of {len(states)}"


def _green_since(book: Book, proofs: Sequence[Proof]) -> tuple[str, str]:
    """Since when all of them are green, with the provider that has shown it the longest."""
    since: dict[str, str] = {}
    for proof in proofs:
        run = proof.results.run
        begun = book.green_since.get((run.provider, proof.scenario.id), run.finished)
        since[run.provider] = max(since.get(run.provider, ""), begun)
    provider, begun = min(since.items(), key=lambda item: item[1])
    newest = any(begun == proof.results.run.finished for proof in proofs)
    return ("", "") if newest else (provider, begun)
