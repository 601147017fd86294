"""Flux's own words: revision, Ready, suspended; read from objects as the API server gives them."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.kubernetes import Object, field

KINDS = ("GitRepository", "HelmRepository", "HelmChart", "Kustomization", "HelmRelease")
NAMESPACE = "flux-system"


@dataclass(frozen=True)
class Condition:
    """A status condition."""

    type: str
    status: str
    reason: str
    message: str
    generation: int = 0
    """The generation of the object that it is about, 0 where the controller does not say."""

    def is_about(self, item: Object) -> bool:
        """Whether it is about the newest spec: what was said of an older one proves nothing."""
        return self.generation in (0, item["metadata"].get("generation", 0))

    def __str__(self) -> str:
        return f"{self.type} is {self.status}, {self.reason}: {self.message.strip()}"


def label(item: Object) -> str:
    """`Kind namespace/name`, as the guide's tables say it."""
    meta = item["metadata"]
    return f"{item['kind']} {meta.get('namespace', '')}/{meta['name']}"


def condition(item: Object, kind: str = "Ready") -> Condition | None:
    """The condition of this type, None where the controller has not written it."""
    for each in field(item, "status", "conditions", default=()):
        if each["type"] == kind:
            return Condition(
                kind,
                each["status"],
                each.get("reason") or "",
                each.get("message") or "",
                each.get("observedGeneration") or 0,
            )
    return None


def revision(item: Object) -> str:
    """The revision that the object stands at: fetched, applied or installed; "" for none."""
    match item["kind"]:
        case "Kustomization":
            return str(field(item, "status", "lastAppliedRevision", default=""))
        case "HelmRelease":
            newest = field(item, "status", "history", default=()) or [None]
            return str(field(newest[0], "chartVersion", default=""))
        case _:
            return str(field(item, "status", "artifact", "revision", default=""))


def inventory(item: Object) -> list[str]:
    """`Kind namespace/name` of each object that a Kustomization has applied, sorted.

    Its status keeps them as `<namespace>_<name>_<group>_<kind>`.
    """
    entries = field(item, "status", "inventory", "entries", default=())
    found = []
    for entry in entries:
        namespace, rest = str(entry["id"]).split("_", 1)
        name, _, kind = rest.rsplit("_", 2)
        found.append(f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}")
    return sorted(found)


def is_current(item: Object) -> bool:
    """Whether its controller has seen the newest spec and says Ready."""
    ready = condition(item)
    if ready is None or ready.status != "True":
        return False
    if item["kind"] == "HelmRepository" and item["spec"].get("type") == "oci":
        return True
    return bool(field(item, "status", "observedGeneration") == item["metadata"]["generation"])


def lagging(items: list[Object], head: str) -> list[str]:
    """What is not Ready, or not at the commit `head`, in words; empty when all is well."""
    found = []
    for item in items:
        if item["spec"].get("suspend"):
            # Nobody looks after it: what it says of itself is of another time.
            found.append(f"{label(item)} is suspended")
            continue
        ready = condition(item)
        if not is_current(item):
            found.append(f"{label(item)}: {ready or 'no condition yet'}")
        elif _follows_git(item) and not revision(item).endswith(head):
            found.append(f"{label(item)} is at {revision(item) or 'no revision'}")
    return found


def _follows_git(item: Object) -> bool:
    if item["kind"] == "Kustomization":
        return bool(item["spec"]["sourceRef"]["kind"] == "GitRepository")
    return bool(item["kind"] == "GitRepository")
