"""What a night is wrongly asked for is one line before it begins: nothing runs or is recorded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from guide import GuideError
from report.regression.quarantine import Quarantine
from sandbox.toolchain.caches import Caches
from sandbox.toolchain.store import Store
from steps import nightly, wanted

ROOT = Path(__file__).parents[2]
TWO = "- {provider: [embedded], book: [operational, flux]}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "nightly.yaml").write_text(TWO)
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path / "cache"))
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
        ("--at-once=0", "AT_ONCE=0 is no number from 1 to 16, nor auto. Cure: "),
        ("--at-once=", "AT_ONCE= is no number from 1 to 16, nor auto. Cure: "),
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--feature=nosuch", 'FEATURE "nosuch" matches no feature and no scenario. Cure: '),
        ("--tags=@slwoly", 'TAGS "slwoly": no scenario has tag "slwoly". Cure: '),
        ("--tags=not (", 'TAGS "not (" is no expression of tags: '),
    ],
)
def test_what_no_book_has_is_said_once(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words: str,
    said: str,
) -> None:
    monkeypatch.setattr(nightly, "run", lambda *_: pytest.fail("something ran"))
    monkeypatch.setattr(nightly.Tomorrow, "look", lambda *_: pytest.fail("somebody was asked"))
    assert refused(capfd, words, "--next").startswith(said)


def test_what_one_book_lacks_is_said_with_the_cells_that_have_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(nightly, "run", lambda cells, *_: ran.extend(map(str, cells)) or 0)
    line = refused(capfd, "--feature=namespaces")
    assert line == (
        'book flux: FEATURE "namespaces" matches no feature and no scenario. '
        "Cure: CELLS='operational-*'"
    )
    assert ran == []
    own = ["--matrix=nightly.yaml", "--feature=namespaces", "--cells=operational-*"]
    assert nightly.main(own) == 0
    assert len(ran) == 1


def test_a_book_that_cannot_be_read_is_for_its_own_cells_to_tell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops no other, whatever is asked for."""
    read = wanted.Preflight.read

    def broken(features: Path, *others: object) -> wanted.Preflight:
        if "flux" in str(features):
            raise GuideError("is no Gherkin", file=features)
        return read(features, *others)

    monkeypatch.setattr(wanted.Preflight, "read", broken)
    monkeypatch.setattr(nightly, "run", lambda *_: 0)
    assert nightly.main(["--matrix=nightly.yaml", "--feature=namespaces"]) == 0


def test_a_quarantine_without_an_end_is_told_before_the_night(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def endless(book: Path) -> None:
        raise GuideError(f"{book.name}: until is missing", cure="give the last day")

    monkeypatch.setattr(nightly, "run", lambda *_: pytest.fail("something ran"))
    monkeypatch.setattr(Quarantine, "read", endless)
    assert refused(capfd) == "operational: until is missing. Cure: give the last day"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("runs.jsonl", '{"schema": 9}\n', "is of history schema 9; "),
        ("reported.json", '{"schema": 9}', "cannot be read: it is of schema 9. Cure: remove it"),
        ("told.json", "[", "cannot be read: "),
    ],
)
def test_what_its_report_cannot_read_is_told_before_the_night(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    content: str,
    said: str,
) -> None:
    """Else nothing of the night would be recorded, or nobody be told of it."""
    history = folder / "build/books/flux/history"
    history.mkdir(parents=True)
    (history / name).write_text(content)
    monkeypatch.setenv("WEBHOOK", "https://example.com/secret")
    monkeypatch.setattr(nightly, "run", lambda *_: pytest.fail("something ran"))
    assert nightly.main(["--matrix=nightly.yaml"]) == 2
    [line] = capfd.readouterr().err.splitlines()
    assert f"flux/history/{name}" in line
    assert said in line
    assert [(each.name, each.read_text()) for each in history.iterdir()] == [(name, content)]
    assert nightly.main(["--matrix=nightly.yaml", "--cells=nosuch"]) == 2
    monkeypatch.setattr(nightly, "run", lambda *_: 0)
    assert nightly.main(["--matrix=nightly.yaml", "--cells=operational-*"]) == 0


@pytest.mark.parametrize(
    ("name", "value"), [("WEBHOOK_FORM", "slak"), ("WEBHOOK", "example.com/secret")]
)
def test_a_webhook_that_cannot_be_one_is_told_before_the_night(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(nightly, "run", lambda *_: pytest.fail("something ran"))
    assert refused(capfd).startswith(name)


def test_a_second_night_in_the_same_folder_leaves_the_first_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It would remove what cells of the first have not had recorded yet."""
    again = (sys.executable, "-m", "steps.nightly", "--matrix=nightly.yaml")
    told: list[subprocess.CompletedProcess[str]] = []
    monkeypatch.setattr(nightly, "run", lambda *_: told.append(_run(again)) or 0)
    assert nightly.main(["--matrix=nightly.yaml"]) == 0
    [second] = told
    assert (second.returncode, second.stdout) == (2, "")
    cure = "wait for its end, or start this one in another folder"
    assert second.stderr == f"another night runs in {folder}/build. Cure: {cure}\n"
    assert not any((folder / "build").iterdir())


def test_a_night_that_was_killed_holds_up_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "build").mkdir()
    (folder / "build/night.lock").touch()
    monkeypatch.setattr(nightly, "run", lambda *_: 0)
    assert nightly.main(["--matrix=nightly.yaml"]) == 0


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=300, check=False)


def test_the_builds_of_a_night_share_their_caches(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches, seen = Caches(Store.of_user()), list[bool]()
    monkeypatch.setattr(nightly, "run", lambda *_: seen.append(caches.are_shared()))
    nightly.main(["--matrix=nightly.yaml"])
    assert seen == [True]
    assert not caches.are_shared()


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ("- {provider: [embedded], kubernetes: [own, 1.35.4]}", ["--cells=*-kubernetes-*"]),
        ("- {provider: [embedded], kubernetes: [1.35.4]}", []),
    ],
)
def test_a_night_on_what_is_newer_without_a_cell_that_has_a_tomorrow(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    matrix: str,
    words: list[str],
) -> None:
    """It would end green, with the word that nothing is newer."""
    monkeypatch.setattr(nightly.Tomorrow, "look", lambda *_: pytest.fail("somebody was asked"))
    (folder / "nightly.yaml").write_text(matrix)
    told = refused(capfd, "--next", *words)
    assert told.startswith("NEXT=1: none of the cells has a tomorrow: operational-embedded-kuber")
    assert "; only cells on own versions have one. Cure: " in told
