"""Faults are put into what somebody types: not into prompts, comments or what a block shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide import Edition
from guide.block import Block
from guide.command_faults import COMMAND_FAULTS
from guide.mutant import lines_of
from guide.typed_line import typed_lines

CONSOLE = """\
$ flux get kustomizations \\
>   -n flux-system
NAME  flux delete kustomization apps -n apps
# kubectl apply -f a.yaml
$ kubectl apply -f a.yaml
flux get all -n apps
"""
PLAIN = """\
# kubectl create configmap x -n apps
flux get kustomizations -n flux-system
"""


def block(folder: Path, language: str, text: str) -> Block:
    page = f"# A {'{'} #a {'}'}\n\n``` {{ .{language} #one }}\n{text}```\n"
    (folder / "a.md").write_text(page)
    return Edition.read(folder).block("one")


def test_a_line_is_known_by_its_place_its_prompt_and_its_text(tmp_path: Path) -> None:
    found = typed_lines(block(tmp_path, "console", CONSOLE))
    assert [(each.index, each.prompt, each.text) for each in found] == [
        (0, "$ ", "flux get kustomizations \\"),
        (1, "> ", "  -n flux-system"),
        (4, "$ ", "kubectl apply -f a.yaml"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "operator", "faults"),
    [
        ("console", CONSOLE, "wider-scope", []),
        ("console", CONSOLE.replace(" \\\n>   ", " "), "wider-scope",
         ["$ flux get kustomizations -A"]),
        ("console", CONSOLE, "further-command",
         ["$ kubectl create configmap further --namespace default"]),
        ("bash", PLAIN, "wider-scope", ["flux get kustomizations -A"]),
        ("bash", PLAIN, "further-command", []),
    ],
)  # fmt: skip
def test_a_promise_is_broken_where_it_is_typed(
    tmp_path: Path, language: str, text: str, operator: str, faults: list[str]
) -> None:
    one = block(tmp_path, language, text)
    edits = list(COMMAND_FAULTS[operator](one))
    assert [line for edit in edits for line in edit.new] == faults
    for edit in edits:
        assert len(edit.apply(lines_of(one))) == len(lines_of(one)) + 1 - edit.count
