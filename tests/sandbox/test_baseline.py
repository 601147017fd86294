"""What a scenario has left where no cluster and no Git shows it goes with the scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from sandbox import baseline as baseline_module
from sandbox.baseline import Baseline, ProjectsGone, WrittenInto
from sandbox.errors import NotReady, SandboxError

REFS = {"refs/heads/main": "a" * 40}


def baseline() -> Baseline:
    empty: dict[str, Any] = {}
    return Baseline(
        head="a" * 40,
        refs=REFS,
        access=1,
        objects=frozenset(),
        clusters=(),
        login=empty,
        source=empty,
        desk=Mock(),
    )


def sandbox(refs: dict[str, str]) -> Mock:
    """One without a cluster, with two stores; it notes what is asked of it, in order."""
    made = Mock()
    made.folder = Path()
    made.layout.start, made.layout.branch = "empty", "main"
    made.desk.env = {"GITLAB_TOKEN": "word"}
    made.provider.clusters.return_value = {}
    made.refs.return_value = refs
    made.gitlab.restore.return_value = []
    made.stores = [made.registry, made.buckets]
    return made


def asked(made: Mock) -> list[str]:
    return [name for name, _, _ in made.method_calls]


def test_messages_and_what_lies_in_stores_go_once_all_else_is_as_before() -> None:
    made = sandbox(REFS)
    baseline().restore(made)
    made.registry.empty.assert_called_once_with(made.supervisor)
    made.buckets.empty.assert_called_once_with(made.supervisor)
    order = [name for name in asked(made) if name == "refs" or name.endswith("empty")]
    assert order[-3:] == ["inbox.empty", "registry.empty", "buckets.empty"]
    assert order.index("inbox.empty") > max(n for n, name in enumerate(order) if name == "refs")
    assert asked(made)[-2:] == ["check", "provider.audit"]


def test_what_is_not_as_before_is_told() -> None:
    with pytest.raises(SandboxError, match=r"Git refs are .*other"):
        baseline().restore(sandbox({**REFS, "refs/heads/other": "b" * 40}))


def test_a_project_that_was_deleted_is_told_and_asks_for_a_new_sandbox() -> None:
    """As for what was written past Git: who takes leave of a repository does nothing wrong."""
    made = sandbox(REFS)
    made.gitlab.restore.return_value = ["platform/flux-config"]
    with pytest.raises(ProjectsGone, match="nobody brings platform/flux-config back"):
        baseline().restore(made)
    assert issubclass(ProjectsGone, WrittenInto)


NOTE = "ConfigMap flux-system/note"
WRITTEN = {f"{NOTE}: data.owner by kubectl-patch": ""}


@pytest.mark.parametrize("puts_back", [True, False])
def test_flux_is_asked_to_put_back_what_somebody_wrote(
    monkeypatch: pytest.MonkeyPatch, *, puts_back: bool
) -> None:
    """By itself it looks when Git has news, or after an interval."""
    there, calls = dict(WRITTEN), list[str]()

    def call(*_: Any) -> None:
        calls.append("called")
        if puts_back:
            there.clear()

    monkeypatch.setattr(baseline_module.roll_call, "call", call)
    made = bootstrapped(monkeypatch, there)
    before = replace(baseline(), objects=frozenset({NOTE}), clusters=("dev",))
    if puts_back:
        before.restore(made)
    else:
        with pytest.raises(
            WrittenInto, match=r"put back ConfigMap flux-system/note: data\.owner by"
        ):
            before.restore(made)
    assert calls == ["called"]


def test_nobody_is_asked_where_nothing_was_written_into_what_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What has come is looked after by its name, Flux's login by what it holds."""
    login = {"Secret flux-system/flux-system: data.identity by flux": ""}
    made = bootstrapped(monkeypatch, {**WRITTEN, **login})
    monkeypatch.setattr(baseline_module.roll_call, "call", lambda *_: pytest.fail("asked"))
    login_alone = frozenset({"Secret flux-system/flux-system"})
    replace(baseline(), objects=login_alone, clusters=("dev",)).restore(made)


