"""What stands behind a fence, and which blocks are commands."""

from __future__ import annotations

import pytest

from guide.fence import Fence
from tests.guide.foreign import same, shown, units


@pytest.mark.parametrize(
    ("info", "language", "path"),
    [
        ("", "", ""),
        ("yaml", "yaml", ""),
        ("yaml clusters/a.yaml", "yaml", "clusters/a.yaml"),
        ("yaml a.yaml", "yaml", "a.yaml"),
        ('yaml title="a.yaml"', "yaml", "a.yaml"),
        ("yaml title='clusters/a.yaml' hl_lines=\"1 2\"", "yaml", "clusters/a.yaml"),
        ('{.yaml filename="a.yaml"}', "yaml", "a.yaml"),
        ('{ .yaml #id title="clusters/a.yaml" }', "yaml", "clusters/a.yaml"),
        ('yaml {filename="a.yaml" hl_lines=[1]}', "yaml", "a.yaml"),
        ("yaml {1,3-4}", "yaml", ""),
        ("yaml {1,3-4} showLineNumbers", "yaml", ""),
        ("yaml{1,3}", "yaml", ""),
        ("yaml [a.yaml]", "yaml", "a.yaml"),
        ("yaml:clusters/a.yaml", "yaml", "clusters/a.yaml"),
        ("YAML file=a.yaml", "yaml", "a.yaml"),
        ("clusters/a.yaml", "", "clusters/a.yaml"),
        ("{code-block} bash", "bash", ""),
        ("{bash}", "bash", ""),
        ("shell-session", "shell-session", ""),
        ("c++", "c++", ""),
        ("Dockerfile", "dockerfile", ""),
        ('yaml title="The first one!"', "yaml", "the first one"),
    ],
)
def test_the_language_and_the_path_are_read(info: str, language: str, path: str) -> None:
    assert Fence.of(info) == Fence(language, path)


@pytest.mark.parametrize(
    ("old", "new", "quiet"),
    [
        ("yaml clusters/a.yaml", "yaml clusters/b.yaml", False),
        ("yaml", "yaml clusters/b.yaml", False),
        ('yaml title="a.yaml"', 'yaml title="b.yaml"', False),
        ('yaml title="a.yaml"', "yaml a.yaml", True),
        ("yaml {1}", "yaml {2-3}", True),
        ("yaml", "yaml showLineNumbers", True),
    ],
)
def test_the_path_behind_a_fence_is_a_fact(old: str, new: str, quiet: bool) -> None:
    text = "# A\n\n```{}\na: b\n```\n"
    assert same(text.format(old), text.format(new)) is quiet


def test_a_path_says_the_same_behind_the_fence_and_in_a_comment() -> None:
    assert same("# A\n\n```yaml x/a.yaml\na: b\n```\n", "# A\n\n```yaml\n# x/a.yaml\na: b\n```\n")


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        *((language, "tool a --b c", "command") for language in (
            "azurecli-interactive", "azurecli", "cli", "powershell", "pwsh", "shell-session",
            "sh-session", "console", "bash", "sh", "shell", "zsh", "cmd", "Bash", "SHELL",
            "azurepowershell-interactive", "terminal", "bat",
        )),
        ("", "kubectl get pods", "command"),
        ("", "$ anything at all", "command"),
        ("", "# first\nexport A=b\nkubectl get pods \\\n  -n c", "command"),
        ("", "cat <<E > a.yaml\nkind: B\nE", "command"),
        ("text", "git status\ngit diff", "command"),
        ("", "./run.sh now", "command"),
        ("", "kind: Pod\nmetadata: {}", "block"),
        ("", "a\n└── b/", "block"),
        ("", "Error: no such file", "block"),
        ("", "flux is a tool for clusters.", "block"),
        ("", "NAME   READY\nflux   True", "block"),
        ("", "git = yes", "block"),
        ("yaml", "cat <<EOF | kubectl apply -f -\nkind: Pod\nEOF", "command"),
        ("yaml", "kubectl apply -f - <<EOF\nkind: Pod\nEOF", "command"),
        ("yaml", "kind: Pod", "block"),
        ("yaml", "a: |\n  cat <<EOF\n  EOF", "block"),
        ("json", "{}", "block"),
    ],
)  # fmt: skip
def test_what_is_typed_is_a_command(language: str, text: str, kind: str) -> None:
    assert [unit.kind for unit in units(f"# A\n\n```{language}\n{text}\n```\n")][1:] == [kind]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("console", "$ a b\nc\nd\n$ e f", ["command: a b e f", "output: c d"]),
        ("sh", "$ a b\nNAME  READY", ["command: a b", "output: NAME READY"]),
        ("console", "a b\nc d", ["command: a b c d"]),
        ("console", "$ a \\\n    b\nc", ["command: a \\ b", "output: c"]),
        ("console", "$ cat <<E\n> x\n> E\nx", ["command: cat <<E x E", "output: x"]),
        ("console", "$ a 'b\n> c'\nd", ["command: a 'b c'", "output: d"]),
        ("console", "user@host:~/x$ a b\nc", ["command: a b", "output: c"]),
        ("console", "[root@host ~]# a b\nc", ["command: a b", "output: c"]),
        ("powershell", "PS C:\\x> a b\nc", ["command: a b", "output: c"]),
        ("console", "# first\n$ a b\nc\n# then\n$ d e", ["command: a b d e", "output: c"]),
        ("console", "# kubectl get no\nc\n# a b", ["command: kubectl get no a b", "output: c"]),
        ("console", "# A=b ./run.sh \\\n> c\nd", ["command: A=b ./run.sh \\ c", "output: d"]),
        ("console", "# first\na b", ["command: # first a b"]),
        ("", "$ a b\nc", ["command: a b", "output: c"]),
        ("sh", "echo $ a\n$B c", ["command: echo $ a $B c"]),
    ],
)
def test_output_is_a_unit_beside_its_command(language: str, text: str, expected: list[str]) -> None:
    assert shown(f"# A\n\n```{language}\n{text}\n```\n") == expected


def test_a_change_of_the_output_leaves_the_command_alone() -> None:
    text = "# A\n\n```console\n$ a -b\n{}\n```\n"
    old, new = units(text.format("one")), units(text.format("two"))
    assert [a.kind for a, b in zip(old, new, strict=True) if a.content_hash != b.content_hash] == [
        "output"
    ]
