"""Two pictures of a cluster are compared: what came, went, changed, by field and never by value."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.picture import Changes, Key, Picture

SECRET: Key = ("Secret", "", "flux-system", "login")
ROLE: Key = ("ClusterRole", "rbac.authorization.k8s.io", "", "view")
POD: Key = ("Pod", "", "flux-system", "source-controller-1")
SYNC: Key = ("Kustomization", "kustomize.toolkit.fluxcd.io", "flux-system", "apps")


def picture(versions: frozenset[str] = frozenset(), **objects: Any) -> Picture:
    keys = {"secret": SECRET, "role": ROLE, "pod": POD, "sync": SYNC}
    return Picture({keys[name]: item for name, item in objects.items()}, versions)


def pod(count: int, part_of: str = "flux") -> dict[str, Any]:
    return {
        "metadata": {"labels": {"app.kubernetes.io/part-of": part_of}},
        "status": {"containerStatuses": [{"name": "manager", "restartCount": count}]},
    }


def test_equal_pictures_have_no_changes() -> None:
    one = picture(frozenset({"v1 Pod"}), role={"rules": [{"verbs": ["get"]}]}, pod=pod(0))
    assert one.changes(one) == Changes()


def test_objects_that_came_and_went_are_named_by_kind_namespace_and_name() -> None:
    before, now = picture(role={}), picture(secret={})
    assert before.changes(now).come == ("Secret flux-system/login",)
    assert before.changes(now).gone == ("ClusterRole view",)


def test_a_change_is_told_by_field_and_the_value_of_a_secret_never() -> None:
    before = picture(secret={"data": {"password": "b2xk"}, "type": "Opaque"})
    now = picture(secret={"data": {"password": "bmV3"}, "type": "Opaque"})
    assert before.changes(now).changed == ("Secret flux-system/login: data.password",)


def test_entries_of_lists_are_one_field_whatever_their_number_and_a_longer_list_is_the_list() -> (
    None
):
    rules = [{"verbs": ["get"]}, {"verbs": ["list"]}]
    other = [{"verbs": ["put"]}, {"verbs": ["patch"]}]
    before = picture(role={"rules": rules})
    assert before.changes(picture(role={"rules": other})).changed == (
        "ClusterRole view: rules[].verbs[]",
    )
    longer = before.changes(picture(role={"rules": [*rules, {}]}))
    assert longer.changed == ("ClusterRole view: rules",)


def test_a_field_that_came_as_a_whole_is_named_by_what_is_in_it() -> None:
    now = picture(role={"metadata": {"labels": {"a": "1"}}})
    assert picture(role={}).changes(now).changed == ("ClusterRole view: metadata.labels.a",)
    assert now.changes(picture(role={})).changed == ("ClusterRole view: metadata.labels.a",)


def test_who_wrote_when_and_what_was_only_asked_of_flux_are_no_changes() -> None:
    asked = {"reconcile.fluxcd.io/requestedAt": "now"}
    before = picture(sync={"metadata": {"resourceVersion": "1", "managedFields": [1]}})
    now = picture(
        sync={
            "metadata": {"resourceVersion": "2", "managedFields": [2, 3], "annotations": asked},
            "status": {"lastHandledReconcileAt": "now"},
        }
    )
    assert before.changes(now) == Changes()


def test_one_object_in_the_place_of_another_of_its_name_is_a_change() -> None:
    before, now = picture(role={"metadata": {"uid": "a"}}), picture(role={"metadata": {"uid": "b"}})
    assert before.changes(now).changed == ("ClusterRole view: metadata.uid",)


def test_versions_that_are_served_only_before_or_only_now_are_told() -> None:
    before = picture(frozenset({"v1 Pod", "a/v1beta1 Policy"}))
    found = before.changes(picture(frozenset({"v1 Pod", "a/v1 Policy"})))
    assert (found.versions_gone, found.versions_come) == (("a/v1beta1 Policy",), ("a/v1 Policy",))


def test_a_controller_of_flux_that_was_started_again_is_told_and_another_pod_is_not() -> None:
    told = picture(pod=pod(1)).changes(picture(pod=pod(3))).restarts
    assert told == ("Pod flux-system/source-controller-1 was restarted 2 times",)
    crashing = picture().changes(picture(pod=pod(5)))
    assert crashing.restarted
    assert crashing.restarts == (
        "Pod flux-system/source-controller-1 is a new pod",
        "Pod flux-system/source-controller-1 was restarted 5 times",
    )
    new = picture().changes(picture(pod=pod(0))).restarts
    assert new == ("Pod flux-system/source-controller-1 is a new pod",)
    assert picture(pod=pod(0, "shop")).changes(picture(pod=pod(1, "shop"))).restarts == ()
