"""The verdict on one newer version: what of the guide does not hold with it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from steps.proved import Break, Proved


@dataclass(frozen=True)
class Verdict:
    """What one cell says of one newer version."""

    cell: str
    what: str
    """Such as: helm 4.2.4 -> 4.3.2."""
    breaks: tuple[Break, ...] = ()
    not_run: str = ""
    """Why nothing is known of it; '' where it was run."""
    unknown: str = ""
    """Why nothing is known of it although it was run, and nothing breaks."""
    part: str = ""
    """How much of the guide was run, where that was not all of it."""
    note: str = ""
    """What has to be known with it."""
    said: str = ""
    """What is said in place of what breaks, of what can break nothing yet."""
    further: tuple[str, ...] = ()
    """Its lines."""

    @property
    def code(self) -> int:
        """1 where something breaks, 3 where nothing is known, else 0."""
        return 1 if self.breaks else 3 if self.unknown or self.not_run else 0

    @property
    def head(self) -> str:
        """The verdict on one line."""
        if self.said:
            said = self.said
        elif self.not_run:
            said = f"not run: {self.not_run}"
        elif self.breaks:
            units = {unit for one in self.breaks for unit in one.units}
            said = f"{count(len(units), 'unit')} in {count(len(self.breaks), 'scenario')} broken"
            said += f", of {self.part}" if self.part else ""
        elif self.unknown:
            said = f"nothing is known: {self.unknown}"
        else:
            said = "nothing breaks" + (f" in {self.part}" if self.part else "")
        return f"{self.what}: {said}" + (f" ({self.note})" if self.note else "")

    def lines(self) -> Iterator[str]:
        """The verdict, then each scenario that breaks with its units and its words."""
        yield self.head
        for one in self.breaks:
            units = ", ".join(one.units) or "no unit"
            yield f"  {units} ({one.scenario}): {one.words}"
        for line in self.further:
            yield f"  {line}"


def of_api_versions(cell: str, proved: Proved, own: Proved | None) -> Verdict:
    """Which apiVersions that the edition shows are deprecated or gone on the newer versions."""
    old = own.passing if own else {}
    found = tuple(line for name, line in proved.passing.items() if old.get(name) != line)
    said = f"{proved.asked} asked, {len(found) or 'none'} deprecated or gone"
    more = len(proved.passing) - len(found)
    note = f"{more} more with today's pins too" if more else ""
    return Verdict(cell, "apiVersions of the edition", note=note, said=said, further=found)


def count(number: int, what: str) -> str:
    """A number of things, in words."""
    return f"{number} {what}{'' if number == 1 else 's'}"


INTERRUPTED = "interrupted: not all that is newer was run"


def terminal(verdicts: Sequence[Verdict], interrupted: bool = False) -> Iterator[str]:
    """The verdicts by cell, for people."""
    if interrupted:
        yield INTERRUPTED
    elif not verdicts:
        yield "nothing is newer than what is pinned"
    cell = ""
    for verdict in verdicts:
        if verdict.cell != cell:
            cell = verdict.cell
            yield f"{cell}: does the guide hold with what is newer?"
        for line in verdict.lines():
            yield f"  {line}"


def markdown(
    verdicts: Sequence[Verdict], diff: str, asked: str = "", interrupted: bool = False
) -> str:
    """The verdicts by cell, and the diff that would take the pins up.

    `asked` is what was run of the guide, where that is not all of it.
    """
    lines, cell = ["# Tomorrow's versions"], ""
    if interrupted:
        lines = [f"**{INTERRUPTED}**", "", *lines]
    elif not verdicts:
        lines += ["", "Nothing is newer than what is pinned."]
    for verdict in verdicts:
        if verdict.cell != cell:
            cell = verdict.cell
            lines += ["", f"## {cell}"]
        head, *breaks = verdict.lines()
        lines += ["", head, *([""] if breaks else []), *(f"- {line.strip()}" for line in breaks)]
    taken = "make pin NEXT=1 takes it." if diff else "It takes up nothing."
    taken += f" Of the guide only {asked} was run with it." if asked and diff else ""
    lines += ["", "## The diff that takes the pins up", "", taken, ""]
    fence = "`" * 4
    return "\n".join([*lines, f"{fence}diff", *diff.splitlines(), fence, ""])