@pytest.mark.parametrize("start", ["cluster", "bootstrapped"])
@pytest.mark.parametrize("change", ["written", "come", "gone", "nothing"])
def test_a_cluster_without_flux_that_was_touched_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, change: str, start: str
) -> None:
    """Beside one with Flux, too, which the others have no part in."""
    made = bootstrapped(monkeypatch, {})
    made.layout.start, made.layout.first = start, "dev"
    first, further = made.view.return_value, Mock()
    made.view.side_effect = lambda name="dev": {"dev": first, "stg": further}[name]
    clusters = ["dev", "stg"]
    made.provider.clusters.side_effect = lambda: dict.fromkeys(clusters)
    held, written = {NOTE}, dict[str, str]()
    monkeypatch.setattr(
        baseline_module.census,
        "take",
        lambda api: frozenset(held if api is further.api else {NOTE}),
    )
    monkeypatch.setattr(
        baseline_module.census,
        "by_hand",
        lambda api, *_: dict(written) if api is further.api else {},
    )
    before = Baseline.of(made)
    if change == "written":
        written.update(WRITTEN)
    elif change == "come":
        held.add("ConfigMap default/more")
    elif change == "gone":
        clusters.remove("stg")
    before.restore(made)
    asked_for = [call.args for call in made.add_cluster.call_args_list]
    assert asked_for == ([] if change == "nothing" else [("stg",)])
    removed = [call.args for call in made.remove_cluster.call_args_list]
    assert removed == ([("stg",)] if change in ("written", "come") else [])


def bootstrapped(monkeypatch: pytest.MonkeyPatch, there: dict[str, str]) -> Mock:
    """A sandbox with Flux, in which people's programs own these fields."""
    monkeypatch.setattr(baseline_module, "FolderCopy", Mock())
    monkeypatch.setattr(baseline_module.census, "by_hand", lambda *_: dict(there))
    monkeypatch.setattr(baseline_module.census, "made_by_hand", lambda *_: [])
    made = sandbox(REFS)
    made.layout.start = "bootstrapped"
    made.provider.clusters.return_value = {"dev": None}
    made.provider.keys.return_value = None
    made.view.return_value.api.get.return_value = {"spec": {}}
    made.view.return_value.api.find.return_value = {}
    made.view.return_value.informer.all.return_value = []
    return made


@pytest.mark.parametrize(
    ("prune", "told"),
    [
        ({"prune": False}, "prune: false"),
        ({}, "prune: false"),
        ({"prune": True}, "prune: true"),
        (None, "which was gone already"),
    ],
)
def test_of_what_is_left_the_last_keeper_is_told_and_whether_it_prunes(
    monkeypatch: pytest.MonkeyPatch, prune: dict[str, bool] | None, told: str
) -> None:
    made = bootstrapped(monkeypatch, {})
    informer = made.view.return_value.informer
    informer.flux_kinds.return_value = ["Kustomization"]
    meta = {"name": "crds", "namespace": "flux-system"}
    informer.all.return_value = [] if prune is None else [{"metadata": meta, "spec": prune}]
    # It goes with the commit that named it, and is no more when it is waited for.
    made.gitlab.put_refs.side_effect = lambda *_: setattr(informer.all, "return_value", [])
    monkeypatch.setattr(baseline_module, "_nudge", Mock())
    left = frozenset({"Lamp /desk", "Lamp /floor"})
    monkeypatch.setattr(baseline_module.census, "take", lambda _: left)
    keepers = {"Lamp /desk": "flux-system/crds"}
    monkeypatch.setattr(baseline_module.census, "keepers", lambda *_: keepers)

    def wait(what: str, probe: Any, limit: float) -> None:
        raise NotReady(what, probe()[1], limit)

    made.view.return_value.wait = wait
    with pytest.raises(NotReady) as late:
        replace(baseline(), clusters=("dev",)).restore(made)
    kept = f"Lamp /desk (kept by Kustomization flux-system/crds, {told})"
    assert late.value.last_seen == f"{kept}, Lamp /floor"


def test_what_fluxs_login_did_not_hold_before_goes() -> None:
    made = sandbox(REFS)
    api = made.view.return_value.api
    api.get.return_value = {"spec": {}}
    api.find.return_value = {"data": {"identity": "bmV3", "password": "bW9yZQ=="}}
    replace(baseline(), login={"identity": "b2xk"})._restore_source(made)
    [(_, patched)] = [call.args for call in api.patch.call_args_list]
    assert patched == {"data": {"identity": "b2xk", "password": None}}
