"""Where nothing can be written, whoever starts something reads one line, not a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide.__main__ import main as guide
from guide.errors import GuideError
from guide.writable import writable
from mutation.__main__ import main as mutation
from steps.__main__ import main as steps

ROOT = Path(__file__).parents[2]
BOOK = f"--book={ROOT / 'books/operational'}"


@pytest.fixture
def shut(tmp_path: Path) -> Path:
    """Below this nothing can be written, not even by root."""
    (tmp_path / "shut").touch()
    return tmp_path / "shut"


def test_a_folder_is_made_where_it_is_not_there(tmp_path: Path) -> None:
    assert writable(tmp_path / "a" / "b").is_dir()
    assert writable(tmp_path / "a") == tmp_path / "a"


def test_a_folder_that_is_shut_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_words: False)
    with pytest.raises(GuideError, match="nothing can be written there: Permission denied"):
        writable(tmp_path)


def test_runs_and_new_books_are_refused_with_one_line(
    shut: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    for start in (
        lambda: steps([BOOK, f"--build={shut}/build", "--provider=embedded"]),
        lambda: steps([BOOK, f"--seed-only={shut}/build/seed"]),
        lambda: mutation([BOOK, f"--build={shut}/build", "--count=1"]),
    ):
        assert start() == 2
        [told] = capsys.readouterr().err.splitlines()
        assert told.startswith(f"{shut}/build: nothing can be written there: Not a directory")
        assert "Cure: start it in a folder that can be written" in told
    guide_of = shut.parent / "ours.md"
    guide_of.write_text("# Ours\n\n## One\n\n1. Look:\n\n   ```bash\n   kubectl get pods\n   ```\n")
    (shut.parent / "books").touch()
    monkeypatch.chdir(shut.parent)
    assert guide(["book", "ours", "ours.md"]) == 2
    assert capsys.readouterr().err.startswith("books: nothing can be written there: File exists")
