"""Suspects: what differs between two runs of a scenario, the likeliest cause first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from report.regression.tracks import Outcome

_ALONE = {"workers": "1", "at_once": "1"}
"""What the settings of a run do not say that has one worker, and no other cell beside it."""
_VERSIONS = ("flux", "kubernetes", "kustomize", "helm")


@dataclass(frozen=True)
class Change:
    """What differs between two runs."""

    what: str
    before: str
    after: str


def suspects(before: Outcome, after: Outcome) -> tuple[Change, ...]:
    """What differs: edition, feature, steps, sandbox, provider, versions, charts, host.

    Pins of programs count where no version that a run tells is another. Edition and feature are
    the texts of this scenario. What can only be guessed from comes last: pages that it does not
    use, settings, and the commit where a line has no hashes of the code.
    """
    return tuple(_changes(before, after))


def shared(each: Sequence[Sequence[Change]]) -> tuple[Change, ...]:
    """The suspects of several scenarios with one failure: those of most scenarios first."""
    count = Counter(change for changes in each for change in dict.fromkeys(changes))
    order = {change: place for place, change in enumerate(count)}
    return tuple(sorted(count, key=lambda change: (-count[change], order[change])))


def _changes(before: Outcome, after: Outcome) -> Iterator[Change]:
    old, new = before.run, after.run
    texts = list(_texts(before, after))
    yield from texts
    yield from _differs(("steps", "sandbox", "guide"), old.code, new.code, known=True)
    yield from _differs(("provider",), {"provider": old.provider}, {"provider": new.provider})
    versions = {*old.versions, *new.versions}
    ordered = [*_VERSIONS, *sorted(versions.difference(_VERSIONS))]
    newer = list(_differs(ordered, old.versions, new.versions))
    yield from newer
    if not newer:  # else the pins have changed because of these
        yield from _differs(("programs",), old.code, new.code, known=True)
    yield from _differs(("charts",), old.code, new.code, known=True)
    yield from _differs(("host",), {"host": old.host}, {"host": new.host}, known=True)
    asked = [{**_ALONE, **run.settings} for run in (old, new)]
    yield from _differs(sorted({*asked[0], *asked[1]} - {"night"}), *asked)  # each has its own
    if not texts and old.edition_hash != new.edition_hash:
        yield Change("other pages of the edition", old.edition_hash[:12], new.edition_hash[:12])
    if old.commit != new.commit and not (old.code and new.code):
        yield Change("commit", old.commit, new.commit)


def _texts(before: Outcome, after: Outcome) -> Iterator[Change]:
    was, now = before.past, after.past
    if was.feature_hash and now.feature_hash:
        if was.text_hash != now.text_hash:
            yield Change("edition", was.text_hash, now.text_hash)
        if was.feature_hash != now.feature_hash:
            yield Change("feature", was.feature_hash, now.feature_hash)
    elif was.content_hash != now.content_hash:
        yield Change("edition or feature", was.content_hash, now.content_hash)


def _differs(
    names: Sequence[str], old: Mapping[str, str], new: Mapping[str, str], *, known: bool = False
) -> Iterator[Change]:
    """What has another value; `known`: a value that one of the two lacks says nothing."""
    for name in names:
        first, second = old.get(name, ""), new.get(name, "")
        if first != second and not (known and not (first and second)):
            yield Change(name, first, second)
