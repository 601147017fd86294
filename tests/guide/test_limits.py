"""What would take minutes to read is refused with its place, or read in time that grows evenly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from guide import GuideError
from guide.edition import Edition
from guide.manifest import facts
from tests.guide.foreign import shown, units


def literals(count: int) -> str:
    lines = ["  " * level + "a: |" for level in range(count)]
    return "\n".join([*lines, "  " * count + "b: c  # d"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (literals(400), "guide.md:14: a manifest with more than 10 literals in each other. Cure:"),
        (literals(11), "guide.md:14: a manifest with more than 10 literals"),
        ("a: " + "[" * 8000, "guide.md:4: a manifest with more than 100 levels. Cure: write it"),
        ("a:\nb: " + "{c: " * 8000, "guide.md:5: a manifest with more than 100 levels"),
        ("- " * 8000 + "a", "guide.md:4: a manifest with more than 100 levels"),
        ("a: |\n  b: " + "[" * 8000, "guide.md:5: a manifest with more than 100 levels"),
    ],
)
def test_a_manifest_that_is_too_deep_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    page = "# A\n\n```yaml\n" + text + "\n```\n"
    with pytest.raises(GuideError) as refused:
        units(page)
    assert str(refused.value).startswith(problem)
    (tmp_path / "page.md").write_text(page.replace("yaml", "{ .yaml #b }", 1), encoding="utf-8")
    found = Edition.examine(tmp_path).problems[0]
    assert str(found).startswith(problem.replace("guide.md", f"{tmp_path}/page.md"))


def test_a_reader_that_counts_levels_itself_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As PyYAML 6.0.4 with libyaml does: it says so before it tells any token."""

    def counts(_text: str, Loader: object) -> Iterator[yaml.Token]:
        mark = yaml.Mark("a", 0, 1, 0, None, None)
        raise yaml.scanner.ScannerError(None, None, "exceeded maximum nesting depth", mark)
        yield

    monkeypatch.setattr("guide.manifest.yaml.scan", counts)
    with pytest.raises(GuideError) as refused:
        facts("a:\n  b: 1\n", 4)
    assert str(refused.value).startswith(":5: a manifest with more than 100 levels")


def test_what_a_team_writes_is_not_too_deep() -> None:
    assert len(shown(f"# A\n\n```yaml\n{literals(10)}\n```\n")) == 1
    assert len(shown("# A\n\n```yaml\na: " + "[" * 90 + "]" * 90 + "\n```\n")) == 1


def test_too_many_brackets_are_refused() -> None:
    with pytest.raises(GuideError, match=r"guide.md:3: a paragraph with more than 500 opening"):
        units("# A\n\n" + "[a " * 600 + "](x)" * 600 + "\n")


LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 40)
)


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\n" + LAUGHS + "```",
        "```yaml\nq: |\n  " + LAUGHS.replace("\n", "\n  ") + "\n```",
        "text " + "<!--" * 50_000,
        "<div>\n" + "<!--" * 100_000,
        "text " + "<a" * 100_000,
        "<div>\n" + "<a " * 100_000,
        "text " + "{/*" * 20_000,
        "text " + "{#" * 50_000,
        "w" * 500_000,
        "text `" + "a/" * 100_000 + " !`",
        "```sh\n" + "cat <<E\n" * 20_000 + "```",
        "```sh\n" + "echo '" * 50_001 + "\n```",
        "```console\n" + "$ echo '\n" * 20_001 + "```",
        "<Tab " + "a='" * 50_000,
        "{{< tab >}}\n" * 2_000,
        "".join(" " * level + "<Tab>\n" for level in range(500)),
        "".join(" " * 4 * level + '=== "a"\n' for level in range(200)),
        "import " + "{a, " * 20_000,
        "If it is, " * 20_000 + "run it.",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.timeout(300)
def test_no_text_makes_the_reader_search_again_and_again(text: str) -> None:
    """Read in less than a second each; what grew with the square took minutes here."""
    assert units(f"# A\n\n{text}\n")
