"""Parts of a book that are named apart: each is there, and of one book."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide.__main__ import main


@pytest.mark.parametrize("command", [["check"], ["check", "--book", "all"], ["coverage"]])
@pytest.mark.parametrize("part", ["edition", "features"])
def test_a_folder_that_is_not_there_is_not_read_as_an_empty_one(
    capsys: pytest.CaptureFixture[str], command: list[str], part: str
) -> None:
    assert main([*command, f"--{part}", "nope"]) == 2
    said = capsys.readouterr().err
    assert (
        said
        == f"nope: there is no such folder. Cure: --{part} takes the folder of a book's {part}\n"
    )


@pytest.mark.parametrize("parts", [["features"], ["edition", "features", "lock", "errata"]])
def test_a_part_is_of_one_book(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, parts: list[str]
) -> None:
    named = [text for part in parts for text in (f"--{part}", str(tmp_path))]
    assert main(["check", "--book", "all", *named]) == 2
    assert "BOOK=all stands for several books" in capsys.readouterr().err
