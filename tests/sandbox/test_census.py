"""What people have typed into a cluster past Git, among all that is there."""

from __future__ import annotations

from typing import Any, cast

import pytest

from sandbox.cluster import census, hands
from sandbox.cluster.kubernetes import USER_AGENT, ApiError, KubernetesApi

KINDS = {
    "namespaces": "Namespace",
    "secrets": "Secret",
    "serviceaccounts": "ServiceAccount",
    "configmaps": "ConfigMap",
    "pods": "Pod",
    "persistentvolumes": "PersistentVolume",
    "resourcequotas": "ResourceQuota",
    "limitranges": "LimitRange",
    "poddisruptionbudgets": "PodDisruptionBudget",
    "priorityclasses": "PriorityClass",
    "storageclasses": "StorageClass",
    "mutatingwebhookconfigurations": "MutatingWebhookConfiguration",
    "validatingwebhookconfigurations": "ValidatingWebhookConfiguration",
    "validatingadmissionpolicies": "ValidatingAdmissionPolicy",
    "apiservices": "APIService",
    "lamps": "Lamp",
    "events": "Event",
    "leases": "Lease",
}


def hand(manager: str, time: str = "2026-01-01T00:00:00Z") -> dict[str, str]:
    return {"manager": manager, "time": time}


def item(name: str, *hands: dict[str, str], kept_by: str = "") -> dict[str, Any]:
    marks = {"kustomize.toolkit.fluxcd.io/name": kept_by} if kept_by else {}
    meta = {"name": name, "namespace": "apps", "labels": marks, "managedFields": list(hands)}
    return {"metadata": meta}


class Listing:
    """An API server with these lists and nothing else; it says which kinds it serves."""

    def __init__(self, lists: dict[str, list[dict[str, Any]]]) -> None:
        self.lists = lists
        self.gone: dict[str, int] = {}

    def discover(self, root: str) -> Any:
        return {"items": [self._group(path) for path in self.lists if path.startswith(f"{root}/")]}

    def _group(self, path: str) -> Any:
        *_, group, version, plural = path.split("/")
        resource = {
            "resource": plural,
            "responseKind": {"kind": KINDS[plural]},
            "scope": "Namespaced",
            "verbs": ["create", "delete", "list"],
        }
        return {
            "metadata": {"name": "" if group == "api" else group},
            "versions": [{"version": version, "resources": [resource]}],
        }

    def list(self, path: str) -> Any:
        return self.lists[path]

    def metadata(self, path: str) -> Any:
        if path in self.gone:
            raise ApiError("GET", path, self.gone[path], "not now")
        return [{"metadata": item["metadata"]} for item in self.lists[path]]


def api(lists: dict[str, list[dict[str, Any]]]) -> KubernetesApi:
    return cast(KubernetesApi, Listing(lists))


def made(secrets: list[dict[str, Any]], namespaces: list[dict[str, Any]]) -> list[str]:
    before = frozenset({"Secret apps/old"})
    lists = {"/api/v1/namespaces": namespaces, "/api/v1/secrets": secrets}
    return census.made_by_hand(api(lists), before)


def test_an_object_of_another_group_with_the_same_name_is_one_more() -> None:
    lists = {f"/apis/{group}/v1/lamps": [item("red")] for group in ("a.io", "b.io")}
    assert census.take(api(lists)) == {"Lamp apps/red", "Lamp apps/red of b.io"}
    assert census.take(api({"/apis/b.io/v1/lamps": [item("red")]})) == {"Lamp apps/red"}


def test_what_is_being_deleted_is_told_beside_what_is_there() -> None:
    going = item("old")
    going["metadata"]["deletionTimestamp"] = "2026-11-30T15:00:00Z"
    there, leaving = census.look(api({"/api/v1/secrets": [item("new"), going]}))
    assert there == {"Secret apps/new", "Secret apps/old"}
    assert leaving == {"Secret apps/old"}


def test_what_was_typed_is_found_and_nothing_that_a_controller_keeps() -> None:
    secrets = [
        item("old", hand("kubectl-create")),
        item("token", hand("kubectl-create")),
        item("applied", hand("kubectl-client-side-apply")),
        item("exported", hand("flux")),
        item("kept", hand("kubectl-create"), kept_by="apps"),
        item("of-flux", hand("kustomize-controller")),
        item("of-helm", hand("helm")),
        item("of-somebody", hand("a-controller")),
        item("kept-and-bare", kept_by="apps"),
    ]
    team = item("team", hand("kubectl-create"))
    del team["metadata"]["namespace"]
    assert made(secrets, [team]) == [
        "/api/v1/namespaces/team",
        "/api/v1/namespaces/apps/secrets/token",
        "/api/v1/namespaces/apps/secrets/applied",
        "/api/v1/namespaces/apps/secrets/exported",
    ]


