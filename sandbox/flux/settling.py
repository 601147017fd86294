"""Whether what a cluster shows may still be of an earlier commit than the newest.

A commit changes nothing of an object in the cluster before whoever keeps it has applied it: Flux's
source fetches, each Kustomization tries, a release upgrades. Until then a condition, a count of
replicas, an entry of a ConfigMap, or that an object is not there, are those of the commit before,
and prove nothing of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
reconcile function). With `Stalled` it does so too, and does not try again."""
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
            if ready is None or not ready.is_about(item) or (done and ready.status == "Unknown"):
                return f"{label(item)}: {ready or 'no condition yet'}"
    return ""


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
        other = _found(find, "Kustomization", place, each["name"])
        if other is None:
            return True
        name = label(other)
        if name in waiting or field(other, "spec", "suspend", default=False):
            return True
        ready = condition(other)
        if ready is not None and ready.reason == _DEPENDENCY:
            if _is_held(other, head, find, follows, waiting | {name}):
                return True
        elif not _untried(other, True, head, find, follows):
            # Flux asks for the commit only where both come from one source.
            there = source_of(other) != source_of(item) or revision(other).endswith(head)
            if not there or ready is None or ready.status != "True":
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
