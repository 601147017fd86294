"""Sentences about Kustomizations: each is told a state in which it has to fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from steps import kustomizations


def engineer(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> Any:
    """Somebody who sees a cluster that answers with these values, and has nothing to wait for."""
    monkeypatch.setattr(kustomizations, "settle", lambda *_: None)
    told = {name: (lambda *_, _is=value: _is) for name, value in answers.items()}
    view = SimpleNamespace(api=None, **told)
    return SimpleNamespace(sandbox=SimpleNamespace(view=lambda: view))


@pytest.mark.parametrize(
    ("other", "right"),
    [("10m", True), ("7m", False), ("420s", False), ("6m60s", False), ("0.1h60s", False)],
)
def test_an_interval_is_the_same_however_it_is_written(
    other: str, right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [
        {"metadata": {"name": name}, "spec": {"interval": interval}}
        for name, interval in (("apps", "7m"), ("infra", other))
    ]
    somebody = engineer(monkeypatch, listed=listed)
    holds(right, lambda: kustomizations.no_other_is_reconciled_every(somebody, "apps", "7m"))
    with pytest.raises(AssertionError, match="7 is no interval"):
        kustomizations.no_other_is_reconciled_every(somebody, "apps", "7")


@pytest.mark.parametrize(
    ("owned", "shared", "right"),
    [
        ({"a": ["Service x/web"], "b": ["Service x/shop"]}, [], True),
        ({"a": ["Service x/web"], "b": ["Service x/web"]}, [], False),
        ({"a": ["Service x/web"]}, ["Service x/shop"], False),
        ({"a": []}, [], False),
    ],
)
def test_an_owner_may_be_a_kustomization_or_a_release(
    owned: dict[str, list[str]], shared: list[str], right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = engineer(monkeypatch, inventories=owned)
    monkeypatch.setattr(kustomizations.census, "of_both", lambda _: shared)
    holds(right, lambda: kustomizations.no_object_has_two_owners(somebody))
