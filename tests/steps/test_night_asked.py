"""What a night is wrongly asked for is one line before it begins: nothing runs or is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from steps import nightly

TWO = "- {provider: [embedded], book: [operational, flux]}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "nightly.yaml").write_text(TWO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line of a night that does not begin."""
    assert nightly.main(["--matrix=nightly.yaml", *words]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    assert [each.name for each in Path.cwd().iterdir()] == ["nightly.yaml"]
    return line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--retries=9", "RETRIES=9 is no number from 0 to 5. Cure: "),
        ("--retries=", "RETRIES= is no number from 0 to 5. Cure: "),
        ("--workers=x", "WORKERS=x is no number from 1 to 16, nor auto. Cure: "),
    ],
)
@pytest.mark.parametrize("further", [(), ("--next",)])
def test_a_number_that_there_is_not(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words: str,
    said: str,
    further: tuple[str, ...],
) -> None:
    monkeypatch.setattr(nightly, "run", lambda *_: pytest.fail("something ran"))
    monkeypatch.setattr(nightly.Tomorrow, "look", lambda *_: pytest.fail("somebody was asked"))
    assert refused(capfd, words, *further).startswith(said)


def test_numbers_that_there_are_begin_a_night(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "run", lambda *_: 0)
    assert nightly.main(["--matrix=nightly.yaml", "--retries=5", "--workers=auto"]) == 0
