"""Edits that change wording only raise no alarm, in a source guide and in the edition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guide import Edition
from guide.document import Document
from guide.wording import wordings

ROOT = Path(__file__).parents[2]


def test_no_alarm_for_a_source_guide(
    run: Callable[..., int], second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = second / "guide.md"
    edits = wordings(Document.read(path))
    assert len(edits) >= 30
    for edit in edits:
        path.write_text(edit.text, encoding="utf-8")
        assert run("audit", str(path)) == 0, (edit.id, capsys.readouterr().out)


@pytest.mark.parametrize("page", sorted((ROOT / "docs/guide").glob("*.md")), ids=lambda p: p.stem)
def test_no_alarm_for_the_edition(page: Path, tmp_path: Path) -> None:
    copy = tmp_path / page.name
    copy.write_bytes(page.read_bytes())
    before = Edition.read(tmp_path)
    for edit in wordings(Document.read(page), count=30):
        copy.write_text(edit.text, encoding="utf-8")
        after = Edition.read(tmp_path)
        assert after.content_hash == before.content_hash, edit.id


def test_the_choice_is_the_same_for_the_same_seed(second: Path) -> None:
    document = Document.read(second / "guide.md")
    assert wordings(document, seed=3, count=5) == wordings(document, seed=3, count=5)
    assert wordings(document, seed=3, count=5) != wordings(document, seed=4, count=5)


def test_every_edit_changes_the_text(second: Path) -> None:
    document = Document.read(second / "guide.md")
    text = "\n".join(document.lines) + "\n"
    assert all(edit.text != text for edit in wordings(document))
