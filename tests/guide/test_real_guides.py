"""Whole guides: every edit of meaning is seen, and no edit of wording is.

The guides of a team are its own and are read where they lie; without them these tests are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from guide.acceptance import Acceptance
from guide.audit import Audit
from guide.document import Document
from guide.erratum import Errata
from guide.lock import SourceLock
from guide.wording import wordings
from tests.guide.meanings import meanings

pytestmark = pytest.mark.integration

OURS = Path(__file__).with_name("second") / "guide.md"
FOLDER = Path(os.environ.get("PROOFBOOK_GUIDES", "/work/shared/guide"))
GUIDES = [OURS, *sorted(FOLDER.rglob("*.md"))]
COUNT = int(os.environ.get("PROOFBOOK_EDITS", "24"))


def drifts(file: Path, lock: SourceLock) -> list[str]:
    return [str(drift) for drift in Audit.of(file, lock, Errata()).drifts]


@pytest.fixture(params=GUIDES, ids=lambda path: path.stem)
def guide(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a guide that a test may change."""
    copy = tmp_path / "guide.md"
    copy.write_bytes(request.param.read_bytes())
    return copy


def locked(guide: Path) -> SourceLock:
    empty = SourceLock("source.lock", guide.name, ())
    return Acceptance(Audit.of(guide, empty, Errata()), "2000-01-01T00:00:00Z").lock()


def test_every_edit_of_meaning_is_seen(guide: Path) -> None:
    lock = locked(guide)
    edits = meanings(Document.read(guide), seed=1, count=COUNT)
    assert len(edits) > 8
    unseen = []
    for edit in edits:
        guide.write_text(edit.text, encoding="utf-8")
        if not drifts(guide, lock):
            unseen.append(edit.id)
    assert unseen == []


def test_no_edit_of_wording_raises_an_alarm(guide: Path) -> None:
    lock = locked(guide)
    alarms = []
    for edit in wordings(Document.read(guide), count=COUNT):
        guide.write_text(edit.text, encoding="utf-8")
        if drifts(guide, lock):
            alarms.append(edit.id)
    assert alarms == []
