"""Instructions in prose, commands within sentences, and what is no unit at all."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from guide.content import prose
from guide.instruction import is_instruction
from tests.guide.foreign import same, shown, units


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Create a secret with the token:", True),
        ("First create a secret with the token:", True),
        ("Then, create the folder.", True),
        ("Once the cluster runs, apply the file.", True),
        ("To see whether it runs, list the pods.", True),
        ("If you have no key, generate one.", True),
        ("You must set the variable before.", True),
        ("You need to first install the tool.", True),
        ("Do not copy the second file.", True),
        ("Never push to main.", True),
        ("Make sure that the folder is empty.", True),
        ("Be careful not to write over it.", True),
        ("Note: delete the old one before.", True),
        ("🚀 Run the command.", True),
        ("Please open the settings.", True),
        ("`tool` creates the file.", False),
        ("The tool creates the file.", False),
        ("You should get an answer.", False),
        ("See the other page for more.", False),
        ("Please refer to the handbook.", False),
        ("Create is a verb of the API.", False),
        ("Generate error", False),
        ("Logs are kept for a week.", False),
        ("It can be set to a or b.", False),
        ("You can use any name.", False),
        ("When it is set, the tool waits.", False),
        ("An example of it:", False),
        ("", False),
    ],
)
def test_a_sentence_that_tells_to_do_something(sentence: str, expected: bool) -> None:
    assert tells(sentence) is expected


def tells(sentence: str, *, leads: bool = False) -> bool:
    tokens = MarkdownIt("commonmark").parseInline(sentence)[0].children or []
    return is_instruction(prose(tokens), leads=leads)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("To verify that the file was read do:", True),
        ("To see it you can list the pods with:", True),
        ("When using it, you can define a list with", True),
        ("An example of it:", False),
        ("You can trust it:", False),
    ],
)
def test_an_offer_above_a_block_is_an_instruction(sentence: str, expected: bool) -> None:
    assert tells(sentence, leads=True) is expected
    assert not tells(sentence)
    text = "# A\n\n{}\n\n```sh\na -b\n```\n"
    assert shown(text.format(sentence))[0].startswith("instruction") is expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("First create a list.", "First, create (a list)."),
        ("If it is gone, create a list.", "If it is gone create a list."),
        ("In a list the commit is shown.", "In a list the, commit is shown."),
        ("First create a list.", "First create[^1] a list."),
        ("First create a list.", "**First** <b>create</b> a 🚀 list!"),
        ("To see it you can list the pods:", "To see it, you can list the pods."),
    ],
)
def test_no_dress_makes_or_unmakes_an_instruction(old: str, new: str) -> None:
    text = "# A\n\n{}\n\n```sh\na -b\n```\n"
    assert same(text.format(old), text.format(new))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It is a tool. Create the file\na.yaml. It holds b.\n",
            ["instruction: Create the file a.yaml."],
        ),
        (
            "Run `tool a --b` now.\n",
            ["instruction: Run tool a --b now.", "command: tool a --b"],
        ),
        ("**Create** the [file](x.md).\n", ["instruction: Create the file."]),
        ("> Create the file.\n", ["instruction: Create the file."]),
        ("- Create the file. Push it.\n", ["bullet: Create the file. Push it."]),
        ("Create the file.\n\n1. Push it.\n", ["step: Push it."]),
        ("Create the file.\n\n1. [B](#b)\n2. [C](#c)\n", ["instruction: Create the file."]),
        (
            "Use a.yaml, e.g. Values of it. It is so.\n",
            ["instruction: Use a.yaml, e.g. Values of it."],
        ),
    ],
)
def test_instructions_are_units_where_a_page_has_no_steps(text: str, expected: list[str]) -> None:
    assert shown(f"# A\n\n{text}") == expected


def test_an_instruction_has_its_own_lines() -> None:
    found = units("# A\n\nIt is.\nCreate the\nfile `a`. It is.\n\nPush it.\n")
    lines = [(unit.line, unit.end_line) for unit in found if unit.kind == "instruction"]
    assert lines == [(4, 5), (7, 7)]


def test_a_change_of_an_instruction_leaves_the_text_around_alone() -> None:
    old, new = "# A\n\nIt is.\n\nCreate a b.\n", "# A\n\nIt is.\n\nCreate a c.\n"
    changed = [
        a.kind
        for a, b in zip(units(old), units(new), strict=True)
        if a.content_hash != b.content_hash
    ]
    assert changed == ["instruction"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("With `az aks create` a cluster is made.", []),
        ("A `flux bootstrap gitlab` makes it.", []),
        ("It takes `az aks create --name a`.", ["command: az aks create --name a"]),
        ('It needs `provider = "none"` there.', []),
        ("It needs `a == b` and `x: y` and `- ./a` there.", []),
        ("It is `import a from b.c` there.", []),
        ("It is `Name of it.x` there.", []),
        ("It takes `kubectl get pod <name>` now.", ["command: kubectl get pod <name>"]),
        ("It takes `./run.sh now` there.", []),
        ("It takes `./run.sh --now` there.", ["command: ./run.sh --now"]),
        ("It takes `$ tool -a` there.", ["command: tool -a"]),
        ("The team types `git push` there, so type `git push` now.", ["command: git push"]),
    ],
)
def test_code_in_a_sentence_is_a_command_where_somebody_types_it(
    text: str, expected: list[str]
) -> None:
    # A page with steps, so that the sentence is no instruction itself.
    assert shown(f"# A\n\n{text}\n\n1. b\n")[:-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [B](#b)\n- [C](https://c.example/d)\n", []),
        ("1. [B](#b)\n2. [C](#c)\n", []),
        ("1. [B](#b)\n   1. [C](#c)\n2. [D](#d)\n", []),
        ("1. [B](#b)\n2. Do c.\n", ["step: B", "step: Do c."]),
        ("- [B](b.md): what it is\n", ["bullet: B: what it is"]),
        ("| a | b |\n|---|---|\n| ![c](d.png) | ![e](f.png) |\n", []),
        ("| a | b |\n|---|---|\n| [c](d) | e |\n", ["row: c e"]),
    ],
)
def test_lists_of_links_are_no_units(text: str, expected: list[str]) -> None:
    assert shown(f"# A\n\n{text}") == expected


def test_a_footnote_within_a_paragraph_makes_no_other_sentences() -> None:
    assert same("# A\n\nCreate a. It is.\n", "# A\n\nCreate a.[^1] It is.\n")
