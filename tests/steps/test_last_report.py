"""The report of the last rehearsal goes when a newer one has something to tell, and not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rehearsed import World, asked, rehearse, report

from guide import GuideError
from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain.pins import KUBERNETES
from steps import upgrade, wanted
from steps.leftover import Last

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("earlier", [True, False])
def test_features_that_were_asked_for_wrongly_leave_the_last_report_or_none(
    world: World, earlier: bool
) -> None:
    if earlier:
        of_before()
    assert rehearse(before=2) == 2
    assert world.done == ["down"]
    assert is_of_before() if earlier else not Path("build/upgrade").exists()
    assert [each.name for each in Path("build").iterdir()] == ["upgrade"] * earlier


@pytest.mark.parametrize("earlier", [True, False])
def test_a_rehearsal_that_has_shown_something_is_told_whatever_ends_it(
    world: World, capsys: pytest.CaptureFixture[str], earlier: bool
) -> None:
    """It was upgraded, and then the features were refused: no earlier report takes its place."""
    if earlier:
        of_before()
    assert rehearse(after=2) == 2
    assert world.done == ["upgrade to own", "down"]
    said = capsys.readouterr().out
    for text in (said, report()):
        assert f"the features did not run to their end on {KUBERNETES.own()}" in text
        assert "12.5 s without an API server" in text
    assert "report: build/upgrade/report.md" in said
    assert Path("build/upgrade/before/results.json").read_text() != "of before"
    assert [each.name for each in Path("build").iterdir()] == ["upgrade"]


def test_wrong_use_that_is_found_halfway_is_told_with_what_was_shown(world: World) -> None:
    of_before()
    world.upgrade = UsageError("flux 2.9.2 is not pinned")
    world.back = UsageError("flux 2.9.1 is not pinned")
    assert rehearse() == 3
    assert "flux 2.9.2 is not pinned" in report()
    assert "1 scenario held" in report()


def of_before() -> None:
    """The report and the results of an earlier rehearsal."""
    Path("build/upgrade/before").mkdir(parents=True)
    Path("build/upgrade/before/results.json").write_text("of before")
    Path("build/upgrade/report.md").write_text("of an earlier rehearsal")


def is_of_before() -> bool:
    kept = Path("build/upgrade/before/results.json").read_text() == "of before"
    return kept and report() == "of an earlier rehearsal"


def _unreadable_quarantine(patch: pytest.MonkeyPatch) -> str:
    folder, read = Path("of-the-book"), wanted.Quarantine.read
    folder.mkdir()
    (folder / "quarantine.yaml").write_text("- id: namespaces/dev\n  reason: x\n")
    patch.setattr(wanted.Quarantine, "read", lambda _: read(folder))
    return 'has no "until"'


def _sentence_of_nobody(patch: pytest.MonkeyPatch) -> str:
    def found(*_: object) -> list[GuideError]:
        return [GuideError("no function takes it", file="features/x.feature", line=3)]

    patch.setattr(wanted, "hindrances", found)
    return "features/x.feature:3: no function takes it"


def _sandbox_of_another(patch: pytest.MonkeyPatch) -> str:
    def free(_: str) -> None:
        raise UsageError("sandbox upgrade belongs to process 7, which still runs")

    patch.setattr(upgrade.lifecycle, "free", free)
    return "belongs to process 7"


def _toolchain_that_is_not_built(patch: pytest.MonkeyPatch) -> str:
    def ensure(_: object, **__: object) -> None:
        raise SandboxError("the disk is full", phase="toolchain")

    patch.setattr(upgrade, "ensure", ensure)
    return "the disk is full"


@pytest.mark.parametrize(
    ("hindrance", "code"),
    [
        (_unreadable_quarantine, 2),
        (_sentence_of_nobody, 2),
        (_sandbox_of_another, 2),
        (_toolchain_that_is_not_built, 3),
    ],
)
def test_what_hinders_it_is_found_before_the_last_report_goes(
    *,
    world: World,
    hindrance: Callable[[pytest.MonkeyPatch], str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    of_before()
    why = hindrance(monkeypatch)
    assert rehearse() == code
    said = capsys.readouterr()
    assert why in said.err
    assert len(said.err.splitlines()) == 1
    assert (asked(), world.done) == ([], [])
    assert is_of_before()


def test_a_killed_rehearsal_takes_no_report_with_it(world: World) -> None:
    """It leaves the one before it aside, and half of its own."""
    of_before()
    last = Last(Path("build/upgrade"), "report.md")
    last.take()
    Path("build/upgrade/before").mkdir(parents=True)
    assert rehearse(before=2) == 2
    assert is_of_before()
    assert rehearse() == 0
    assert "of an earlier rehearsal" not in report()
    assert [each.name for each in Path("build").iterdir()] == ["upgrade"]
