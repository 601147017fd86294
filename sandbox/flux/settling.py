"""Whether what a cluster shows may still be of an earlier commit than the newest.

A commit changes nothing of an object in the cluster before whoever keeps it has applied it: Flux's
source fetches, each Kustomization tries, a release upgrades. Until then a condition, a count of
replicas, an entry of a ConfigMap, or that an object is not there, are those of the commit before,
and prove nothing of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sandbox.cluster.kubernetes import Object, field
from sandbox.flux.status import Condition, condition, label, revision, source_of

Find = Callable[[str, str, str], Object | None]
"""An object of Flux by kind, namespace and name."""
Follows = Callable[[Object], bool]
"""Whether a source fetches what is pushed (`push.follows`)."""

_KEEPERS = (
    ("Kustomization", "kustomize.toolkit.fluxcd.io"),
    ("HelmRelease", "helm.toolkit.fluxcd.io"),
)
"""The kinds that keep objects, with the prefix of the labels by which they know them."""
_DEPENDENCY, _ARTIFACT, _REFUSED = "DependencyNotReady", "ArtifactFailed", "AccessDenied"
"""Reasons with which kustomize-controller ends before it notes a revision as tried (its
reconcile function). With `Stalled` it does so too, and does not try again. A release waits with the
first of them, too."""
_SOURCE = "SourceNotReady"
"""The reason with which a release waits for its chart."""
_MOMENT = timedelta(seconds=15)
"""What is at work for longer than this waits for something to become healthy: what it makes is
made."""
_CHECKS = "Running health checks"
"""Begins what a Kustomization says of itself when all is applied and not all is healthy yet."""


def pending(item: Object, head: str, find: Find, follows: Follows, done: bool = True) -> str:
    """Why `item` may be as a commit before `head` had it; "" when it is not.

    What nobody keeps is as somebody made it. What is suspended, waits for a dependency, or is
    applied from a source that cannot fetch or has an interval of its own stays as it is. Without
    `done` the object itself may still be at work: what it says meanwhile is what is asked for.
    """
    for each in _chain(item, find):
        if why := _behind(each, done or each is not item, head, find, follows):
            return why
    return ""


def _chain(item: Object, find: Find) -> Iterator[Object]:
    """Whoever keeps what keeps it, the outermost first; the object itself comes last."""
    links, known = [item], {label(item)}
    while (keeper := _keeper(links[0], find)) is not None and label(keeper) not in known:
        known.add(label(keeper))
        links.insert(0, keeper)
    yield from links


def _keeper(item: Object, find: Find) -> Object | None:
    labels = field(item, "metadata", "labels", default={})
    for kind, prefix in _KEEPERS:
        if (name := labels.get(f"{prefix}/name")) is not None:
            return _found(find, kind, labels.get(f"{prefix}/namespace") or "", name)
    return None


def _found(find: Find, kind: str, namespace: str, name: str) -> Object | None:
    """An object with its kind filled in."""
    found = find(kind, namespace, name)
    return None if found is None else {**found, "kind": kind}


def _behind(item: Object, done: bool, head: str, find: Find, follows: Follows) -> str:
    if field(item, "spec", "suspend", default=False):
        return ""
    match item["kind"]:
        case "GitRepository":
            return _unfetched(item, head, follows)
        case "Kustomization":
            return _untried(item, done, head, find, follows)
        case "HelmRelease":
            ready = condition(item)
            if ready is None or not ready.is_about(item):
                return f"{label(item)}: {ready or 'no condition yet'}"
            if done and _is_on_its_way(item, ready, head, find, follows):
                return f"{label(item)}: {ready}"
    return ""


def _is_on_its_way(item: Object, ready: Condition, head: str, find: Find, follows: Follows) -> bool:
    """Whether a release is at work, or waits for what is there or comes in a moment."""
    if ready.status == "False" and ready.reason == _DEPENDENCY:
        return not _is_held(item, head, find, follows, frozenset({label(item)}))
    if ready.status == "False" and ready.reason == _SOURCE:
        chart = _chart(item, find)
        source = None if chart is None else condition(chart)
        if chart is None or field(chart, "spec", "suspend", default=False):
            return False
        return source is None or source.status != "False"
    return ready.status == "Unknown"


def _chart(item: Object, find: Find) -> Object | None:
    """What a release takes its chart from, as Flux has it."""
    named = field(item, "spec", "chartRef")
    if named is not None:
        place = named.get("namespace") or item["metadata"]["namespace"]
        return _found(find, named["kind"], place, named["name"])
    place, _, name = str(field(item, "status", "helmChart", default="")).partition("/")
    return _found(find, "HelmChart", place, name) if name else None


def is_long_at_work(item: Object) -> bool:
    """Whether a release has been at work for so long that it only waits for what it has made."""
    ready = condition(item) if item["kind"] == "HelmRelease" else None
    return (
        ready is not None
        and ready.status == "Unknown"
        and ready.is_about(item)
        and _is_past(ready.since)
    )


def is_kept(item: Object, head: str, find: Find) -> bool:
    """Whether a Kustomization lets `head` wait while it checks what it has applied before."""
    kind, place = source_of(item).split(" ", 1)
    source, ready = _found(find, kind, *place.split("/", 1)), condition(item)
    if source is None or not revision(source).endswith(head):
        return False
    fetched = str(field(source, "status", "artifact", "lastUpdateTime", default=""))
    return (
        ready is not None and ready.status == "Unknown" and _is_checking(item) and _is_past(fetched)
    )


def _is_past(at: str) -> bool:
    """Whether a moment (RFC 3339, seconds) is over for a while."""
    return bool(at) and datetime.now(UTC) - datetime.fromisoformat(at) > _MOMENT


def _unfetched(source: Object, head: str, follows: Follows) -> str:
    if revision(source).endswith(head) or not follows(source):
        return ""
    return f"{label(source)} is at {revision(source) or 'no revision'}"


def _untried(item: Object, done: bool, head: str, find: Find, follows: Follows) -> str:
    kind, place = source_of(item).split(" ", 1)
    source = _found(find, kind, *place.split("/", 1))
    if source is None:
        return ""
    if not revision(source).endswith(head):
        return _unfetched(source, head, follows)
    ready = condition(item)
    tried = str(field(item, "status", "lastAttemptedRevision", default=""))
    if not tried.endswith(head):
        if ready is not None and _has_ended(item, ready, source, head, find, follows):
            return ""
        return f"{label(item)} has tried {tried or 'nothing'}"
    if not done or ready is None or ready.status != "Unknown" or _is_checking(item):
        return ""
    return f"{label(item)}: {ready}"


def _has_ended(
    item: Object, ready: Condition, source: Object, head: str, find: Find, follows: Follows
) -> bool:
    """Whether a Kustomization does not come to try the commit that its source has fetched."""
    if ready.status != "False":
        return False
    stalled = condition(item, "Stalled")
    if stalled is not None and stalled.status == "True" and stalled.is_about(item):
        return True
    if ready.reason == _DEPENDENCY:
        return _is_held(item, head, find, follows, frozenset({label(item)}))
    if ready.reason == _ARTIFACT:  # the same words may be of the commit before
        fetched = str(field(source, "status", "artifact", "lastUpdateTime", default=""))
        return _written(item) >= fetched
    return ready.reason == _REFUSED


def _is_held(
    item: Object, head: str, find: Find, follows: Follows, waiting: frozenset[str]
) -> bool:
    """Whether one that it waits for is not there, or has come to its end and is not Ready at head.

    One that is Ready there, or still on its way, holds it for a moment only.
    """
    for each in field(item, "spec", "dependsOn", default=()):
        place = each.get("namespace") or item["metadata"]["namespace"]
        other = _found(find, item["kind"], place, each["name"])
        if other is None:
            return True
        name, applies = label(other), item["kind"] == "Kustomization"
        if name in waiting or (applies and field(other, "spec", "suspend", default=False)):
            return True
        ready = condition(other)
        if ready is not None and ready.reason == _DEPENDENCY:
            if _is_held(other, head, find, follows, waiting | {name}):
                return True
        elif is_long_at_work(other) or not _behind(other, True, head, find, follows):
            # Flux asks for the commit only where both are applied, and from one source.
            asked = applies and source_of(other) == source_of(item)
            there = not asked or revision(other).endswith(head)
            own = each.get("readyExpr")  # asks for something else than Ready
            if own or not there or ready is None or ready.status != "True":
                return True
    return False


def _written(item: Object) -> str:
    """When what is said of it has last changed (RFC 3339, seconds); "" if never."""
    entries = field(item, "metadata", "managedFields", default=())
    times = (str(each.get("time", "")) for each in entries if each.get("subresource") == "status")
    return max(times, default="")


def _is_checking(item: Object) -> bool:
    at = condition(item, "Reconciling")
    return at is not None and at.message.startswith(_CHECKS)
