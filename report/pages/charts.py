"""Small pictures of runs: a strip of the last ones, a line over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.known.places import anchor
from report.pages.text import seconds

_TOP, _BOTTOM = 12, 20

Mark = tuple["Point", float, float]


@dataclass(frozen=True)
class Point:
    """One run in a picture."""

    run: str
    at: str
    value: float | None
    """Seconds; None where the run has none, which leaves a gap."""
    failed: bool = False


@dataclass(frozen=True)
class Cell:
    """One run in a strip."""

    provider: str
    status: str
    words: str
    """Read aloud, and shown by the pointer."""
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """A line chart of seconds over runs, oldest first."""

    title: str
    said: str
    """What it shows, in words."""
    marks: Sequence[Mark]
    """Each run that has seconds, and where it stands."""
    lines: Sequence[Sequence[tuple[float, float]]]
    """The runs without a gap between them."""
    ticks: Sequence[tuple[float, float]]
    """Seconds that have a line of their own, and its height."""
    first: str
    last: str
    width: int = 640
    height: int = 150
    left: int = 44
    right: int = 640 - 8

    @property
    def ident(self) -> str:
        """What its ids begin with."""
        return anchor(f"chart-{self.title}")

    @classmethod
    def of(cls, points: Sequence[Point], title: str) -> Chart | None:
        """The chart of these runs; None for fewer than two with seconds."""
        values = [point.value for point in points if point.value is not None]
        if len(values) < 2:
            return None
        top = _ceiling(max(values))
        step = (cls.width - cls.left - 10) / (len(points) - 1)

        def y(value: float) -> float:
            return _TOP + (cls.height - _TOP - _BOTTOM) * (1 - value / top)

        lines: list[list[tuple[float, float]]] = [[]]
        marks: list[Mark] = []
        for index, point in enumerate(points):
            if point.value is None:
                lines.append([])
                continue
            at = (cls.left + index * step, y(point.value))
            lines[-1].append(at)
            marks.append((point, *at))
        said = (
            f"{len(values)} runs, from {seconds(min(values))} to {seconds(max(values))}, "
            f"last {seconds(values[-1])}"
        )
        return cls(
            title,
            said,
            marks,
            [line for line in lines if len(line) > 1],
            [(value, y(value)) for value in (0.0, top / 2, top)],
            points[0].at[:10],
            points[-1].at[:10],
        )


def _ceiling(value: float) -> float:
    """The next round number at or above `value`."""
    size = 1.0
    while size * 10 < value:
        size *= 10
    return next((size * step for step in (1, 2, 5, 10) if size * step >= value), size * 10)
