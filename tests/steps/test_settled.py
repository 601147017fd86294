"""Sentences about a cluster look at what the newest commit made of it, not at what was before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from steps import cluster, flux, helm, kustomizations, messages, objects

CONFIG_MAP, ROWS = ("ConfigMap", "dev", "note"), [["a", "b"], ["c", "d"]]


class Settled(Exception):
    """The first that was asked."""


def first(sentence: Callable[[Any], Any], head: str = "c0ffee") -> tuple[Any, ...] | None:
    """What a sentence asks of the cluster first."""
    asked: list[tuple[Any, ...]] = []

    def settle(*words: Any) -> None:
        asked.append(words)
        raise Settled

    seen = SimpleNamespace(wait_settled=settle)
    refs = {"refs/heads/main": head} if head else {}
    sandbox = SimpleNamespace(
        view=lambda *_: seen, layout=SimpleNamespace(branch="main", interval_s=2), refs=lambda: refs
    )
    baseline = SimpleNamespace(head="ba5e", objects=frozenset())
    with suppress(Settled, AttributeError):
        sentence(SimpleNamespace(sandbox=sandbox, baseline=baseline))
    return asked[0][3:] if asked else None


@pytest.mark.parametrize(
    ("sentence", "looked"),
    [
        (
            lambda who: flux.object_reports(who, "HelmRelease", "a", "dev", "Ready", "True", None),
            ("HelmRelease", "dev", "a", False),
        ),
        (
            lambda who: kustomizations.reports_one_of(who, "apps", [["words"], ["x"]]),
            ("Kustomization", "flux-system", "apps", False),
        ),
        (
            lambda who: kustomizations.kustomization_owns(who, "apps", None, None, ROWS),
            ("Kustomization", "flux-system", "apps", True),
        ),
        (kustomizations.no_object_has_two_owners, ("", "", "", True)),
        (kustomizations.every_one_prunes, ("", "", "", True)),
        (
            lambda who: kustomizations.no_other_is_reconciled_every(who, "a", "1m"),
            ("", "", "", True),
        ),
        (
            lambda who: cluster.deployment_has_replicas(who, "a", "dev", 2),
            ("Deployment", "dev", "a", True),
        ),
        (
            lambda who: cluster.deployment_runs_image(who, "a", "dev", "1"),
            ("Deployment", "dev", "a", True),
        ),
        (lambda who: cluster.config_map_holds(who, "note", "dev", "a", "b"), (*CONFIG_MAP, True)),
        (lambda who: objects.there_is_no(who, "Secret", "a", "dev"), ("", "", "", True)),
        (lambda who: objects.there_is(who, "Secret", "a", "dev"), ("", "", "", True)),
        (objects.nothing_is_gone, ("", "", "", True)),
        (lambda who: objects.have_come(who, [["object"], ["x"]]), ("", "", "", True)),
        (
            lambda who: objects.comes_to_hold(who, "note", "dev", None, "a", "b"),
            (*CONFIG_MAP, True),
        ),
        (
            lambda who: objects.has_entries(who, "ConfigMap", "note", "dev", [["entry"], ["x"]]),
            (*CONFIG_MAP, True),
        ),
        (lambda who: objects.holds_these(who, "note", "dev", ROWS), (*CONFIG_MAP, True)),
        (lambda who: messages.no_message_has_come(who, "/x"), ("", "", "", True)),
        (lambda who: messages.every_message_tells_of(who, "/x", "y"), ("", "", "", True)),
        (
            lambda who: helm.release_values(who, "a", "dev", ROWS),
            ("HelmRelease", "dev", "a", True),
        ),
        (
            lambda who: helm.release_asks_for(who, "a", "dev", "1"),
            ("HelmRelease", "dev", "a", True),
        ),
        (
            lambda who: helm.stands_at_served_index(who, "a"),
            ("HelmRepository", "flux-system", "a", True),
        ),
    ],
)
def test_it_waits_for_the_pushed_commit_before_it_looks(
    sentence: Callable[[Any], Any], looked: tuple[Any, ...]
) -> None:
    assert first(sentence) == looked
    for nothing_new in ("ba5e", ""):
        assert first(sentence, nothing_new) is None
