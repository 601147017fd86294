"""The kinds of Flux that an API server serves: asked of it, since a guide may install more."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.cluster.kubernetes import KubernetesApi, Object, field, inside

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_GROUPS = (".toolkit.fluxcd.io", ".extensions.fluxcd.io")
"""What the groups of Flux end in; source-watcher's is an extension."""


@dataclass(frozen=True)
class FluxKind:
    """One kind of Flux."""

    name: str
    path: str
    """The path of its list, over all namespaces."""
    reports: bool
    """Whether its objects have a status: one without can never say that it is Ready."""

    def path_of(self, namespace: str, name: str) -> str:
        """The path of one object."""
        return f"{inside(self.path, namespace)}/{name}"


def kind_of(crd: Object) -> FluxKind | None:
    """The kind that a CRD defines; None where it is not of Flux, or not served (yet)."""
    spec = crd["spec"]
    conditions = field(crd, "status", "conditions", default=())
    established = any(
        each["type"] == "Established" and each["status"] == "True" for each in conditions
    )
    served = [each for each in spec["versions"] if each["served"]]
    if not (spec["group"].endswith(_GROUPS) and established and served):
        return None
    version = next((each for each in served if each["storage"]), served[0])
    return FluxKind(
        name=spec["names"]["kind"],
        path=f"/apis/{spec['group']}/{version['name']}/{spec['names']['plural']}",
        reports=field(version, "subresources", "status") is not None,
    )


def served(api: KubernetesApi) -> list[FluxKind]:
    """Every kind of Flux that the API server serves now. Raises ApiError."""
    return [kind for crd in api.refreshed(CRDS) if (kind := kind_of(crd)) is not None]
