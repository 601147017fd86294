"""A rehearsal of an upgrade of Flux: which way it is, what is run on which versions, its report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rehearsed import HEAD, PLAIN, World, asked, rehearse, report

from sandbox.cluster.picture import Changes
from sandbox.errors import CommandFailed, UsageError
from sandbox.toolchain.pins import FLUX, KUBERNETES
from sandbox.upgrade import Controller, Upgrade
from steps.way import Way

OLD = "2.9.2"
MOVED = (
    Controller("kustomize-controller", "1.9.3", "1.9.5", 0.0),
    Controller("source-watcher", "2.2.2", "2.2.2", 4.25),
)
NEW_PODS = Changes(restarts=("Pod flux-system/x-1 is a new pod",))
FLUXED = replace(PLAIN, without_api_s=0.0, changes=NEW_PODS, controllers=MOVED)


@pytest.mark.parametrize(
    ("old", "new"), [(OLD, "own"), ("flux-2.9.2", "own"), ("flux-2.9.2", "flux-own")]
)
def test_a_version_of_flux_is_known_by_its_form_or_its_first_word(
    world: World, old: str, new: str
) -> None:
    way = Way.between(old, new)
    assert (way.product, way.versions) == (FLUX, (OLD, FLUX.own()))


def test_flux_may_be_taken_over_a_minor_version(world: World) -> None:
    assert Way.between("2.7.1", OLD).product is FLUX
    assert Way.between("kubernetes-1.35.4", "own").product is KUBERNETES


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (OLD, "1.35.4", "FROM=2.9.2 is of Flux, TO=1.35.4 of Kubernetes"),
        ("own", OLD, r"is a step back\. Cure: FROM=2.9.2 TO="),
        ("flux-own", "own", "FROM and TO are both Flux 2.9.5"),
        (OLD, OLD, "FROM and TO are both Flux 2.9.2"),
        ("2.8.1", "own", "Flux 2.8.1 is not pinned.*make pin FLUX=2.8.1"),
        ("flux-2.9", "own", "'2.9' is no version of Flux"),
    ],
)
def test_a_way_that_there_is_not_is_one_line(world: World, old: str, new: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as raised:
        Way.between(old, new)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("old", "variable"), [(OLD, "FLUX"), ("1.35.4", "KUBERNETES")])
def test_the_version_of_what_is_upgraded_is_not_asked_for_twice(
    world: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, "9.9.9")
    assert rehearse(old=old) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{variable}=9.9.9 is not asked here" in line
    assert (asked(), world.done) == ([], [])


def test_the_features_run_on_both_versions_of_flux_and_on_the_kubernetes_that_is_asked_for(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBERNETES", "1.35.4")
    world.upgrade = Upgrade((FLUXED,), HEAD, "b" * 40)
    assert rehearse(old=OLD) == 0
    versions = [(each["kubernetes"], each["flux"]) for each in asked()]
    assert versions == [("1.35.4", OLD), ("1.35.4", "")]
    again = f"--again=make upgrade FROM={OLD} TO={FLUX.own()} KUBERNETES=1.35.4"
    assert all(again in each["words"] for each in asked())
    assert world.done == ["upgrade to own", "down"], "new pods are the upgrade itself"
    said = capsys.readouterr().out
    assert f"Flux 2.9.2 -> {FLUX.own()}: upgraded; what held holds (1 scenario)" in said
    for text in (said, report()):
        assert "in the upgraded sandbox" in text
        assert "kustomize-controller 1.9.3 -> 1.9.5, 0.0 s without a pod that is Ready" in text
        assert "source-watcher is 2.2.2 in both, 4.2 s without" in text
        assert "19.0 s after it was typed each of 6 objects was reconciled by these" in text
        assert "with the newer flux: it made the commit bbbbbbbb" in text
        assert "API server" not in text


def test_a_controller_that_was_restarted_gives_the_features_a_fresh_sandbox(world: World) -> None:
    restarts = (*NEW_PODS.restarts, "Pod flux-system/x-1 was restarted 1 time")
    world.upgrade = Upgrade((replace(FLUXED, changes=Changes(restarts=restarts)),), HEAD, HEAD)
    assert rehearse(old=OLD) == 0
    assert world.done == ["upgrade to own", "down", "down"]


def test_a_bootstrap_that_fails_is_told_with_the_step_back_that_was_tried(world: World) -> None:
    world.upgrade = CommandFailed("flux bootstrap", 1, "it cannot be", 1.0)
    assert rehearse(old=OLD) == 3
    assert world.done == ["upgrade to own", "back to 2.9.2", "down"]
    told = "a step back to 2.9.2 was tried: its bootstrap ended, and Flux is Ready with it; Flux"
    assert told in report()
    assert f"Flux 2.9.2 -> {FLUX.own()}: the upgrade failed" in report()


def test_a_step_back_that_fails_says_so(world: World) -> None:
    world.upgrade = CommandFailed("flux bootstrap", 1, "it cannot be", 1.0)
    world.back = CommandFailed("flux bootstrap", 1, "neither can this", 1.0)
    assert rehearse(old=OLD) == 3
    assert "the step back to 2.9.2 fails too" in report()
    assert "neither can this" in report()


def test_a_book_that_begins_without_flux_has_none_to_be_upgraded(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    book = Path(__file__).with_name("samples") / "first_steps"
    assert rehearse(f"--book={book}", old=OLD) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "begins without Flux: there is none to be upgraded" in line
