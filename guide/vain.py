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

_ABSENT = re.compile(r'there is no (\w+) "([^"]+)"(?: in "([^"]+)")?')
_EVERYWHERE = ("default", "flux-system", "kube-system", "kube-public", "kube-node-lease")
"""Namespaces that every cluster with Flux has."""
_STORED = re.compile(r"sh\.helm\.release\.v1\.(.+)\.v\d+")
_UNPRINTED = re.compile(r'prints no \w+ named "([^"]+)"')
_UNSENT = re.compile(r'no message to "(/[^"]*)"')
_EMPTY = re.compile(r'the monorepo has nothing below "([^"]+)"')
_UNSAID = re.compile(r'says nothing of "')
_NEGATIVE = (_ABSENT, _UNPRINTED, _UNSENT, _UNSAID, _EMPTY)
"""What a scenario says with them is no sign that anybody has the name."""
_GONE = re.compile(r'^(\w+) "([^"]+)"(?: in "([^"]+)")? goes away')
_FILLED = re.compile(r"""\bname: *["']?([\w.-]*<[\w-]+>[\w.<>-]*)""")
_FILLED_NAMESPACE = re.compile(
    r"""(?:\bnamespace: *|\s-n[ =]?|\s--namespace[ =])["']?([\w.-]*<[\w-]+>[\w.<>-]*)"""
)
"""A name in which a placeholder stands: any that it may be filled to is named."""
_NOT_TRIED = re.compile(r'Kustomization "([^"]+)" has not tried')


def vain(features: Features, edition: Edition) -> Iterator[GuideError]:
    """The sentences that hold for a name which nobody has, with what would show that it has one."""
    for scenario in features.scenarios.values():
        used = [name for name in features.blocks_of(scenario, edition) if name in edition.blocks]
        written = "\n".join(edition.block(name).text for name in used)
        paths = "\n".join(edition.block(name).path for name in used)
        told: set[tuple[int, str]] = set()
        for step, why, cure in claims_in_vain(scenario, written, paths):
            if (step.line, why) not in told:
                told.add((step.line, why))
                yield GuideError(
                    f'"{step.text}" holds whatever happens: {why}',
                    file=scenario.file,
                    line=step.line,
                    cure=cure,
                )


def claims_in_vain(
    scenario: Scenario, written: str, paths: str = ""
) -> Iterator[tuple[Step, str, str]]:
    """Such sentences of one scenario, whose blocks hold what is `written`, in files at `paths`."""
    seen: list[str] = []
    told = [_words(step) for step in scenario.expanded if not _is_negative(step)]
    known = "\n".join([written, *told])
    for step in scenario.expanded:
        for name in _unknown(step, known, paths):
            cure = "correct the name, or say in another step where it is there"
            yield step, f"no block of the scenario names {name!r}", cure
        gone = _GONE.match(step.text)
        if gone and not any(_is_seen(text, *gone.groups()) for text in seen):
            cure = "correct the name, or say before it that the object is there"
            yield step, "nobody has seen that it was there", cure
        not_tried = _NOT_TRIED.search(step.text)
        if not_tried and not any(f'"{not_tried[1]}"' in text for text in seen):
            cure = "correct the name, or say before it what the Kustomization reports instead"
            yield step, "nobody has waited for what it says instead", cure
        if not _is_negative(step):
            seen += [step.text, *(" ".join(row) for row in step.table)]


def _is_seen(told: str, kind: str, name: str, namespace: str | None) -> bool:
    """Whether a sentence or a row of a table tells of an object; Flux's own lie in flux-system."""
    if not namespace:
        there = [f'{kind} "{name}"', f"{kind} {name}", f' in "{name}" holds']
        return any(_names(told, words) for words in there)
    said = re.search(rf'{kind} "{re.escape(name)}"(?: in "([^"]+)")?', told)
    place = said and (said[1] or "flux-system")
    return place == namespace or _names(told, f"{kind} {namespace}/{name}")


def _is_negative(step: Step) -> bool:
    return any(each.search(step.text) for each in _NEGATIVE)


def _unknown(step: Step, known: str, paths: str) -> Iterator[str]:
    """The names in what a step says is not there that nobody has."""
    if absent := _ABSENT.search(step.text):
        kind, name, namespace = absent.groups()
        if not any(_names(known, each) for each in _made_of(kind, name)):
            yield name
        named = namespace in _EVERYWHERE or _names(known, namespace or "", _FILLED_NAMESPACE)
        if namespace and not named:
            yield namespace
    if (unprinted := _UNPRINTED.search(step.text)) and not _names(known, unprinted[1]):
        yield unprinted[1]
    if (unsent := _UNSENT.search(step.text)) and not _ends(known, unsent[1]):
        yield unsent[1]
    empty = _EMPTY.search(step.text)
    if empty and not _names(f"{known}\n{paths}", empty[1].strip("/")):
        yield empty[1]


def _made_of(kind: str, name: str) -> Iterator[str]:
    """A name, and the one of which Helm or Flux has made it."""
    yield name
    if stored := _STORED.fullmatch(name):
        yield stored[1]
    if kind == "HelmChart":  # <namespace>-<release>
        yield from (name[at + 1 :] for at, sign in enumerate(name) if sign == "-")


def _words(step: Step) -> str:
    return "\n".join([step.text, *(" ".join(row) for row in step.table)])


def _ends(written: str, path: str) -> bool:
    """Whether an address that is written has this path; a placeholder may stand before it."""
    return bool(re.search(rf"{re.escape(path)}(?![\w/-])", written))


def _names(written: str, name: str, filled: re.Pattern[str] = _FILLED) -> bool:
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", written):
        return True
    parts = (re.split(r"<[\w-]+>", each) for each in filled.findall(written))
    return any(re.fullmatch(r"[\w.-]+".join(map(re.escape, each)), name) for each in parts)
