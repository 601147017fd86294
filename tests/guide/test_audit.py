"""The audit: what differs from the lock, and what does not count as a difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[[str, str, str], None]
Run = Callable[..., int]


def test_an_unchanged_guide_has_not_drifted(audit: Callable[..., list[str]]) -> None:
    assert audit(0) == ["guide.md: 13 units, 0 drifted, 1 errata open"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("one on each line:", "ONE on each line!"),
        ("A word list is a text file", "A *word list*\nis a **text** file"),
        ("no word is in it twice", "[no word](words.md) is in it, twice."),
        ("   ```sh", "   ```bash"),
        ("# the settings of the list\n", ""),
        ("limit: 100   # words", "limit: 100"),
        ("printf 'pear\\napple\\n' > words.txt\n", "printf 'pear\\napple\\n' > words.txt   \n"),
        ("## Settings\n", "## SETTINGS\n\n<!-- nothing -->\n"),
        ("title: A word list", "title: Another"),
    ],
)
def test_a_change_of_dress_is_no_drift(
    audit: Callable[..., list[str]], edit: Edit, old: str, new: str
) -> None:
    edit("guide.md", old, new)
    assert audit(0) == ["guide.md: 13 units, 0 drifted, 1 errata open"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "sort -o words.txt words.txt",
            "sort -u -o words.txt words.txt",
            "guide.md:17: changed command making-list/step-2/command-1; "
            "scenarios: word_list/sorted",
        ),
        (
            "Write the words into",
            "Never write the words into",
            "guide.md:11: changed step making-list/step-1; scenarios: word_list/sorted",
        ),
        (
            "   - no word is in it twice\n",
            "",
            "source.lock:10: gone bullet making-list/step-3/bullet-2; scenarios: none",
        ),
        (
            "   - it has",
            "   - every word is known to the dictionary\n   - it has",
            "guide.md:19: new bullet making-list/step-3/bullet-1-2; scenarios: none yet",
        ),
        (
            "limit: 100 ",
            "limit: 101 ",
            "guide.md:32: changed block settings/block-1; scenarios: "
            "word_list/settings-case-as-written, word_list/settings-case-corrected; "
            "erratum: settings-case",
        ),
        (
            "| `limit` | the most words that a list may have |",
            "| `limit` | the fewest words that a list may have |",
            "guide.md:29: changed row settings/row-1; scenarios: none",
        ),
        (
            "   - it has as many lines as words\n   - no word is in it twice\n",
            "   - no word is in it twice\n   - it has as many lines as words\n",
            "guide.md:19: moved bullet making-list/step-3/bullet-2; scenarios: none",
        ),
    ],
)
def test_a_change_of_a_fact_is_told_with_its_scenarios(
    audit: Callable[..., list[str]], edit: Edit, old: str, new: str, line: str
) -> None:
    edit("guide.md", old, new)
    lines = audit(1)
    assert lines[0] == line
    assert len(lines) == 2


def test_a_chapter_that_moves_keeps_its_ids(audit: Callable[..., list[str]], second: Path) -> None:
    path = second / "guide.md"
    head, making, settings = path.read_text(encoding="utf-8").partition("## Making the list")
    making, between, settings = settings.partition("## Settings")
    moved = f"{head}{between}{settings}\n## How a list is made{making}"
    path.write_text(moved, encoding="utf-8")
    lines = audit(1)
    assert [line.split("; ")[0] for line in lines] == [
        "guide.md:9: moved heading settings",
        "guide.md:25: changed section making-list",
        "guide.md: 13 units, 2 drifted, 1 errata open",
    ]
    audit(0, "--accept")
    assert audit(0) == ["guide.md: 13 units, 0 drifted, 1 errata open"]
    assert "making-list/step-2/command-1" in (second / "source.lock").read_text(encoding="utf-8")


def test_the_lock_holds_no_sentence_of_the_guide(second: Path) -> None:
    lock = (second / "source.lock").read_text(encoding="utf-8")
    for words in ("it has as many", "text file", "sort -o", "most words", "limit: 100"):
        assert words not in lock


@pytest.mark.parametrize(
    ("lock", "problem"),
    [
        ("", "source.lock:1: the source lock is empty"),
        ('{"lock": 3}\n', "source.lock:1: not a source lock of version 2. Cure: take it from"),
        (
            '{"lock": 1}\n',
            "source.lock:1: a source lock of version 1; hashes are now of version 2. "
            "Cure: python -m guide audit FILE --renew, with the text",
        ),
        ('{"lock": 2}\nx\n', "source.lock:2: is no JSON: Expecting value at column 1. Cure: one"),
        ('{"lock": 2}\n[]\n', "source.lock:2: is no JSON object"),
        ('{"lock": 2}\n{"id": "a"}\n', "source.lock:2: a locked unit without kind and hash and"),
        (
            '{"lock": 2}\n{"id": "a", "kind": "k", "hash": "h", "sketch": "s", "fate": "maybe"}',
            'source.lock:2: "a": a fate is "open" or says',
        ),
        (
            '{"lock": 2}\n{"id": "a", "kind": "k", "hash": "h", "sketch": "s", '
            '"fate": {"proven": []}}',
            'source.lock:2: "a": proven is a list of ids',
        ),
        (
            '{"lock": 2}\n{"id": "a", "kind": "k", "hash": "h", "sketch": "s", '
            '"fate": {"excused": " "}}',
            'source.lock:2: "a": an excuse is a reason in words',
        ),
        (
            '{"lock": 2}\n{"id": "a", "kind": "k", "hash": "h", "sketch": "s", '
            '"fate": {"was": "open", "given": "h", "since": "t"}}',
            'source.lock:2: "a": an open fate that was another says was, given and since',
        ),
        (
            '{"lock": 2}\n{"id": "a", "kind": "k", "hash": "h", "sketch": "s", "fate": "open", '
            '"at": -1}',
            'source.lock:2: "a": at is a number of words',
        ),
        (None, "source.lock: there is no source lock. Cure: make one with python -m guide audit"),
    ],
)
def test_a_lock_that_is_wrong_is_refused(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str], lock: str | None, problem: str
) -> None:
    path = second / "source.lock"
    path.unlink() if lock is None else path.write_text(lock, encoding="utf-8")
    assert run("audit", str(second / "guide.md")) == 2
    shown = capsys.readouterr().err.replace(f"{second}/", "")
    assert shown.startswith(problem)
    assert shown.count("\n") == 1


def test_a_guide_that_is_not_there_is_refused(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("audit", str(second / "no.md")) == 2
    shown = capsys.readouterr().err
    assert (
        shown == f"{second}/no.md: cannot be read: No such file or directory."
        " Cure: name a Markdown file\n"
    )
