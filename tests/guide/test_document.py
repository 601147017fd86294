"""Markdown of every kind: taken whole or refused with its line, never with a block missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide import GuideError
from guide.document import Document
from guide.source import SourceGuide
from guide.unit import Unit


def units(text: str | bytes) -> list[Unit]:
    data = text.encode() if isinstance(text, str) else text
    return list(SourceGuide.of(Document.of(data, "guide.md")).units)


def kinds(text: str) -> list[str]:
    return [f"{unit.kind} {unit.id}" for unit in units(text)]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "guide.md:1: the file is empty. Cure: name a guide with text"),
        (b" \n\n", "guide.md:1: the file is empty. Cure: name a guide with text"),
        (b"a\nb\xff\n", "guide.md:2: byte 0xff is not UTF-8. Cure: save the file as UTF-8"),
        (b"a\nb\0\n", "guide.md:2: a NUL character. Cure: remove it"),
        (b"x" * 10_000_000, "guide.md:1: the file has 10.0 MB. Cure: split it: 2 MB is the most"),
        (b"a\n\n```\nb\n", "guide.md:3: the fence is never closed. Cure: close it with ```"),
        (
            b"- a\n\n  ~~~~\n  b\n\nc\n",
            "guide.md:3: the fence is never closed. Cure: close it with",
        ),
        (b"```\na\n\nb\n```sh\nc\n```\n", "guide.md:1: a fence opens at line 5 inside this one"),
        (
            b"<div>\n```sh\na\n```\n</div>\n",
            "guide.md:2: this looks like a fence but Markdown does",
        ),
        (b"- a\n      ```sh\n      b\n      ```\n", "guide.md:2: this looks like a fence but"),
        (b"> " * 200 + b"a\n", "guide.md:1: lists or quotes nested too deep to read"),
        (b"[a]: b\n", "guide.md:1: no unit in it"),
    ],
)
def test_what_would_lose_something_is_refused_with_its_line(data: bytes, problem: str) -> None:
    with pytest.raises(GuideError) as refused:
        units(data)
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text only\n", ["heading preamble"]),
        ("# A\n\n## B\n\nx\n\n## B\n\ny\n", ["section a", "heading b", "heading b-2"]),
        ("# A\n\nx\n\n# B\n\n## C\n\ny\n", ["heading a", "section b", "heading b/c"]),
        (
            "-\ta\n\n\t```sh\n\tb\n\t```\n\n-\tc\n\t\n\t-\td\n",
            ["section preamble", "bullet preamble/bullet-1", "command preamble/bullet-1/command-1",
             "bullet preamble/bullet-2", "bullet preamble/bullet-2/bullet-1"],
        ),
        (
            "1. a\n   - b\n\n     ```yaml\n     c: d\n     ```\n2. e\n",
            ["section preamble", "step preamble/step-1", "bullet preamble/step-1/bullet-1",
             "block preamble/step-1/bullet-1/block-1", "step preamble/step-2"],
        ),
        ("# A\n\n<p>Some <b>HTML</b></p>\n", ["heading a"]),
        ("# A\n\n<!--\n```sh\nhidden\n```\n-->\n", ["heading a"]),
        ("# A\n\n## Never do b\n\n## C\n\n- [D](#d)\n",
         ["section a", "heading never-do-b", "section c"]),
        ("# A\n\n## Run `b -c` or `d`\n\n```sh\ne\n```\n",
         ["section a", "section run-b-c-d", "command run-b-c-d/command-1",
          "command run-b-c-d/command-2"]),
        ("# A\n\n    indented: code\n", ["section a", "block a/block-1"]),
        ("# A\n\n````md\n```sh\nb\n```\n````\n", ["section a", "block a/block-1"]),
        ("# A\n\n- [B](#b)\n  - [C](#c)\n\n## B\n\nx `c -d`\n",
         ["section a", "heading b", "command b/command-1"]),
        ("# A\n\n- [B](#b)\n  - a claim\n",
         ["section a", "bullet a/bullet-1", "bullet a/bullet-1/bullet-1"]),
        ("3. a\n3. b\n", ["section preamble", "step preamble/step-3", "step preamble/step-4"]),
        ("# Ελληνικά\n\nx\n\n# 中文\n\nx\n", ["heading ελληνικά", "heading 中文"]),
        ("# ...\n\nx\n", ["heading part"]),
        ("A\n=\n\n> quoted\n", ["heading a"]),
        ("# A\r\n\r\n```sh\r\nb\r\n```\r\n", ["section a", "command a/command-1"]),
        ("# A\n\n`kind: X`, `- ./a`, `--flag x` and `word`\n", ["heading a"]),
        ("# A\n\n- ```sh\n  b\n  ```\n", ["section a", "bullet a/bullet-1",
         "command a/bullet-1/command-1"]),
    ],
)  # fmt: skip
def test_units_of_every_kind_are_found(text: str, expected: list[str]) -> None:
    assert [
        line.replace("section preamble", "section preamble") for line in kinds(text)
    ] == expected


@pytest.mark.parametrize("note", ["`--force`", "Never"])
def test_a_footnote_of_one_word_is_read(note: str) -> None:
    text = "# A\n\nB[^1]. [C][c]\n\n[c]: d.md\n[^1]: {}\n"
    [old, new] = [
        SourceGuide.of(Document.of(text.format(each).encode(), "a.md")).units
        for each in (note, "other")
    ]
    assert old[0].content_hash != new[0].content_hash
    assert note.strip("`") in old[0].text


def test_a_byte_order_mark_is_no_text() -> None:
    assert [unit.id for unit in units(b"\xef\xbb\xbf# A\n\nx\n")] == ["a"]


def test_a_directory_is_no_guide(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="cannot be read: Is a directory"):
        Document.read(tmp_path)


LINE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20).filter(
    lambda line: "```" not in line and "~~~" not in line
)
MARK = st.sampled_from(["```", "~~~", "````"])
PREFIX = st.sampled_from(["", "- ", "1. ", "> ", "- - ", "1. - ", "   ", "-\t", "> - "])


@st.composite
def fences(draw: st.DrawFn) -> list[str]:
    """One closed fence, in any container, as lines."""
    prefix, mark = draw(PREFIX), draw(MARK)
    inner = draw(st.lists(LINE, max_size=4))
    width = "".join("    " if char == "\t" else char for char in prefix)
    below = "".join(char if char == ">" else " " for char in width)
    below = below if not prefix.endswith("\t") else "    "
    body = [below + line for line in [*inner, mark]]
    return ["", "end of what was before", "", f"{prefix}{mark}sh", *body, ""]


@given(st.lists(fences(), min_size=1, max_size=5))
def test_as_many_fences_come_out_as_went_in(written: list[list[str]]) -> None:
    text = "# A\n" + "\n".join(line for fence in written for line in fence)
    found = [unit for unit in units(text) if unit.kind == "command" and unit.end_line > unit.line]
    assert len(found) == len(written)


@given(
    st.lists(
        st.one_of(
            LINE,
            st.sampled_from(
                ["```", "```sh", "~~~", "  ```", "    ```yaml", "\t```", "- a", "1. b", "> c",
                 "- ```",
                 "<div>", "</div>", "<!--", "-->", "", "", "# H", "| a | b |", "|---|---|", "---"]
            ),
        ),
        max_size=25,
    )
)  # fmt: skip
def test_any_text_is_taken_whole_or_refused_with_its_line(lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    refused = refusal(data)
    if refused:
        assert (refused.line >= 1, refused.exit_code) == (True, 2)
        return
    document = Document.of(data, "guide.md")
    found = SourceGuide.of(document).units
    texts = [unit.text for unit in found]
    blocks = [token for token in document.tokens if token.type in ("fence", "code_block")]
    assert all(token.content in texts for token in blocks)
    assert len({unit.id for unit in found}) == len(found)


def refusal(data: bytes) -> GuideError | None:
    try:
        SourceGuide.of(Document.of(data, "guide.md"))
    except GuideError as problem:
        return problem
    return None
