"""Claims of a scenario that would be true for nothing, found without a cluster.

That something is not there or goes away can be said of any misspelt name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guide.edition import Edition
from guide.errors import GuideError
from guide.features import Features
from guide.scenario import Scenario, Step

_ABSENT = re.compile(r'there is no (\w+) "([^"]+)"')
_STORED = re.compile(r"sh\.helm\.release\.v1\.(.+)\.v\d+")
_GONE = re.compile(r'^(\w+) "([^"]+)"(?: in "([^"]+)")? goes away')
_FILLED = re.compile(r"""\bname: *["']?([\w.-]*<[\w-]+>[\w.<>-]*)""")
"""A name in which a placeholder stands: any that it may be filled to is named."""
_NOT_TRIED = re.compile(r'Kustomization "([^"]+)" has not tried')


def vain(features: Features, edition: Edition) -> Iterator[GuideError]:
    """The sentences that hold for a name which nobody has, with what would show that it has one."""
    for scenario in features.scenarios.values():
        used = [name for name in features.blocks_of(scenario, edition) if name in edition.blocks]
        written = "\n".join(edition.block(name).text for name in used)
        told: set[tuple[int, str]] = set()
        for step, why, cure in claims_in_vain(scenario, written):
            if (step.line, why) not in told:
                told.add((step.line, why))
                yield GuideError(
                    f'"{step.text}" holds whatever happens: {why}',
                    file=scenario.file,
                    line=step.line,
                    cure=cure,
                )


def claims_in_vain(scenario: Scenario, written: str) -> Iterator[tuple[Step, str, str]]:
    """Such sentences of one scenario, whose blocks hold what is `written`."""
    seen: list[str] = []
    told = [_words(step) for step in scenario.expanded if not _ABSENT.search(step.text)]
    known = "\n".join([written, *told])
    for step in scenario.expanded:
        absent = _ABSENT.search(step.text)
        if absent and not any(_names(known, each) for each in _made_of(*absent.groups())):
            cure = "correct the name, or say in another step where it is there"
            yield step, f"no block of the scenario names {absent[2]!r}", cure
        gone = _GONE.match(step.text)
        if gone:
            kind, name, namespace = gone.groups()
            there = [f'{kind} "{name}"', f' in "{name}" holds']
            there.append(f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}")
            if not any(_names(text, words) for words in there for text in seen):
                cure = "correct the name, or say before it that the object is there"
                yield step, "nobody has seen that it was there", cure
        not_tried = _NOT_TRIED.search(step.text)
        if not_tried and not any(f'"{not_tried[1]}"' in text for text in seen):
            cure = "correct the name, or say before it what the Kustomization reports instead"
            yield step, "nobody has waited for what it says instead", cure
        seen += [step.text, *(" ".join(row) for row in step.table)]


def _made_of(kind: str, name: str) -> Iterator[str]:
    """A name, and the one of which Helm or Flux has made it."""
    yield name
    if stored := _STORED.fullmatch(name):
        yield stored[1]
    if kind == "HelmChart":  # <namespace>-<release>
        yield from (name[at + 1 :] for at, sign in enumerate(name) if sign == "-")


def _words(step: Step) -> str:
    return "\n".join([step.text, *(" ".join(row) for row in step.table)])


def _names(written: str, name: str) -> bool:
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", written):
        return True
    filled = (re.split(r"<[\w-]+>", each) for each in _FILLED.findall(written))
    return any(re.fullmatch(r"[\w.-]+".join(map(re.escape, parts)), name) for parts in filled)