def test_what_has_a_name_and_nothing_else_was_typed_unless_kubernetes_makes_it() -> None:
    """`kubectl create serviceaccount runner` leaves no manager: nobody owns a field of it."""
    runner, default, own = item("runner"), item("default"), item("node-controller")
    own["metadata"]["namespace"] = "kube-system"
    there = item("kept-for-long")
    lists = {
        "/api/v1/serviceaccounts": [runner, default, own],
        "/api/v1/configmaps": [item("empty"), item("kube-root-ca.crt"), there],
    }
    before = frozenset({"ConfigMap apps/kept-for-long"})
    assert census.made_by_hand(api(lists), before) == [
        "/api/v1/namespaces/apps/serviceaccounts/runner",
        "/api/v1/namespaces/apps/configmaps/empty",
    ]


def test_what_a_controller_wrote_to_in_the_same_second_was_made_by_hand_all_the_same() -> None:
    bound = item("bound", hand("kube-controller-manager"), hand("kubectl-client-side-apply"))
    assert made([bound], []) == ["/api/v1/namespaces/apps/secrets/bound"]


def owning(manager: str, **fields: dict[str, Any]) -> dict[str, Any]:
    return {**hand(manager), "fieldsV1": {f"f:{name}": inner for name, inner in fields.items()}}


@pytest.mark.parametrize(
    ("manager", "found"),
    [
        ("kubectl-patch", ["data.owner"]),
        ("kubectl", ["data.owner"]),
        ("flux", ["data.owner"]),
        ("helm", ["data.owner"]),
        ("kustomize-controller", []),
        ("gotk-kustomize-controller", []),
        ("helm-controller", []),
        ("kube-controller-manager", []),
        # Whoever types may give a name; Flux's reference names the first, which Flux leaves alone.
        ("flux-client-side-apply", ["data.owner"]),
        ("platform-team", ["data.owner"]),
        ("curl", ["data.owner"]),
        (USER_AGENT, []),
    ],
)
def test_a_field_that_a_persons_program_owns_is_a_hand(manager: str, found: list[str]) -> None:
    """Its name alone would be as before."""
    kept = item("note", owning(manager, data={".": {}, "f:owner": {}}), kept_by="apps")
    expected = {f"ConfigMap apps/note: {each} by {manager}": "" for each in found}
    assert census.by_hand(api({"/api/v1/configmaps": [kept]})) == expected


@pytest.mark.parametrize(("manager", "found"), [("a-chart", 0), ("kubectl-patch", 1)])
def test_what_a_controller_reports_is_no_hand(manager: str, found: int) -> None:
    wrote = {**owning(manager, status={"f:phase": {}}), "subresource": "status"}
    assert len(census.by_hand(api({"/api/v1/configmaps": [item("note", wrote)]}))) == found


def test_a_request_to_flux_to_look_again_is_no_hand() -> None:
    asked = {"f:annotations": {".": {}, "f:reconcile.fluxcd.io/requestedAt": {}, "f:x": {}}}
    ports = {"f:ports": {'k:{"port":80}': {".": {}, "f:name": {}}}}
    kept = item("note", owning("flux", metadata=asked, spec=ports), kept_by="apps")
    assert census.by_hand(api({"/api/v1/configmaps": [kept]})) == {
        "ConfigMap apps/note: metadata.annotations.x by flux": "",
        'ConfigMap apps/note: spec.ports.k:{"port":80}.name by flux': "",
    }


def test_a_map_that_others_have_filled_since_is_no_hand() -> None:
    """`flux reconcile` leaves it, where a later request is somebody else's."""
    kept = item("note", owning("flux", metadata={"f:annotations": {}}, data={}), kept_by="apps")
    assert census.by_hand(api({"/api/v1/configmaps": [kept]})) == {}


def test_hands_are_looked_for_in_the_kinds_that_were_written() -> None:
    there = item("note", owning("kubectl-patch", data={"f:owner": {}}))
    lists = {"/api/v1/configmaps": [there], "/api/v1/secrets": [there]}
    found = census.by_hand(api(lists), ["/registry/secrets/apps/note"])
    assert found == {"Secret apps/note: data.owner by kubectl-patch": ""}
    assert census.by_hand(api(lists), []) == {}


def test_an_object_that_has_no_notes_of_hands_is_told_by_its_version() -> None:
    """`kubectl patch serviceaccount default` leaves none: it was made with a name alone."""
    runner = item("default")
    runner["metadata"] |= {"uid": "a1", "resourceVersion": "7"}
    before = census.by_hand(api({"/api/v1/serviceaccounts": [runner]}))
    assert before == {"ServiceAccount apps/default: uid a1 was written": "7"}
    assert hands.left(before, before) == frozenset()
    later = dict.fromkeys(before, "9")
    assert hands.left(before, later) == later.keys()
    # A new one in its place came with its namespace, which Flux has put back.
    assert hands.left(before, {"ServiceAccount apps/default: uid b2 was written": "9"}) == set()


