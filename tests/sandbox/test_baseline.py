"""What a scenario has left where no cluster and no Git shows it goes with the scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from sandbox import baseline as baseline_module
from sandbox.baseline import Baseline
from sandbox.errors import SandboxError

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
    )


def sandbox(refs: dict[str, str]) -> Mock:
    """One without a cluster, with two stores; it notes what is asked of it, in order."""
    made = Mock()
    made.layout.start, made.layout.branch = "empty", "main"
    made.desk.env = {"GITLAB_TOKEN": "word"}
    made.provider.clusters.return_value = {}
    made.refs.return_value = refs
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


@pytest.mark.parametrize(
    ("pushed", "written", "asked"),
    [(False, True, 1), (False, False, 0), (True, True, 0)],
)
def test_flux_is_asked_to_put_back_what_somebody_wrote_and_nobody_pushed(
    monkeypatch: pytest.MonkeyPatch, *, pushed: bool, written: bool, asked: int
) -> None:
    """What was pushed is taken back with a push, which brings Flux by itself."""
    there = {"ConfigMap flux-system/note: data.owner by kubectl-patch": ""} if written else {}
    calls: list[str] = []
    monkeypatch.setattr(baseline_module.roll_call, "call", lambda *_: calls.append("called"))
    monkeypatch.setattr(baseline_module.census, "by_hand", lambda *_: there)
    monkeypatch.setattr(baseline_module.census, "made_by_hand", lambda *_: [])
    made = sandbox(REFS)
    made.provider.keys.return_value = None
    made.view.return_value.api.get.return_value = {"spec": {}}
    made.view.return_value.api.find.return_value = {}
    baseline()._restore_flux(made, pushed)
    assert len(calls) == asked


def test_what_fluxs_login_did_not_hold_before_goes() -> None:
    made = sandbox(REFS)
    api = made.view.return_value.api
    api.get.return_value = {"spec": {}}
    api.find.return_value = {"data": {"identity": "bmV3", "password": "bW9yZQ=="}}
    replace(baseline(), login={"identity": "b2xk"})._restore_source(made)
    [(_, patched)] = [call.args for call in api.patch.call_args_list]
    assert patched == {"data": {"identity": "b2xk", "password": None}}
