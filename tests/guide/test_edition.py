"""The edition: pages into units and blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide import Edition, GuideError

PAGE = """# Adding a new application { #overview data-excused="says what the steps do" }

What the chapter promises.

## Step 1: Create the base { #step-1 }

Words with `code` and a [link](elsewhere.md).

``` { .yaml #base title="flux-config/bases/my-app/kustomization.yaml" }
kind: Kustomization # a comment
resources: [<file-name>]
```

### A wrong one { #wrong }

``` { .yaml #wrong-base .as-written title="x.yaml" }
kind: Wrong
```

## Step 2: Verify { #step-2 }

``` { .bash #verify data-literal="b" title="in the clone" }
flux get kustomizations -A > <file-name> < <(echo "<b>")
```

``` { .text #tree data-unused="a picture in words" }
bases/
```
"""


def edition(tmp_path: Path, text: str = PAGE, name: str = "add-application") -> Edition:
    (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return Edition.read(tmp_path)


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    found = Edition.examine(tmp_path).problems
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in found]


def test_headings_with_an_anchor_are_units_and_know_their_children(tmp_path: Path) -> None:
    units = edition(tmp_path).units
    assert list(units) == [
        f"add-application/{x}" for x in ("overview", "step-1", "wrong", "step-2")
    ]
    assert units["add-application/overview"].excused == "says what the steps do"
    assert units["add-application/overview"].children == (
        "add-application/step-1",
        "add-application/step-2",
    )
    step = units["add-application/step-1"]
    assert (step.kind, step.text, step.line, step.end_line) == (
        "step",
        "Step 1: Create the base",
        5,
        13,
    )
    assert step.children == ("add-application/wrong",)


def test_blocks_know_their_language_path_line_and_unit(tmp_path: Path) -> None:
    block = edition(tmp_path).block("base")
    assert (block.language, block.line, block.unit) == ("yaml", 9, "add-application/step-1")
    assert block.path == "flux-config/bases/my-app/kustomization.yaml"
    assert block.text == "kind: Kustomization # a comment\nresources: [<file-name>]\n"
    assert edition(tmp_path).block("verify").path == ""


def test_following_a_step_leaves_out_what_is_wrong_or_unused(tmp_path: Path) -> None:
    book = edition(tmp_path)
    assert [b.id for b in book.blocks_of("add-application/step-1")] == ["base"]
    assert [b.id for b in book.blocks_of("add-application/step-2")] == ["verify"]
    every = book.blocks_of("add-application/step-1", every=True)
    assert [b.id for b in every] == ["base", "wrong-base"]
    assert book.step("add-application", 2).id == "add-application/step-2"


def test_only_the_placeholders_that_are_given_are_filled(tmp_path: Path) -> None:
    block = edition(tmp_path).block("verify")
    assert block.placeholders == ("file-name",)
    filled = block.filled({"file-name": "out.txt"})
    assert filled == 'flux get kustomizations -A > out.txt < <(echo "<b>")\n'


def test_an_unknown_block_names_the_nearest_ones(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r'no page has a block "bas"\. Cure: did you mean base'):
        edition(tmp_path).block("bas")
    with pytest.raises(GuideError, match="did you mean add-application"):
        edition(tmp_path).step("add-aplication", 1)
    with pytest.raises(GuideError, match='no page has a unit "add-application/step-9"'):
        edition(tmp_path).step("add-application", 9)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("Words with", "WORDS, with", True),
        ("elsewhere.md", "nowhere.md", True),
        ("Words with `code` and", "Words with\n`code` and", True),
        ("# a comment", "# another comment", True),
        ("Words with", "Verbs with", False),
        ("`code`", "`Code`", False),
        ("[<file-name>]", "[<other-name>]", False),
        ("  - a", "  - b", False),
        ("!!! note\n\n    Careful", "!!! note\n\n    CAREFUL,", True),
        ("!!! note\n\n    Careful", "!!! note\n\n    Careless", False),
        ("<p>html</p>", "<p>HTML</p>", True),
        ("<p>html</p>", "<p>no html</p>", False),
    ],
)
def test_the_hash_alarms_for_facts_and_not_for_dress(
    tmp_path: Path, old: str, new: str, same: bool
) -> None:
    text = (
        PAGE + "\n``` { .yaml #list }\nx:\n  - a\n```\n\n!!! note\n\n    Careful\n\n<p>html</p>\n"
    )
    assert old in text
    before = edition(tmp_path, text).content_hash
    assert (edition(tmp_path, text.replace(old, new)).content_hash == before) is same


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "# A\n\n## Step 1: x\n",
            "page.md:3: the heading of step 1 lacks its anchor. Cure: end the ",
        ),
        ("# A\n\n```yaml\na: b\n```\n", "page.md:3: a block without an id. Cure: "),
        ("# A\n\n- x\n\n  ``` { .yaml #a }\n  a: b\n  ```\n", "page.md:5: a block inside a list"),
        (
            "# A\n\n!!! note\n\n    ``` { .yaml #a }\n    ```\n",
            "page.md:5: a fence in indented text",
        ),
        (
            "# A\n\n!!! note\n    ``` { .yaml #a }\n    ```\n",
            "page.md:4: this looks like a fence but",
        ),
        ("# A\n\n``` { .yaml #a }\na: b\n", "page.md:3: the fence is never closed. Cure: close it"),
        ("``` { .sh #a }\n\n``` { .sh #b }\nx\n```\n", "page.md:1: a fence opens at line 3 inside"),
        ("``` { .yaml #a }\nb: c\na: [\n```\n", 'page.md:4: block "a" is no YAML: '),
        ("``` { .yaml #a }\na: b: c\n```\n", 'page.md:2: block "a" is no YAML: mapping values'),
        ("``` { .sh #a\nx\n```\n", "page.md:1: the braces cannot be read: "),
        ('``` { .sh #a data-unused="" }\nx\n```\n', 'page.md:1: block "a" is unused for no reason'),
        (
            "``` { .txt #a }\n```\n\n``` { .txt #a }\n```\n",
            'page.md:4: block id "a" is used twice, fir',
        ),
        (
            "# A { #a }\n\n# B { #a }\n",
            'page.md:3: unit id "page/a" is used twice, first at line 1',
        ),
        ("", "page.md:1: the file is empty"),
        (
            '``` { .yaml #a title="../a.yaml" }\na: b\n```\n',
            'page.md:1: block "a" leads out of the monorepo: ../a.yaml. Cure: write the path',
        ),
        (
            '``` { .yaml #a title="/etc/a.yaml" }\na: b\n```\n',
            'page.md:1: block "a" leads out of the monorepo: /etc/a.yaml. Cure: ',
        ),
    ],
)
def test_a_page_that_is_wrong_is_refused_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    found = problems(tmp_path, text)
    assert [line[: len(problem)] for line in found] == [problem]
    with pytest.raises(GuideError):
        Edition.read(tmp_path)


def test_a_picture_needs_no_id(tmp_path: Path) -> None:
    assert problems(tmp_path, "# A\n\n```mermaid\ngraph LR\n```\n") == []


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="no page of the edition"):
        Edition.read(tmp_path)


@pytest.mark.parametrize("text", ["", "\n", "# kubectl get pods\n\n  # only comments\n"])
def test_a_block_without_a_command_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    page = PAGE.replace('flux get kustomizations -A > <file-name> < <(echo "<b>")\n', text)
    assert problems(tmp_path, page) == [
        'page.md:22: block "verify" holds no command. '
        "Cure: write what is to be typed, or take the block out"
    ]


@pytest.mark.parametrize("text", ["echo 'a\n", "true\ncat <<EOF\na\n", "true && \\\n"])
def test_a_command_without_an_end_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    page = PAGE.replace('flux get kustomizations -A > <file-name> < <(echo "<b>")\n', text)
    [problem] = problems(tmp_path, page)
    line = 24 if text.startswith("true\n") else 23
    assert problem.startswith(f'page.md:{line}: a command of block "verify" has no end. Cure: ')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("false | true\ntest ${PIPESTATUS[0]} = 0\n", 24),
        ("true\nfalse | true; test ${PIPESTATUS[0]} = 0\n", 0),
    ],
)
def test_a_command_that_asks_for_the_pipe_before_it_is_refused(
    tmp_path: Path, text: str, line: int
) -> None:
    page = PAGE.replace('flux get kustomizations -A > <file-name> < <(echo "<b>")\n', text)
    said = f'page.md:{line}: a command of block "verify" asks for PIPESTATUS of another one. Cure: '
    found = problems(tmp_path, page)
    assert [each[: len(said)] for each in found] == ([said] if line else [])


def test_a_terminal_without_a_prompt_is_refused_with_its_place(tmp_path: Path) -> None:
    text = PAGE.replace('.bash #verify data-literal="b"', ".console #verify")
    [problem] = problems(tmp_path, text)
    assert problem.startswith('page.md:22: block "verify" shows a terminal without a prompt. Cure:')
