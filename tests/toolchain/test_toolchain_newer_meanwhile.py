"""What others do in the clone while tomorrow's pins are built for it."""

from __future__ import annotations

import sys

import pytest
from test_toolchain_newer_tree import SETS, clone, double, made, make

from sandbox.errors import UsageError
from sandbox.toolchain.newer import tree
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
