"""What others do in the clone while tomorrow's pins are built for it."""

from __future__ import annotations

import shutil
import sys

import pytest
from test_toolchain_newer_tree import SETS, clone, double, made, make

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import pinning
from sandbox.toolchain.newer import python, tree
from sandbox.toolchain.newer.tree import NewerTree

__all__ = ["clone", "double", "made"]


@pytest.mark.usefixtures("double")
def test_what_is_written_while_the_programs_are_built_is_not_overwritten(
    made: NewerTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes minutes, and who runs it goes on working."""
    make(made, kubernetes="1.99.2")
    pins = made.clone / SETS / "pins/kubernetes-1.99.2"
    file = pins / "go.mod"
    program = f"open({str(file)!r}, 'a').write('// ours')"
    monkeypatch.setattr(tree, "_BUILDER", (sys.executable, "-c", program))
    with pytest.raises(UsageError, match="the pins or the matrix have changed since"):
        made.take()
    assert file.read_text().endswith("// ours")


@pytest.mark.usefixtures("double")
def test_what_else_lies_beside_a_pin_that_goes_stays(
    made: NewerTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = made.clone / SETS / "pins/kubernetes-1.99.2/why.md"
    note.write_bytes(b"\xff")
    make(made, kubernetes="1.99.2")
    monkeypatch.setattr(tree, "_BUILDER", (sys.executable, "-c", "pass"))
    made.take()
    assert [path.name for path in note.parent.iterdir()] == ["why.md"]


def test_where_nothing_is_taken_up_it_is_said_where_the_reason_stands_and_nothing_is_built(
    made: NewerTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newer versions may be there, and none of them could be had."""
    monkeypatch.setattr(NewerTree, "build", lambda _: pytest.fail("something was built"))
    monkeypatch.setattr(python, "of_tree", lambda _: pytest.fail("something was installed"))
    make(made)
    assert pinning.take_newer(made) == (
        f"{made.diff_file} takes up nothing; make nightly NEXT=1 says what is newer, if anything"
    )
    made.report_file.touch()
    assert pinning.take_newer(made) == (
        f"{made.diff_file} takes up nothing: what was newer, if anything, was left out; "
        f"{made.report_file} says why"
    )


@pytest.mark.parametrize(
    "trouble",
    [
        OSError(28, "No space left on device"),
        shutil.Error([("a", "b", "[Errno 28] No space left on device")]),
    ],
)
def test_where_there_is_no_room_for_the_tree_it_is_one_line(
    made: NewerTree, monkeypatch: pytest.MonkeyPatch, trouble: OSError
) -> None:
    def full(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(SandboxError, match=r"No space left on device\. Cure: ") as error:
        make(made, helm="4.99.2")
    assert str(error.value).startswith(f"newer pins cannot be laid out in {made.folder}: ")
    assert "\n" not in str(error.value)
    assert not list(made.folder.iterdir())


def test_where_the_folder_cannot_be_made_it_is_one_line(made: NewerTree) -> None:
    made.folder.write_text("a file")
    with pytest.raises(SandboxError, match=r"newer pins cannot be laid out in .* Cure: "):
        make(made, helm="4.99.2")
