"""What accepting a changed guide does to its lock, and how a fate is closed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide import GuideError
from guide.acceptance import Acceptance
from guide.audit import Audit
from guide.edition import Edition
from guide.erratum import Errata
from guide.fate import Fate
from guide.lock import SourceLock

Edit = Callable[[str, str, str], None]
Run = Callable[..., int]
STEP = "making-list/step-2/command-1"


def fate(second: Path, unit: str) -> Fate:
    return SourceLock.read(second / "source.lock").by_id[unit].fate


def test_accepting_opens_new_units_and_those_whose_text_changed(
    audit: Callable[..., list[str]], edit: Edit, second: Path
) -> None:
    edit("guide.md", "   - it has", "   - every word is known to the dictionary\n   - it has")
    edit("guide.md", "sort -o", "sort -u -o")
    assert audit(0, "--accept")[-3:] == [
        "source.lock: written",
        f"open again: {STEP}",
        "run their scenarios, then: python -m guide fate --ran build/results.json",
    ]
    assert fate(second, "making-list/step-3/bullet-1-2") == Fate()
    opened = fate(second, STEP)
    assert opened.is_open
    assert opened.was == Fate(proven=("word_list/sorted",))
    assert fate(second, "making-list/step-1") == Fate(proven=("word_list/sorted",))
    assert audit(0) == ["guide.md: 14 units, 0 drifted, 1 errata open"]


def test_a_text_that_comes_back_has_its_fate_again(
    audit: Callable[..., list[str]], edit: Edit, second: Path
) -> None:
    edit("guide.md", "sort -o", "sort -u -o")
    audit(0, "--accept")
    edit("guide.md", "sort -u -o", "sort -r -o")
    audit(0, "--accept")
    assert fate(second, STEP).is_open
    edit("guide.md", "sort -r -o", "sort -o")
    audit(0, "--accept")
    assert fate(second, STEP) == Fate(proven=("word_list/sorted",))


def test_an_open_fate_is_named_with_what_it_was(
    audit: Callable[..., list[str]], run: Run, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("guide.md", "sort -o", "sort -u -o")
    audit(0, "--accept")
    assert run("check", "--no-open") == 1
    assert f"  open {STEP}" in capsys.readouterr().out
    run("coverage")
    assert f"  open     {STEP} (was: word_list/sorted)" in capsys.readouterr().out.splitlines()


def results(second: Path, **changes: Any) -> Path:
    """The results of a run of the second guide in which everything passed."""
    run = {
        "started": changes.get("started", "2100-01-01T00:00:00Z"),
        "edition_hash": changes.get("edition", Edition.read(second / "edition").content_hash),
    }
    names = ("sorted", "settings-case-as-written", "settings-case-corrected")
    more = {"status": changes.get("status", "passed"), "attempts": changes.get("attempts", 1)}
    scenarios = [{"id": f"word_list/{name}", **more} for name in names]
    for number, status in enumerate(changes.get("rows", ()), 1):
        scenarios += [{"id": f"word_list/{name}[{number}]", "status": status} for name in names]
    scenarios = scenarios[len(names) if "rows" in changes else 0 :]
    path = second / "results.json"
    path.write_text(json.dumps({"run": run, "scenarios": scenarios}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"status": "failed"}, 1),
        ({"status": "skipped"}, 1),
        ({"attempts": 2}, 1),
        ({"rows": ("passed", "passed")}, 0),
        ({"rows": ("passed", "failed")}, 1),
        ({"rows": ("failed", "passed")}, 1),
        ({"started": "2000-01-01T00:00:00Z"}, 1),
        ({"edition": "another"}, 2),
    ],
)
def test_a_later_run_of_the_same_pages_closes_a_fate(
    audit: Callable[..., list[str]], run: Run, edit: Edit, second: Path,
    changes: dict[str, Any], code: int, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    edit("guide.md", "sort -o", "sort -u -o")
    edit("guide.md", "limit: 100 ", "limit: 101 ")
    audit(0, "--accept")
    assert run("fate", "--ran", str(results(second, **changes))) == code
    told = capsys.readouterr()
    assert fate(second, STEP).is_open is bool(code)
    assert fate(second, "settings/block-1").is_open is bool(code)
    if code == 1:
        assert told.out.splitlines()[0].endswith("source.lock: 0 of 2 fates given again")
        assert f"  open {STEP}" in told.out
    elif code == 2:
        assert "results.json: the run was of another edition. Cure: run the" in told.err


def test_a_fate_is_closed_by_hand_as_well(
    audit: Callable[..., list[str]], run: Run, edit: Edit, second: Path
) -> None:
    edit("guide.md", "sort -o", "sort -u -o")
    audit(0, "--accept")
    assert run("fate", STEP, "--proven", "word_list/sorted") == 0
    assert fate(second, STEP) == Fate(proven=("word_list/sorted",))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 200_000, '{"run": {}, "scenarios": []}', None]
)
def test_what_is_no_result_is_refused(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    path = second / "results.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert run("fate", "--ran", str(path)) == 2
    shown = capsys.readouterr().err
    assert shown.endswith("Cure: name the results of a run, such as build/results.json\n")
    assert shown.count("\n") == 1


def test_the_very_correction_of_an_erratum_is_proven(
    audit: Callable[..., list[str]], edit: Edit, second: Path
) -> None:
    edit("guide.md", "case: no", "case: false")
    assert audit(1)[1:] == [
        "erratum 1 is fixed: settings-case; word_list/settings-case-as-written can retire",
        "guide.md: 13 units, 1 drifted, 0 errata open",
    ]
    audit(0, "--accept")
    assert fate(second, "settings/block-1") == Fate(proven=("word_list/settings-case-corrected",))


def test_a_correction_of_several_lines_is_known_as_well(
    audit: Callable[..., list[str]], edit: Edit, second: Path
) -> None:
    edit("errata/settings-case.yaml", 'new: "case: false"', 'new: "case: false\\nmore: 1"')
    edit("guide.md", "case: no", "case: false\nmore: 1")
    audit(0, "--accept")
    assert fate(second, "settings/block-1") == Fate(proven=("word_list/settings-case-corrected",))


@pytest.mark.parametrize(
    ("old", "new"),
    [("case: no", "case: off"), ("limit: 100   # words\ncase: no", "limit: 10\ncase: false")],
)
def test_another_correction_of_an_erratum_has_to_be_shown(
    audit: Callable[..., list[str]], edit: Edit, second: Path, old: str, new: str
) -> None:
    edit("guide.md", old, new)
    audit(0, "--accept")
    opened = fate(second, "settings/block-1")
    assert opened.is_open
    assert opened.was == Fate(proven=("word_list/settings-case-corrected",))


OTHER = "# Another guide\n\n## Making the list\n\n1. Do this.\n2. Do that with `tool -x`.\n"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("other.md", OTHER, 'source.lock:1: the lock of "guide.md" cannot take "other.md". Cure:'),
        ("guide.md", OTHER, "source.lock:1: "),
    ],
)
def test_another_guide_is_refused_and_nothing_written(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str],
    name: str, text: str, problem: str,
) -> None:  # fmt: skip
    before = (second / "source.lock").read_bytes()
    (second / name).write_text(text, encoding="utf-8")
    assert run("audit", str(second / name), "--accept") == 2
    told = capsys.readouterr()
    shown = told.err.replace(f"{second}/", "")
    assert shown.startswith(problem)
    assert "--accept-other" in shown
    assert (second / "source.lock").read_bytes() == before
    assert run("audit", str(second / name), "--accept-other") == 0
    fates = [unit.fate for unit in SourceLock.read(second / "source.lock").units]
    assert not any(fate.proven or fate.errata for fate in fates)


def test_a_renamed_guide_is_taken_when_asked_for(run: Run, second: Path) -> None:
    (second / "guide.md").rename(second / "new.md")
    before = SourceLock.read(second / "source.lock")
    assert run("audit", str(second / "new.md"), "--accept-other") == 0
    after = SourceLock.read(second / "source.lock")
    assert (after.guide, [u.fate for u in after.units]) == (
        "new.md",
        [u.fate for u in before.units],
    )


def test_a_lock_of_an_older_version_is_written_anew_without_losing_a_fate(
    run: Run, second: Path, edit: Edit
) -> None:
    path = second / "source.lock"
    before = SourceLock.read(path)
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    old = [json.dumps({**json.loads(head), "lock": 1})]
    old += [json.dumps({**json.loads(line), "hash": "0123456789abcdef"}) for line in lines]
    path.write_text("\n".join(old) + "\n", encoding="utf-8")
    assert run("audit", str(second / "guide.md")) == 2
    assert run("audit", str(second / "guide.md"), "--renew") == 0
    assert [(u.id, u.fate, u.hash) for u in SourceLock.read(path).units] == [
        (u.id, u.fate, u.hash) for u in before.units
    ]
    assert run("audit", str(second / "guide.md")) == 0


def test_a_lock_that_cannot_be_written_stays_whole(
    run: Run, second: Path, edit: Edit, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = second / "source.lock"
    before = path.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    edit("guide.md", "sort -o", "sort -u -o")
    assert run("audit", str(second / "guide.md"), "--accept") == 2
    shown = capsys.readouterr().err
    assert shown == f"{path}: cannot be written: No space left on device\n"
    assert path.read_bytes() == before
    assert sorted(p.name for p in second.iterdir() if "source.lock" in p.name) == ["source.lock"]


PIECES = st.sampled_from(
    ["# M", "## M", "## N", "### M", "x", "Run it.", "y `a -b` z", "- a", "- b", "  - a", "1. a",
     "   1. a", "2. a", "```sh\na -b\n```", "```yaml\nc: d\n```", "```console\n$ a\nb\n```",
     "- [a](#b)", "| a |\n|---|\n| b |", "> x", "<p>x</p>", "Only here:", "---",
     '=== "A"\n\n    x', "![a](b)"]
)  # fmt: skip
PAGES = st.lists(PIECES, min_size=1, max_size=12).map("\n\n".join)


@given(st.lists(PAGES, min_size=2, max_size=4))
def test_after_accepting_the_audit_is_quiet(
    tmp_path_factory: pytest.TempPathFactory, pages: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    file, path = folder / "guide.md", folder / "source.lock"
    lock = SourceLock(str(path), "guide.md", ())
    errata = Errata.read(folder / "none")
    for number, page in enumerate(pages):
        file.write_text(page + "\n", encoding="utf-8")
        try:
            audit = Audit.of(file, lock, errata)
        except GuideError:  # a page without a unit
            continue
        Acceptance(audit, f"2000-01-01T00:00:0{number}Z").lock().write(path)
        lock = SourceLock.read(path)
        assert Audit.of(file, lock, errata).drifts == ()


def test_equal_headings_keep_their_ids(tmp_path: Path) -> None:
    file, path = tmp_path / "guide.md", tmp_path / "source.lock"
    errata = Errata.read(tmp_path / "none")
    lock = SourceLock(str(path), "guide.md", ())
    for page in ("# A\n\n## M\n\nx\n\n## M\n\ny\n", "# A\n\n## M\n\ny\n\n## M\n\nx\n"):
        file.write_text(page, encoding="utf-8")
        Acceptance(Audit.of(file, lock, errata), "2000-01-01T00:00:00Z").lock().write(path)
        lock = SourceLock.read(path)
        assert Audit.of(file, lock, errata).drifts == ()
    assert [unit.id for unit in lock.units] == ["a", "m-2", "m"]
