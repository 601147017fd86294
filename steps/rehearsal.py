"""What a rehearsal of an upgrade has shown, in words for the terminal and for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.upgrade import Renewed, Upgrade
from steps.proved import Break, Proved
from steps.verdict import count

_SHOWN = 8
"""So many lines of a list are shown in the terminal: the file has them all."""
_STAYS = (
    "etcd, kwok (the simulated node) and the pods on it have no version of Kubernetes here: "
    "they went on"
)

_BETA = "admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy"


@dataclass(frozen=True)
class Part:
    """One part of the report: what it is about, what is to be said, and a list."""

    title: str
    lines: tuple[str, ...]
    listed: bool = False
    """Whether the lines are a list of like things, which the terminal cuts short."""


@dataclass
class Rehearsal:
    """The two runs of the features, and the upgrade between them."""

    old: str
    new: str
    before: Proved | None = None
    upgrade: Upgrade | None = None
    after: Proved | None = None
    place: str = ""
    """Where the features ran again."""
    failed: str = ""
    """Why the upgrade did not come to its end."""
    back: str = ""
    """What became of the step back to the old version that was tried then."""
    product: str = "Kubernetes"

    @property
    def shown(self) -> bool:
        """Whether there is something to be told: an older report must not take its place."""
        ran = self.before is not None and bool(self.before.held or self.before.breaks)
        return ran or self.upgrade is not None or bool(self.failed)

    @property
    def new_breaks(self) -> list[Break]:
        """What held on the old version and does not on the new one."""
        if self.before is None or self.after is None:
            return []
        held = self.before.held
        return [one for name, one in self.after.breaks.items() if name in held]

    @property
    def lost(self) -> list[str]:
        """What held on the old version, and of which the run on the new one says nothing."""
        if self.before is None or self.after is None or not self.after.whole:
            return []
        return sorted(self.before.held - self.after.held - self.after.breaks.keys())

    @property
    def verdict(self) -> str:
        """The whole in one line."""
        way = f"{self.product} {self.old} -> {self.new}"
        if self.failed:
            return f"{way}: the upgrade failed"
        if self.upgrade is None:
            return f"{way}: not upgraded, the features did not run to their end on {self.old}"
        if self.before is None or self.after is None or not self.after.whole:
            return f"{way}: upgraded; the features did not run to their end on {self.new}"
        if self.new_breaks:
            return f"{way}: upgraded; {count(len(self.new_breaks), 'scenario')} held and breaks"
        if self.lost:
            return f"{way}: upgraded; held before and did not run again: {', '.join(self.lost)}"
        return f"{way}: upgraded; what held holds ({count(len(self.after.held), 'scenario')})"

    def parts(self) -> Iterator[Part]:
        """The report, part by part."""
        yield Part(f"Features on {self.old}", tuple(_of_run(self.before)))
        for each in self.upgrade.clusters if self.upgrade else ():
            assert self.upgrade is not None
            yield Part(f"Upgrade of {each.cluster}, in place", tuple(_of(each, self.upgrade)))
            yield from _changes(each)
        if self.failed:
            yield Part("Upgrade", tuple(filter(None, (self.failed, self.back))))
        if self.upgrade:
            yield Part(f"Features on {self.new}, {self.place}", tuple(_of_run(self.after)))

    def terminal(self) -> Iterator[str]:
        """The report for people who wait: long lists are cut short."""
        for part in self.parts():
            yield part.title
            few = part.lines[:_SHOWN] if part.listed else part.lines
            yield from (f"  {_indented(line)}" for line in few)
            if len(few) < len(part.lines):
                yield f"  ... and {len(part.lines) - len(few)} more in the report"
        yield self.verdict

    def markdown(self) -> str:
        """The whole report."""
        lines = [f"# Upgrade rehearsal: {self.product} {self.old} to {self.new}", "", self.verdict]
        for part in self.parts():
            lines += ["", f"## {part.title}", ""]
            lines += [f"- {line}" for line in map(_indented, part.lines)]
        return "\n".join([*lines, ""])


def _of_run(proved: Proved | None) -> Iterator[str]:
    if proved is None:
        yield "not run"
        return
    if not proved.whole:
        yield f"did not come to its end: {proved.stopped}"
    yield f"{count(len(proved.held), 'scenario')} held, {len(proved.breaks) or 'none'} broken"
    for one in proved.breaks.values():
        yield f"{', '.join(one.units) or 'no unit'} ({one.scenario}): {one.words}"


def _of(renewed: Renewed, upgrade: Upgrade) -> Iterator[str]:
    yield from _of_flux(renewed, upgrade) if renewed.controllers else _of_api(renewed, upgrade)
    if not renewed.at_rest:
        yield "it had not come to rest when it was looked at: more may have changed than is listed"


def _of_flux(renewed: Renewed, upgrade: Upgrade) -> Iterator[str]:
    """Where Flux was taken to another version."""
    yield f"flux bootstrap gitlab, typed once more with the newer flux: {_commit(upgrade)}"
    for each in renewed.controllers:
        same = each.old == each.new
        way = f"is {each.new} in both" if same else f"{each.old or 'none'} -> {each.new}"
        yield f"{each.name} {way}, {each.away_s:.1f} s without a pod that is Ready"
    objects = count(renewed.answered, "object")
    yield (
        f"{renewed.last_s:.1f} s after it was typed each of {objects} was reconciled by these, and "
        "is Ready"
    )
    yield from _failed(renewed)
    yield _at(upgrade)


def _of_api(renewed: Renewed, upgrade: Upgrade) -> Iterator[str]:
    yield f"{renewed.without_api_s:.1f} s without an API server, the old one's orderly end included"
    if renewed.answered:
        objects = count(renewed.answered, "object")
        yield (
            f"{renewed.first_s:.1f} s at most in which nothing of Flux was reconciled; after "
            f"{renewed.last_s:.1f} s each of {objects} was, and is Ready"
        )
        yield from _failed(renewed)
        yield f"flux bootstrap gitlab, typed once more with the same Flux: {_commit(upgrade)}"
        yield _at(upgrade)
    else:
        yield "no Flux in it"
    yield _STAYS
    if any(each.startswith(_BETA) for each in renewed.changes.versions_gone):
        yield f"{_BETA} was switched on by the sandbox, not by Kubernetes: it makes Flux quick"


def _failed(renewed: Renewed) -> Iterator[str]:
    for said in renewed.failed:
        yield f"failed meanwhile, and not when it was asked again: {said}"


def _commit(upgrade: Upgrade) -> str:
    same = upgrade.head == upgrade.before
    return "no commit came of it" if same else f"it made the commit {upgrade.head[:8]}"


def _at(upgrade: Upgrade) -> str:
    same = upgrade.head == upgrade.before
    then = "the commit of before" if same else f"before it was {upgrade.before[:8]}"
    return f"every Flux object is Ready at {upgrade.head[:8]}, {then}"


def _changes(renewed: Renewed) -> Iterator[Part]:
    found = renewed.changes
    titled: Sequence[tuple[str, tuple[str, ...]]] = (
        ("API versions that are served no longer", found.versions_gone),
        ("API versions that are new", found.versions_come),
        ("Flux's controllers started again", found.restarts),
        ("objects that are gone", found.gone),
        ("objects that have come", found.come),
        ("objects that are changed, and which fields", found.changed),
    )
    for title, lines in titled:
        yield Part(f"{renewed.cluster}: {title} ({len(lines)})", lines or ("none",), listed=True)


def _indented(line: str) -> str:
    """A line that is several, as one entry of a list."""
    return "\n  ".join(line.rstrip().splitlines())
