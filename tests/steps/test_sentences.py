"""Sentences that must not be true for nothing: each is told a state in which it has to fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from held import holds
from told_engineer import BEFORE, HEAD, engineer

from steps import (
    clusters,
    faults,
    flux,
    kustomizations,
    messages,
    objects,
    pushed,
    statuses,
)
from steps.engineer import BEFORE_TYPING


def test_nothing_is_ready_at_a_pushed_commit_that_nobody_pushed() -> None:
    pushed.wait_for_push(engineer())
    with pytest.raises(AssertionError, match="nothing was pushed"):
        pushed.wait_for_push(engineer(head=BEFORE))
    with pytest.raises(AssertionError, match="c0de Change it"):
        pushed.wait_for_push(engineer(unpushed="c0de Change it\n"))


def test_objects_that_nobody_has_noted_are_told() -> None:
    with pytest.raises(AssertionError, match="the objects of stg were not noted"):
        clusters.objects_are_the_same(engineer(identities={}), "stg")


def test_nobody_deletes_what_is_not_there() -> None:
    deleted: list[str] = []
    path = "/api/v1/namespaces/x/configmaps/note"
    for there in ({"metadata": {}}, None):
        somebody = engineer(path_here=path, read=there)
        somebody.sandbox.view().api = SimpleNamespace(delete=deleted.append)
        about = (somebody, "ConfigMap", "note", "x")
        holds(bool(there), lambda about=about: faults.delete_object(*about))
    assert deleted == [path]


@pytest.mark.parametrize(
    ("titles", "right"),
    [
        (["flux ./clusters/dev", "flux ./clusters/dev-2"], True),
        (["flux ./clusters/dev-2"], False),
        (["flux ./clusters/my-dev"], False),
        (["dev", "next key of dev"], False),
        ([], False),
    ],
)
def test_the_key_of_a_cluster_is_the_one_that_names_it(titles: list[str], right: bool) -> None:
    removed: list[int] = []
    keys = [{"id": number, "title": each} for number, each in enumerate(titles)]
    somebody = engineer()
    somebody.sandbox.layout.repository = "team/fleet"
    somebody.sandbox.gitlab = SimpleNamespace(
        deploy_keys=lambda _: keys, delete_deploy_key=lambda _, number: removed.append(number)
    )
    holds(right, lambda: clusters.remove_deploy_key_of(somebody, "dev"))
    assert removed == ([0] if right else [])


@pytest.mark.parametrize(
    "sentence",
    [
        lambda somebody: kustomizations.kustomization_has_applied_commit(somebody, "apps"),
        lambda somebody: kustomizations.has_not_tried(somebody, "apps"),
        lambda somebody: messages.message_tells_of_these(
            somebody, "/chat", " the pushed commit and of", [["words"], ["x"]]
        ),
        lambda somebody: statuses.commit_gets_status(somebody, "success", "kustomization/a", "x"),
        lambda somebody: statuses.commit_has_had(somebody, "kustomization/a", [["status"], ["x"]]),
        statuses.commit_has_no_status,
    ],
)
def test_nothing_is_said_of_a_pushed_commit_that_nobody_pushed(
    sentence: Callable[[Any], None],
) -> None:
    with pytest.raises(AssertionError, match="nothing was pushed"):
        sentence(engineer(head=BEFORE, find={"status": {}}))
    with pytest.raises(AssertionError, match="c0de Change it"):
        sentence(engineer(unpushed="c0de Change it\n", find={"status": {}}))


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("2026-11-28T05:00:01.001Z error Kustomization/apps.flux-system - path not found: x", True),
        (
            "2026-11-28T05:00:00.999Z error Kustomization/apps.flux-system - path not found: x",
            False,
        ),
        ("2026-11-28T05:00:01.001Z error Kustomization/apps.flux-system - paths not found", False),
        ("path not found: x", False),
        ("", False),
    ],
)
def test_a_line_of_the_log_of_before_the_commit_says_nothing(
    line: str, right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(words: list[str], **_: Any) -> Any:
        asked.append(words)
        return SimpleNamespace(stdout=f"{line}\n")

    def wait(what: str, probe: Callable[[], tuple[bool | None, str]], _: float) -> None:
        said, seen = probe()
        assert said, f"{what}: {seen}"

    monkeypatch.setattr("sandbox.flux.logs.command.run", run)
    at = datetime.fromisoformat("2026-11-28T06:00:01+01:00")
    desk = SimpleNamespace(after_commit=lambda: at, env={}, git=lambda *_: "")
    layout = SimpleNamespace(branch="main")
    view = SimpleNamespace(wait=wait)
    sandbox = SimpleNamespace(view=lambda: view, desk=desk, layout=layout, head=lambda: "c0ffee")
    somebody: Any = SimpleNamespace(sandbox=sandbox, baseline=SimpleNamespace(head="ba5e"))
    about = ("Kustomization", "apps", "flux-system", "path not found")
    holds(right, lambda: flux.log_says(somebody, *about))
    told = ["--kind=Kustomization", "--name=apps", "--namespace=flux-system"]
    assert asked == [["flux", "logs", *told]]
    somebody.baseline.head = "c0ffee"
    with pytest.raises(AssertionError, match="nothing was pushed"):
        flux.log_says(somebody, *about)


OWNED = ["ConfigMap x/note", "Kustomization x/apps", "Namespace dev"]


@pytest.mark.parametrize(
    ("kind", "rows", "right"),
    [
        (None, OWNED, True),
        (None, OWNED[:2], False),
        (None, [*OWNED, "Namespace other"], False),
        ("Kustomization", ["Kustomization x/apps"], True),
        ("Kustomization", ["Kustomization x/app"], False),
        ("Kustomization", [], False),
    ],
)
def test_a_kustomization_owns_these_and_nothing_else(
    kind: str | None, rows: list[str], right: bool
) -> None:
    somebody = engineer(inventories={"Kustomization flux-system/main": OWNED})
    table = [["object"], *([row] for row in rows)]
    holds(right, lambda: kustomizations.kustomization_owns(somebody, "main", None, kind, table))
    with pytest.raises(AssertionError, match="there is no Kustomization flux-system/other"):
        kustomizations.kustomization_owns(somebody, "other", None, kind, table)


@pytest.mark.parametrize(("tried", "right"), [(BEFORE, True), (HEAD, False), (None, True)])
def test_a_commit_that_was_tried_was_not_waited_with(tried: str | None, right: bool) -> None:
    item = {"status": {"lastAttemptedRevision": tried and f"main@sha1:{tried}"}}
    holds(right, lambda: kustomizations.has_not_tried(engineer(find=item), "apps"))


@pytest.mark.parametrize(
    ("known", "right"),
    [
        ({"seen": True}, True),
        ({"is_there": True}, True),
        ({"baseline": ["ConfigMap x/note"]}, True),
        ({"baseline": ["ConfigMap y/note"]}, False),
        ({}, False),
    ],
)
def test_what_nobody_has_seen_does_not_go_away(known: dict[str, Any], right: bool) -> None:
    somebody = engineer(**{"is_there": False, "wait_gone": None, **known})
    somebody.chain = SimpleNamespace(has_seen=lambda *_: known.get("seen", False))
    holds(right, lambda: objects.goes_away(somebody, "ConfigMap", "note", "x"))


def test_what_came_and_what_went_is_compared_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    now = frozenset({"Namespace /a", "Namespace /b", "ConfigMap b/kube-root-ca.crt", "Role b/r"})
    monkeypatch.setattr(objects.census, "look", lambda _: (now, frozenset()))
    came = engineer(baseline=["Namespace /a"])
    objects.have_come(came, [["object"], ["Namespace b"], ["Role b/r"]])
    with pytest.raises(AssertionError, match="Role b/r"):
        objects.have_come(came, [["object"], ["Namespace b"]])
    with pytest.raises(AssertionError):
        objects.nothing_has_changed(came)
    with pytest.raises(AssertionError, match="gone since the baseline: Secret x/y"):
        objects.nothing_has_changed(engineer(baseline=[*now, "Secret x/y"]))
    objects.nothing_has_changed(engineer(baseline=now))


def test_what_is_being_deleted_has_not_come_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    now, going = frozenset({"Namespace /a", "Role b/r"}), frozenset({"Role b/r"})
    monkeypatch.setattr(objects.census, "look", lambda _: (now, going))
    with pytest.raises(AssertionError, match=r"of these \['Role b/r'\] are being deleted"):
        objects.have_come(engineer(baseline=["Namespace /a"]), [["object"], ["Role b/r"]])
    objects.have_come(engineer(baseline=["Role b/r"]), [["object"], ["Namespace a"]])
    with pytest.raises(AssertionError, match="being deleted since the baseline: Role b/r"):
        objects.nothing_is_gone(engineer(baseline=now))


@pytest.mark.parametrize(
    ("specs", "right"),
    [
        ([{"prune": True}, {"prune": True}], True),
        ([{"prune": True}, {"prune": False}], False),
        ([{"prune": True}, {}], False),
        ([], False),
    ],
)
def test_every_one_prunes(specs: list[dict[str, bool]], right: bool) -> None:
    listed = [{"metadata": {"name": "apps"}, "spec": spec} for spec in specs]
    holds(right, lambda: kustomizations.every_one_prunes(engineer(listed=listed)))


def held(value: str, *owners: str) -> dict[str, Any]:
    """A ConfigMap whose entry `a` was written last by these programs."""
    fields = {"f:data": {"f:a": {}}}
    notes = [{"manager": each, "fieldsV1": fields} for each in owners]
    return {"metadata": {"managedFields": notes}, "data": {"a": value}}


FLUX, HAND = held("1", "kustomize-controller"), held("1", "kubectl-patch")


@pytest.mark.parametrize(
    ("states", "noted", "right"),
    [
        ([held("1"), held("2"), FLUX], {"first": 7}, True),
        ([held("2"), FLUX], {"first": 7}, True),
        ([None, FLUX], {"first": 7}, True),
        ([held("1"), held("2"), held("1", "helm-controller", "helm")], {"first": 7}, True),
        # Somebody has written it, and it was so all the time.
        ([FLUX, FLUX], {"first": 7}, False),
        ([held("1"), held("1"), held("1", "kustomize-controller", "kubectl")], {"first": 7}, False),
        # It was a hand that has put it back.
        ([FLUX, held("2"), HAND], {"first": 7}, False),
        ([FLUX, held("2"), held("1")], {"first": 7}, False),
        ([held("2"), FLUX], {"other": 7}, False),
        ([held("2"), FLUX], None, False),
    ],
)
def test_what_is_so_again_was_otherwise(
    states: list[Any], noted: dict[str, int] | None, right: bool
) -> None:
    somebody = engineer(states=states, wait_data=None)
    somebody.sandbox.view().name = "first"
    if noted is not None:
        somebody.noted[BEFORE_TYPING] = noted
    objects.comes_to_hold(somebody, "m", "x", None, "a", "1")
    holds(right, lambda: objects.comes_to_hold(somebody, "m", "x", None, "a", "1", " again"))


@pytest.mark.parametrize(
    ("intervals", "right"),
    [
        ({"apps": "5s", "infra": "10m"}, True),
        ({"apps": "5s", "infra": "5s"}, False),
        ({"apps": "10m", "infra": "10m"}, False),
        ({"infra": "5s"}, False),
    ],
)
def test_one_kustomization_alone_has_an_interval(intervals: dict[str, str], right: bool) -> None:
    listed = [{"metadata": {"name": n}, "spec": {"interval": i}} for n, i in intervals.items()]
    somebody = engineer(listed=listed)
    holds(right, lambda: kustomizations.no_other_is_reconciled_every(somebody, "apps", "5s"))


@pytest.mark.parametrize(
    ("paths", "right"),
    [
        (["./tree/stg", "./tree/stg/apps", "tree/stg/x/../y"], True),
        (["./tree/stg/apps", "./tree/dev/infra"], False),
        (["./tree/stg-2/apps"], False),
        (["./tree/stg/../dev"], False),
        (["./"], False),
        ([], False),
    ],
)
def test_a_cluster_keeps_to_its_folder(paths: list[str], right: bool) -> None:
    listed = [{"metadata": {"name": path}, "spec": {"path": path}} for path in paths]
    somebody = engineer(listed=listed)
    somebody.sandbox.layout.path_of = lambda name: f"tree/{name}"
    holds(right, lambda: clusters.keeps_to_its_folder(somebody, "stg"))
    for each in listed:
        del each["spec"]["path"]  # type: ignore[attr-defined]
    holds(False, lambda: clusters.keeps_to_its_folder(somebody, "stg"))


def test_a_pushed_change_has_arrived_when_the_cluster_holds_it() -> None:
    text = "kind: ConfigMap\nmetadata: {name: n, namespace: x}\ndata: {a: '1'}\n"
    for data, right in (({"a": "1"}, True), ({"a": "0"}, False)):
        somebody = engineer(find={"data": data})
        somebody.edition = SimpleNamespace(block=lambda _: SimpleNamespace(path="note.yaml"))
        somebody.sandbox.desk.read = {"note.yaml": text}.get
        somebody.chain = SimpleNamespace(tell=lambda: None)
        somebody.write = somebody.push = lambda _: None
        holds(right, lambda who=somebody: faults.pushed_change_arrives(who, "note"))
