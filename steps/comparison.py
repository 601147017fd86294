"""A run on newer versions beside that on today's pins: what breaks, and what is not known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from steps.proved import Break, Proved

NO_TODAY = "not held against today's pins, which proved nothing tonight"


@dataclass(frozen=True)
class Comparison:
    """What the one says that the other does not."""

    breaks: tuple[Break, ...]
    """What does not hold, and is not as bad with the pins of today."""
    notes: tuple[str, ...] = ()
    """What has to be known with it."""
    unknown: str = ""
    """Why nothing is known although nothing breaks."""

    @classmethod
    def of(cls, proved: Proved, own: Proved | None, only: Collection[str] = ()) -> Comparison:
        """Of a run that came to its end; `only` are the scenarios that were run, none for all.

        What failed today is not held against tomorrow; what passed today at a further attempt
        excuses nothing that fails at every one.
        """
        today = own if own is not None and own.whole else None
        failed = proved.breaks.keys() & today.failed if today else set[str]()
        flaky = proved.flaky & today.flaky if today else frozenset[str]()
        breaks = tuple(
            one for name, one in proved.breaks.items() if name not in failed and name not in flaky
        )
        missing = sorted({*(only or (today.held if today else ()))} - proved.told)
        held = bool(today) and not only
        how = "held with today's pins and did not run" if held else "did not run with it"
        lacking = f"{', '.join(missing)} {how}" if missing else ""
        notes = [
            "" if today else NO_TODAY,
            f"{len(failed)} more fail with today's pins too" if failed else "",
            f"{len(flaky)} more flaky with today's pins too" if flaky else "",
            lacking if breaks else "",
        ]
        unknown = lacking or ("" if proved.held else "no scenario holds with it")
        return cls(breaks, tuple(filter(None, notes)), "" if breaks else unknown)
