"""Flux's own words: revision, Ready, suspended; read from objects as the API server gives them."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.cluster.kubernetes import Object, field

NAMESPACE = "flux-system"
REQUESTED = "reconcile.fluxcd.io/requestedAt"
"""The annotation with which somebody asks for a reconciliation now."""
HANDLED = "lastHandledReconcileAt"
"""The field of the status that names the last such request that was answered."""

_OF_RIGHTS = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Condition:
    """A status condition."""

    type: str
    status: str
    reason: str
    message: str
    generation: int = 0
    """The generation of the object that it is about, 0 where the controller does not say."""
    since: str = ""
    """When its status has changed last (RFC 3339, seconds)."""

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
                each.get("lastTransitionTime") or "",
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

    Its status keeps them as `<namespace>_<name>_<group>_<kind>`, and a colon in the name of a role
    or a binding as two underscores: cli-utils' ObjMetadata.
    """
    entries = field(item, "status", "inventory", "entries", default=())
    found = []
    for entry in entries:
        namespace, rest = str(entry["id"]).split("_", 1)
        name, group, kind = rest.rsplit("_", 2)
        if group == _OF_RIGHTS:
            name = name.replace("__", ":")
        found.append(f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}")
    return sorted(found)


def is_current(item: Object) -> bool:
    """Whether its controller has seen the newest spec and says Ready."""
    ready = condition(item)
    if ready is None or ready.status != "True":
        return False
    seen = field(item, "status", "observedGeneration", default=ready.generation)
    return bool(seen == item["metadata"]["generation"])


def is_silent(item: Object) -> bool:
    """Whether it never says Ready although its kind does: a HelmRepository of type oci."""
    return bool(item["kind"] == "HelmRepository" and item["spec"].get("type") == "oci")


@dataclass(frozen=True)
class Monorepo:
    """The repository whose commits are waited for, as Flux's sources name it."""

    repository: str
    """Path of the project on the Git server."""
    branch: str

    def is_read_by(self, source: Object) -> bool:
        """Whether a GitRepository follows the branch of the monorepo, and nothing else of it."""
        if source["kind"] != "GitRepository":
            return False
        spec = source["spec"]
        path = str(spec["url"]).split("://", 1)[-1].replace(":", "/").removesuffix(".git")
        ref = field(spec, "ref", default={})
        others = [each for each in ("commit", "name", "semver", "tag") if ref.get(each)]
        return (
            path.endswith(f"/{self.repository}") and ref.get("branch") == self.branch and not others
        )

    def followers(self, items: list[Object]) -> set[str]:
        """The labels of the sources that read it, and of what is applied from them."""
        sources = {label(each) for each in items if self.is_read_by(each)}
        return sources | {
            label(each)
            for each in items
            if each["kind"] == "Kustomization" and source_of(each) in sources
        }


def source_of(item: Object) -> str:
    """The label of the source that a Kustomization is applied from."""
    source = item["spec"]["sourceRef"]
    namespace = source.get("namespace") or item["metadata"]["namespace"]
    return f"{source['kind']} {namespace}/{source['name']}"


def behind(item: Object, commit: str = "") -> str:
    """Why it is not Ready, or not at the commit if one is given; "" when all is well."""
    if item["spec"].get("suspend"):
        # Nobody looks after it: what it says of itself is of another time.
        return f"{label(item)} is suspended"
    if not is_silent(item) and not is_current(item):
        return f"{label(item)}: {condition(item) or 'no condition yet'}"
    if commit and not revision(item).endswith(commit):
        return f"{label(item)} is at {revision(item) or 'no revision'}"
    return ""


def lagging(items: list[Object], monorepo: Monorepo, head: str) -> list[str]:
    """What is not Ready, or follows the monorepo and is not at its `head`; empty when all is well.

    Sources of other repositories stand at revisions of their own.
    """
    followers = monorepo.followers(items)
    found = [behind(item, head if label(item) in followers else "") for item in items]
    if not followers:
        found.append(f"no GitRepository reads {monorepo.branch} of {monorepo.repository}")
    return [each for each in found if each]