def test_what_was_only_changed_by_hand_is_somebody_elses() -> None:
    later = hand("kubectl-annotate", "2026-01-02T00:00:00Z")
    assert made([item("of-kubernetes", later, hand("kube-controller-manager"))], []) == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/pods",
        "/api/v1/persistentvolumes",
        "/api/v1/resourcequotas",
        "/api/v1/limitranges",
        "/apis/policy/v1/poddisruptionbudgets",
        "/apis/scheduling.k8s.io/v1/priorityclasses",
        "/apis/storage.k8s.io/v1/storageclasses",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
        "/apis/apiregistration.k8s.io/v1/apiservices",
        "/apis/of-a-team.example/v1beta1/lamps",
    ],
)
def test_what_holds_back_or_changes_other_objects_is_counted_and_taken_away(path: str) -> None:
    group, plural = path.rsplit("/", 1)
    held = api({path: [item("freeze", hand("kubectl-create"))]})
    assert census.take(held) == {f"{KINDS[plural]} apps/freeze"}
    assert census.made_by_hand(held, frozenset()) == [f"{group}/namespaces/apps/{plural}/freeze"]


def test_what_a_controller_made_for_another_object_goes_with_that_one() -> None:
    owner = {"kind": "ReplicaSet", "name": "web-1", "controller": True}
    pod, alone, kept = item("web-1-x"), item("alone"), item("kept")
    pod["metadata"]["ownerReferences"] = [owner]
    kept["metadata"]["ownerReferences"] = [{"kind": "ConfigMap", "name": "note"}]
    assert census.take(api({"/api/v1/pods": [pod, alone, kept]})) == {
        "Pod apps/alone",
        "Pod apps/kept",
    }


@pytest.mark.parametrize(
    ("annotations", "phase", "counted"),
    [
        ({}, "Available", True),
        ({"pv.kubernetes.io/provisioned-by": "x"}, "Bound", False),
        ({"pv.kubernetes.io/provisioned-by": "x"}, "Released", True),
    ],
)
def test_a_volume_counts_unless_it_goes_with_its_claim(
    annotations: dict[str, str], phase: str, counted: bool
) -> None:
    volume = {"metadata": {"name": "data", "annotations": annotations}, "status": {"phase": phase}}
    found = census.take(api({"/api/v1/persistentvolumes": [volume]}))
    assert found == ({"PersistentVolume /data"} if counted else set())


@pytest.mark.parametrize("path", ["/api/v1/events", "/apis/coordination.k8s.io/v1/leases"])
def test_the_books_of_kubernetes_itself_are_not_counted(path: str) -> None:
    assert census.take(api({path: [item("x")]})) == frozenset()


def test_a_kind_that_goes_meanwhile_is_empty_and_one_that_cannot_be_read_is_an_error() -> None:
    lists = {"/api/v1/secrets": [item("key")], "/apis/of-a-team.example/v1/lamps": [item("on")]}
    server = Listing(lists)
    server.gone = {"/apis/of-a-team.example/v1/lamps": 404}
    assert census.take(cast(KubernetesApi, server)) == {"Secret apps/key"}
    server.gone = {"/api/v1/secrets": 403}
    with pytest.raises(ApiError, match="403"):
        census.take(cast(KubernetesApi, server))


def test_what_is_followed_counts_as_in_a_census() -> None:
    owned = item("web-1-x")
    owner = {"kind": "ReplicaSet", "name": "web-1", "controller": True}
    owned["metadata"]["ownerReferences"] = [owner]
    items = [{**each, "kind": "Pod"} for each in (owned, item("alone"))]
    assert census.names(items) == {"Pod apps/alone"}


def test_each_namespace_has_to_have_what_kubernetes_puts_there() -> None:
    def named(space: str, name: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "namespace": space}}

    lists = {
        "/api/v1/namespaces": [named("", "web"), named("", "default")],
        "/api/v1/configmaps": [named("web", "kube-root-ca.crt"), named("default", "other")],
        "/api/v1/serviceaccounts": [named("web", "other"), named("default", "default")],
    }
    assert census.unfurnished(api(lists)) == [
        "ConfigMap default/kube-root-ca.crt",
        "ServiceAccount web/default",
    ]


def test_who_keeps_an_object_stands_on_it() -> None:
    kept = item("kept", kept_by="apps")
    kept["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system"
    there = api({"/api/v1/configmaps": [kept, item("bare")]})
    left = {f"ConfigMap apps/{name}" for name in ("kept", "bare", "gone")}
    assert census.keepers(there, left) == {"ConfigMap apps/kept": "flux-system/apps"}
