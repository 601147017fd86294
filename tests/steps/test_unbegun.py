"""A run that ends before it has results leaves some that say so, never those of an older run."""

import shutil
from pathlib import Path

import pytest

from guide import shelf
from report.results import Results
from sandbox.errors import NotReady, UsageError
from steps import __main__ as steps

pytestmark = pytest.mark.integration

NAMES = ("results.json", "junit.xml")


def main(build: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException | int) -> int:
    """`python -m steps` where `end` is what comes instead of a run."""

    def run(_arguments: object) -> int:
        assert not any((build / name).exists() for name in NAMES), "a kill would leave old results"
        if isinstance(end, BaseException):
            raise end
        return end

    monkeypatch.setattr(steps, "run", run)
    monkeypatch.chdir(steps.ROOT)
    for name in NAMES:
        (build / name).write_text("an older run")
    return steps.main([f"--build={build}", "--provider=embedded", "--feature=namespaces"])


def test_a_sandbox_that_cannot_be_brought_up_is_told_in_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = NotReady("the toolchain", "still building", 600.0)
    assert main(tmp_path, monkeypatch, end) == 3
    results = Results.read(tmp_path / "results.json")
    assert (results.run.exit_code, results.run.provider) == (3, "embedded")
    asked = [one for one in results.scenarios if not one.left_out]
    assert {one.feature.rpartition("/")[2] for one in asked} == {"namespaces.feature"}
    assert {one.status for one in results.scenarios} == {"not_run"}
    assert all("the run could not begin: " in one.error for one in asked)
    assert "an older run" not in (tmp_path / "junit.xml").read_text()


@pytest.mark.parametrize(("end", "code"), [(0, 3), (1, 3), (KeyboardInterrupt(), 130)])
def test_a_run_that_ends_without_results_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException | int, code: int
) -> None:
    assert main(tmp_path, monkeypatch, end) == code
    assert Results.read(tmp_path / "results.json").run.exit_code == code


def test_wrong_use_leaves_the_results_of_the_last_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(tmp_path, monkeypatch, UsageError("no such provider")) == 2
    assert {(tmp_path / name).read_text() for name in NAMES} == {"an older run"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--retries=9", "RETRIES=9 is no number from 0 to 5. Cure: RETRIES=5 at most\n"),
        ("--workers=x", "WORKERS=x is no number from 1 to 16, nor auto. Cure: leave it out\n"),
    ],
)
def test_a_number_that_there_is_not_is_one_line_also_of_all_books(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    monkeypatch.setattr(steps, "_told", lambda _: pytest.fail("something was begun"))
    monkeypatch.setattr(steps.each_book, "run", lambda *_: pytest.fail("something was begun"))
    for book in ("operational", "all"):
        assert steps.main([f"--book={book}", words]) == 2
        assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("words", [["--workers=2"], ["--retries=1"]])
def test_a_profile_of_what_cannot_be_measured_is_wrong_use(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    monkeypatch.chdir(steps.ROOT)
    asked = [f"--build={tmp_path}", "--provider=embedded", "--profile", *words]
    assert steps.main(asked) == 2
    assert "a profile counts the processes of one sandbox" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--feature=namespace-s", 'FEATURE "namespace-s" matches no feature and no scenario'),
        ("--tags=@slowly", 'TAGS "slowly": no scenario has tag "slowly"'),
    ],
)
def test_what_several_workers_are_wrongly_asked_for_is_said_once_before_they_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words: str,
    said: str,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something was built or started")

    monkeypatch.setattr(steps, "ensure", refuse)
    monkeypatch.setattr(steps.workers, "run", refuse)
    monkeypatch.chdir(steps.ROOT)
    asked = [f"--build={tmp_path}", "--provider=embedded", "--workers=2", words]
    assert steps.main(asked) == 2
    told = capfd.readouterr()
    assert (told.out + told.err).count(said) == 1
    assert len(told.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_quarantine_without_an_end_is_told_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(steps.ROOT)
    book = tmp_path / "book"
    shutil.copytree(shelf.find("flux").file.parent, book)
    (book / "quarantine.yaml").write_text("- id: alerts/mute\n  reason: known\n")
    asked = [f"--book={book}", f"--build={tmp_path / 'build'}", "--provider=embedded"]
    monkeypatch.setattr(steps, "choose", None)
    assert steps.main(asked) == 2
    told = capsys.readouterr().err
    assert "quarantine.yaml" in told
    assert "until" in told
    assert len(told.splitlines()) == 1
