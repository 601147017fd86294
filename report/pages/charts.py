"""Small pictures of runs: a strip of the last ones, a line over time. Inline SVG, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.pages.states import SIGN, of_status
from report.pages.text import anchor, line, seconds

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 150, 44, 12, 20


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


def strips(cells: Sequence[Cell]) -> str:
    """A strip of cells, oldest first, for each provider."""
    providers = sorted({one.provider for one in cells})
    return "".join(_strip([c for c in cells if c.provider == name], name) for name in providers)


def _strip(cells: Sequence[Cell], provider: str) -> str:
    items = "".join(f"<li>{cell(one.status, one.words, one.href)}</li>" for one in cells)
    with_ = f"with {provider}" if provider else "without a sandbox"
    label = line(f"Last runs {with_}, oldest first")
    return (
        f'<p class="pb-h">{label}</p>'
        f'<ol class="pb-strip" data-search-exclude aria-label="{label}">{items}</ol>'
    )


def cell(status: str, words: str, href: str = "") -> str:
    """A square with the sign of a status; `words` is its title and its name for screen readers."""
    state = of_status(status)
    said = line(words)
    sign = f'<span aria-hidden="true">{SIGN[state]}</span><span class="pb-hidden">{said}</span>'
    if href:
        return f'<a class="pb-cell {state.css}" href="{href}" title="{said}">{sign}</a>'
    return f'<span class="pb-cell {state.css}" title="{said}">{sign}</span>'


def lines(points: Sequence[Point], title: str) -> str:
    """A line chart of seconds over runs, oldest first; '' for fewer than two.

    Failed runs are crosses, gaps stay gaps.
    """
    values = [point.value for point in points if point.value is not None]
    if len(values) < 2:
        return ""
    top = _ceiling(max(values))
    step = (_WIDTH - _LEFT - 10) / max(1, len(points) - 1)

    def x(index: int) -> float:
        return _LEFT + (index * step if len(points) > 1 else (_WIDTH - _LEFT) / 2)

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)

    runs: list[list[str]] = [[]]
    marks = []
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
            continue
        at = f"{x(index):.1f},{y(point.value):.1f}"
        runs[-1].append(at)
        marks.append(_mark(point, x(index), y(point.value)))
    ident = anchor(f"chart-{title}")
    paths = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    grid = "".join(
        f'<line class="pb-axis" x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{_tick(v)}</text>'
        for v in (0.0, top / 2, top)
    )
    said = (
        f"{len(values)} runs, from {seconds(min(values))} to {seconds(max(values))}, "
        f"last {seconds(values[-1])}"
    )
    return (
        f'<figure class="pb-chart"><figcaption>{line(title)} ({said})</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{line(title)}</title><desc id="{ident}-d">{said}</desc>'
        f"{grid}{paths}{''.join(marks)}"
        f'<text x="{_LEFT}" y="{_HEIGHT - 4}">{line(points[0].at[:10])}</text>'
        f'<text x="{_WIDTH - 8}" y="{_HEIGHT - 4}" text-anchor="end">'
        f"{line(points[-1].at[:10])}</text>"
        "</svg></figure>"
    )


def _mark(point: Point, x: float, y: float) -> str:
    words = f"<title>{line(point.run)}: {seconds(point.value)}{', failed' * point.failed}</title>"
    if point.failed:
        return f'<path class="pb-failed" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8">{words}</path>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5">{words}</circle>'


def _ceiling(value: float) -> float:
    """The next round number at or above `value`."""
    size = 1.0
    while size * 10 < value:
        size *= 10
    return next((size * step for step in (1, 2, 5, 10) if size * step >= value), size * 10)


def _tick(value: float) -> str:
    return f"{value:g} s"
