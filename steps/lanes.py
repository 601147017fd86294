"""Lanes: how many cells of a night run side by side, and how many workers each of them has then."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sandbox.providers import choice
from steps import crew
from steps.arguments import at_once_of, workers_of
from steps.cell_run import CellRun
from steps.matrix import Cell


@dataclass(frozen=True)
class Lanes:
    """Room for the cells of a night; by itself they run one after the other, as asked for."""

    count: int = 1
    workers: Mapping[str, int] = field(default_factory=dict)
    """Of each cell, by its provider."""
    said: str = ""
    """What whoever asked has to know."""

    @classmethod
    def of(cls, cells: Sequence[Cell], asked: argparse.Namespace) -> Lanes:
        """As many as were asked for and find room, each with its own workers.

        Where the machine is to say how many workers there are, cells of a number share those that
        it feeds; of `auto` each has as many as it would have alone, and what is left over is room
        for further cells. A cell whose provider cannot run here takes none.
        """
        given, workers = at_once_of(asked.at_once), workers_of(asked.workers)
        if given == 1:
            return cls()
        named = Counter(cell.provider for cell in cells)
        providers = Counter({name: n for name, n in named.items() if not choice.lacking(name)})
        most = min(providers.total(), given or providers.total())
        if most < 2:
            return cls()
        each = {name: workers or crew.fed(asked.feature, name)[0] for name in providers}
        if given is None:
            rooms = [(crew.room(name), each[name]) for name in providers]
            count, why = min((found // taken, why) for (found, why), taken in rooms)
        else:
            each = {name: workers or max(1, each[name] // most) for name in providers}
            found, why = crew.in_memory()
            count = found // max(each.values())
            if providers["kind"] > 1:
                count = min(count, crew.watched() // each["kind"])
        count = max(1, min(count, most))
        told = ", ".join(f"{number} on {name}" for name, number in each.items())
        said = f"{count} cell{'s' if count > 1 else ''} at once, workers of each: {told} ({why})"
        if given and count < most:
            said += f"; AT_ONCE={given} finds no room: {crew.EACH_GIB:g} GiB for each worker"
        return cls(count, each if count > 1 else {}, said)

    def given(self, run: CellRun) -> CellRun:
        """The run in one of the lanes."""
        workers = self.workers.get(run.cell.provider, run.asked.workers)
        asked = argparse.Namespace(**{**vars(run.asked), "workers": str(workers)})
        return replace(run, asked=asked, at_once=self.count)
