"""A rehearsal of an upgrade: what is refused, what is run in which order, how it ends."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from rehearsed import HEAD, OWN, PLAIN, TOKEN, World, asked, rehearse, report

from sandbox.cluster.picture import Changes
from sandbox.errors import NotReady, ProcessDied, SandboxError, UsageError
from sandbox.toolchain.pins import KUBERNETES
from sandbox.upgrade import Upgrade
from steps.way import Way

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("", "own", "FROM= says which version"),
        ("1.35.4", "", "TO= says which version"),
        ("own", "1.35.4", r"a step back, and Kubernetes supports none.*Cure: FROM=1.35.4 TO="),
        ("1.35.9", "1.35.4", "a step back"),
        ("1.35.4", "1.35.4", "FROM and TO are both Kubernetes 1.35.4"),
        ("own", OWN["Kubernetes"], f"are both Kubernetes {OWN['Kubernetes']}"),
        ("own", "own", f"are both Kubernetes {OWN['Kubernetes']}"),
        ("flux-own", "flux-own", f"are both Flux {OWN['Flux']}"),
        ("1.34.4", "own", "passes over 1.35"),
        ("1.33.1", "own", "1.33.1 is not pinned.*make pin KUBERNETES=1.33.1"),
        ("1.35.4", "new", "'new' is no version"),
    ],
)
def test_a_way_that_there_is_not_is_one_line(world: World, old: str, new: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as raised:
        Way.between(old, new)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("old", "new"), [("1.35.4", "own"), ("1.35.4", "1.35.9")])
def test_a_way_to_a_newer_version_is_one(world: World, old: str, new: str) -> None:
    assert Way.between(old, new).versions == (old, KUBERNETES.own() if new == "own" else new)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--provider=kind", "PROVIDER=kind cannot be taken"),
        ("--provider=other", "PROVIDER=other is unknown"),
        ("--book=all", "one book is rehearsed at a time"),
        ("--book=nowhere", "nowhere"),
        ("--to=1.34.4", "a step back"),
        ("--feature=nosuch", 'FEATURE "nosuch" matches no feature'),
        ("--tags=@slwoly", 'TAGS "slwoly": no scenario has tag "slwoly"'),
    ],
)
def test_wrong_use_is_one_line_and_nothing_is_begun(
    world: World, capsys: pytest.CaptureFixture[str], words: str, why: str
) -> None:
    Path("build/upgrade").mkdir(parents=True)
    Path("build/upgrade/report.md").write_text("of an earlier rehearsal")
    assert rehearse(words) == 2
    said = capsys.readouterr()
    assert why in said.err
    assert len(said.err.splitlines()) == 1
    assert (said.out, asked(), world.done) == ("", [], [])
    assert report() == "of an earlier rehearsal"


def test_the_features_run_on_the_old_version_then_in_the_upgraded_sandbox_which_then_goes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rehearse("--feature=namespaces") == 0
    assert [each["kubernetes"] for each in asked()] == ["1.35.4", ""]
    for each in asked():
        assert {f"--owner={os.getpid()}", "--sandbox-name=upgrade"} <= {*each["words"]}
        assert "--feature=namespaces" in each["words"]
    assert world.done == ["upgrade to own", "down"]
    said = capsys.readouterr().out
    assert (
        f"Kubernetes 1.35.4 -> {KUBERNETES.own()}: upgraded; what held holds (1 scenario)" in said
    )
    for text in (said, report()):
        assert "in the upgraded sandbox" in text
        assert "12.5 s without an API server" in text
        assert "13.0 s at most in which nothing of Flux was reconciled" in text
        assert "after 19.0 s each of 6 objects was" in text
        assert "no commit came of it" in text


def test_what_changed_is_listed_whole_in_the_file_and_cut_short_in_the_terminal(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    roles = tuple(f"ClusterRole r{number:02}: rules" for number in range(20))
    changes = Changes(
        come=("Secret a/b",), gone=("Secret c/d",), changed=roles, versions_gone=("x/v1beta1 Y",)
    )
    world.upgrade = Upgrade((replace(PLAIN, changes=changes, at_rest=False),), HEAD, "b" * 40)
    assert rehearse() == 0
    said = capsys.readouterr().out
    assert all(each in report() for each in (*roles, "Secret a/b", "Secret c/d", "x/v1beta1 Y"))
    assert "r07" in said
    assert "r08" not in said
    assert "... and 12 more in the report" in said
    assert "it made the commit bbbbbbbb" in report()
    assert "had not come to rest" in report()


def test_what_held_and_breaks_is_the_verdict_and_exit_code_1(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rehearse(after="failed") == 1
    assert capsys.readouterr().out.splitlines()[-2].endswith("1 scenario held and breaks")
    assert "no unit (shop/opens): it broke" in report()


def test_what_failed_on_the_old_version_too_is_not_held_against_the_new_one(world: World) -> None:
    assert rehearse(before="failed", after="failed") == 1
    assert "held and breaks" not in report()


@pytest.mark.parametrize("code", [3, 130])
def test_features_that_do_not_run_on_the_old_version_end_it(world: World, code: int) -> None:
    assert rehearse(before=code) == code
    assert world.done == ["down"]
    assert "not upgraded, the features did not run to their end on 1.35.4" in report()


def test_features_that_do_not_run_to_their_end_on_the_new_version_are_no_green(
    world: World,
) -> None:
    assert rehearse(after=3) == 3
    assert f"the features did not run to their end on {KUBERNETES.own()}" in report()


@pytest.mark.parametrize(("before", "code"), [("passed", 3), ("skipped", 0)])
def test_what_held_and_did_not_run_again_is_no_green(world: World, before: str, code: int) -> None:
    """What was skipped before, too, did not hold: nothing is lost."""
    assert rehearse(before=before, after="skipped") == code
    assert ("held before and did not run again: shop/opens" in report()) is (code == 3)


def test_another_sandbox_in_the_place_of_the_upgraded_one_is_told(world: World) -> None:
    world.stores = [{1}, {2}]
    assert rehearse() == 0
    assert "a new one took its place" in report()


def test_after_the_restart_of_a_controller_the_features_have_a_fresh_sandbox(
    world: World,
) -> None:
    changes = Changes(restarts=("Pod x was restarted 1 time",))
    world.upgrade = Upgrade((replace(PLAIN, changes=changes),), HEAD, HEAD)
    assert rehearse() == 0
    assert world.done == ["upgrade to own", "down", "down"]
    assert "in a fresh sandbox: a controller was started again" in report()


@pytest.mark.parametrize(
    "error",
    [
        ProcessDied("dev/kube-apiserver", 1, f"no such flag {TOKEN}", cure="see its log"),
        NotReady("every object of Flux to be reconciled", f"apps: {TOKEN}", 180),
    ],
)
def test_an_upgrade_that_fails_is_told_with_its_scene_and_the_step_back_that_was_tried(
    world: World, capsys: pytest.CaptureFixture[str], error: SandboxError
) -> None:
    world.upgrade = error
    assert rehearse() == 3
    assert world.done == ["upgrade to own", "back to 1.35.4", "down"]
    assert len(asked()) == 1
    said = capsys.readouterr().out
    for text in (said, report(), Path("build/upgrade/scene/x.log").read_text()):
        assert TOKEN not in text
    assert error.what.splitlines()[0].replace(TOKEN, "***") in said
    assert "Cure: " in said
    assert "build/upgrade/scene has the logs" in said
    assert "a step back to 1.35.4 was tried: it came up on the same data, and Flux is Ready" in said
    assert said.splitlines()[-2].endswith(": the upgrade failed")


def test_a_step_back_that_fails_says_so(world: World) -> None:
    world.upgrade = ProcessDied("dev/kube-apiserver", 1, "", cure="see its log")
    world.back = ProcessDied("dev/kube-apiserver", 2, "data of a newer version", cure="none")
    assert rehearse() == 3
    assert "the step back to 1.35.4 fails too" in report()
    assert "data of a newer version" in report()


def test_an_interrupted_upgrade_takes_the_sandbox_down_and_says_so(world: World) -> None:
    world.upgrade = KeyboardInterrupt()
    assert rehearse() == 130
    assert world.done == ["upgrade to own", "down"]
    assert "it was interrupted" in report()
