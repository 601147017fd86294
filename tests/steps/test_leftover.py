"""What an older run has left goes before a new one begins, or the new one does not begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide import Edition, shelf
from mutation import verdict
from sandbox.errors import SandboxError
from steps import baseline_tree, leftover
from steps.__main__ import main


def test_it_goes_with_all_that_is_in_it_and_none_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "attempts"
    (folder / "2").mkdir(parents=True)
    leftover.remove(folder)
    leftover.remove(folder)
    assert list(tmp_path.iterdir()) == []


def test_what_stays_is_told(tmp_path: Path) -> None:
    (tmp_path / "workers").touch()
    with pytest.raises(SandboxError, match=r"an older run left in .*/workers cannot be removed"):
        leftover.remove(tmp_path / "workers")


def test_no_run_begins_beside_the_attempts_of_an_older_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "attempts").touch()
    assert main([f"--build={tmp_path}", "--provider=embedded"]) == 3
    told = capsys.readouterr().err
    assert told.startswith(f"what an older run left in {tmp_path}/attempts cannot be removed")
    assert "Traceback" not in told


def test_no_first_commit_is_written_over_what_an_older_run_left(tmp_path: Path) -> None:
    (tmp_path / "seed").touch()
    book = shelf.find()
    with pytest.raises(SandboxError, match=r"an older run left in .*/seed cannot be removed"):
        baseline_tree.write(book, Edition.read(book.edition), tmp_path / "seed")


def test_no_fault_is_put_into_what_an_older_run_left(tmp_path: Path) -> None:
    (tmp_path / "pages").touch()
    edition = Path(shelf.find().edition)
    with pytest.raises(SandboxError, match=r"an older run left in .*/pages cannot be removed"):
        verdict.rewritten(edition, tmp_path / "pages", {"namespaces.md": "# Namespaces\n"})
