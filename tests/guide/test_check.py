"""The check of edition, features, lock and errata together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[[str, str, str], None]
Run = Callable[..., int]


def test_the_second_guide_is_whole(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--no-open") == 0
    shown = capsys.readouterr()
    assert shown.out + shown.err == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "edition/word-list.md", " #settings title",
            " #more }\na: b\n```\n\n``` { .yaml #settings title",
            'edition/word-list.md:17: no scenario uses block "more". Cure: name it in a sc',
        ),
        (
            "edition/word-list.md", "#sort-words }", '#sort-words data-unused="no time" }',
            None,
        ),
        (
            "edition/word-list.md", "#settings title", '#settings data-unused="x" title',
            'edition/word-list.md:17: block "settings" is used by word_list/settings-case-corr',
        ),
        (
            "edition/word-list.md", "## Step 3", "## Claim { #claim }\n\n## Step 3",
            'edition/word-list.md:15: no scenario proves unit "word-list/claim". Cure: tag',
        ),
        (
            "edition/word-list.md", "## Step 3",
            '## Claim { #claim data-excused="a" }\n\n## Step 3', None,
        ),
        (
            "edition/word-list.md", "## Step 3",
            '## Claim { #claim data-excused=" " }\n\n## Step 3',
            'edition/word-list.md:15: no scenario proves unit "word-list/claim". Cure: tag',
        ),
        (
            "features/word_list.feature", "@unit:word-list/step-3 @erratum:settings-case @corr",
            "@unit:word-list/step-2 @erratum:settings-case @corr",
            'edition/word-list.md:15: no scenario proves unit "word-list/step-3". Cure: tag',
        ),
        (
            "source.lock", '{"proven": ["word_list/sorted"]}, "under": "making-list", "h',
            '{"proven": ["word_list/settings-case-as-written"]}, "under": "making-list", "h',
            'source.lock:4: unit "making-list/step-1" is proven by word_list/settings-case-as-writ',
        ),
        (
            "edition/word-list.md", "{ #step-1 }", '{ #step-1 data-excused="none" }',
            'edition/word-list.md:3: unit "word-list/step-1" is proven and excused',
        ),
        (
            "edition/word-list.md", "limit: 100", "limit: [100",
            'edition/word-list.md:19: block "settings" is no YAML: ',
        ),
        (
            "features/word_list.feature", " @unit:word-list/step-1 @unit:word-list/step-2", "",
            'features/word_list.feature:5: scenario "A list is sorted" proves no unit. Cure: tag',
        ),
        (
            "features/word_list.feature", '"wrong-case"', '"wrong-cas"',
            'features/word_list.feature:11: no page has a block "wrong-cas". Cure: did you mean wr',
        ),
        (
            "features/word_list.feature", '1 and 2 of "word-list"', '1 and 5 of "word-list"',
            'features/word_list.feature:6: the edition has no step 5 of "word-list". Cure: did yo',
        ),
        (
            "features/word_list.feature", "erratum:settings-case @as", "erratum:setting-case @as",
            'features/word_list.feature:10: scenario "word_list/settings-case-as-written" is abo',
        ),
        (
            "features/word_list.feature", "@id:settings-case-corrected", "@id:corrected",
            "errata/settings-case.yaml:1: no scenario is called word_list/settings-case-corrected",
        ),
        (
            "features/word_list.feature", "@erratum:settings-case @corrected", "@corrected",
            "errata/settings-case.yaml:1: scenario word_list/settings-case-corrected is not tagg",
        ),
        (
            "features/word_list.feature", "@id:sorted", "@id:sort",
            'source.lock:4: unit "making-list/step-1" is proven by no known scenario: word_list/s',
        ),
        (
            "source.lock", '["settings-case"]', '["other"]',
            'source.lock:14: unit "settings/block-1" has an unknown erratum: other. Cure: one',
        ),
        (
            "errata/settings-case.yaml", "units: [settings/block-1]", "units: [settings/row-1]",
            'source.lock:14: erratum settings-case does not name unit "settings/block-1". Cure: ad',
        ),
        (
            "errata/settings-case.yaml", "units: [", "units: [settings/row-3, ",
            'errata/settings-case.yaml:1: the lock has no unit "settings/row-3". Cure: did you mea',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_on_one_line_with_its_place(
    run: Run,
    second: Path,
    edit: Edit,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    problem: str | None,
) -> None:
    edit(file, old, new)
    assert run("check") == (2 if problem else 0)
    shown = [line.replace(f"{second}/", "") for line in capsys.readouterr().err.splitlines()]
    assert [line for line in shown if line.startswith(problem or "?")] or (
        not problem and not shown
    )


def test_an_erratum_that_no_unit_has_is_told(
    run: Run, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("source.lock", '{"erratum": ["settings-case"]}', '{"proven": ["word_list/sorted"]}')
    assert run("check") == 2
    assert "settings-case.yaml:1: no unit of the lock has erratum" in capsys.readouterr().err


def test_every_problem_is_told_at_once(
    run: Run, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("edition/word-list.md", "limit: 100", "limit: [100")
    edit("features/word_list.feature", '"wrong-case"', '"wrong-cas"')
    assert run("check") == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_open_units_are_counted_and_fail_on_request(
    run: Run, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(
        "source.lock",
        '{"proven": ["word_list/sorted"]}, "under": "making-list"',
        '"open", "under": "making-list"',
    )
    assert run("check") == 0
    assert capsys.readouterr().out.endswith("source.lock: 2 of 13 units are open\n")
    assert run("check", "--no-open") == 1
    assert capsys.readouterr().out.endswith(
        "  open making-list/step-1\n  open making-list/step-2\n"
    )


def test_coverage_tells_both_directions(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("coverage") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "source guide: 13 units: 4 proven, 1 erratum, 8 excused, 0 open"
    assert "  word_list/sorted: word-list/step-1, word-list/step-2" in lines
    assert "  1 settings-case: proven both ways" in lines
    assert lines[-1] == "blocks of the edition: 4, 4 used by scenarios"


def test_a_fate_is_written_into_the_lock(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fate", "settings/row-1", "--proven", "word_list/sorted") == 0
    lock = (second / "source.lock").read_text(encoding="utf-8")
    assert '"settings/row-1", "kind": "row", "fate": {"proven": ["word_list/sorted"]}' in lock
    assert run("fate", "settings/row-9", "--proven", "word_list/sorted") == 2
    assert 'no unit "settings/row-9". Cure: did you mean settings/row-' in capsys.readouterr().err
    assert run("fate", "settings/row-1", "--proven", "a", "--excused", "b") == 2
    capsys.readouterr()
    for reason in ([], ["--excused", " "]):
        assert run("fate", "settings/row-1", *reason) == 2
        assert 'no fate is said for "settings/row-1". Cure: say --pr' in capsys.readouterr().err
    assert (second / "source.lock").read_text(encoding="utf-8") == lock


def test_a_scenario_that_asserts_nothing_is_told(
    run: Run, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("features/word_list.feature", "Then the first word", "When the first word")
    assert run("check") == 2
    assert capsys.readouterr().err.endswith(
        'word_list.feature:5: scenario "A list is sorted" asserts nothing. '
        "Cure: say with Then what must be true at its end\n"
    )
