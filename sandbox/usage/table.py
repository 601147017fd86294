"""The picture of a run for a terminal: scenarios, then the sums of what they have used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sandbox.usage.part import Part

_PARTS = ("up", "steps", "return")
_MOST = 15


def table(parts: Sequence[Part]) -> Iterator[str]:
    """Its lines. How the sandbox comes up is told, not averaged."""
    yield "profile: seconds and CPU seconds of each scenario (the sandbox coming up, steps, return)"
    for scenario, group in groupby(parts, key=lambda part: part.scenario):
        found = {part.part: part for part in group}
        cells = [
            f"{found[name].seconds:6.1f} s {sum(found[name].cpu.values()):5.1f} CPU"
            if name in found
            else f"{'-':>17}"
            for name in _PARTS
        ]
        yield f"  {' | '.join(cells)} | {scenario}"
    counted = [part for part in parts if part.part in ("steps", "return")]
    scenarios = len({part.scenario for part in counted})
    if not scenarios:
        return
    for title, unit, of in (
        ("CPU seconds", " CPU", [part.cpu for part in counted]),
        ("seconds waiting", " s", [part.waits for part in counted]),
        ("requests to API servers", "", [_requests(part) for part in counted]),
        ("seconds of API servers until they answered", " s", [_served(part) for part in counted]),
    ):
        yield from _sums(title, unit, of, scenarios)


def _requests(part: Part) -> dict[str, int]:
    found: Counter[str] = Counter()
    for client, verb, resource, count, _ in part.requests:
        found[f"{client}: {verb} {resource}"] += count
    return dict(found)


def _served(part: Part) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for client, verb, resource, _, seconds in part.requests:
        found[f"{client}: {verb} {resource}"] += seconds
    return found


def _sums(
    title: str, unit: str, of: Sequence[Mapping[str, float]], scenarios: int
) -> Iterator[str]:
    sums: dict[str, float] = defaultdict(float)
    for each in of:
        for name, value in each.items():
            if value:  # a watch is not timed
                sums[name] += value
    total = sum(sums.values())
    yield f"{title}, a scenario, steps and return: {total / scenarios:.1f}{unit}"
    for name, value in sorted(sums.items(), key=lambda pair: -pair[1])[:_MOST]:
        yield f"  {value / scenarios:8.2f}{unit} {100 * value / total:5.1f} % {name}"
