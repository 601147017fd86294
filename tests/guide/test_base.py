"""What the diffs of an edition stand on, and those that stand on nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guide import Edition
from guide.base import Bases
from guide.shorter import could_be_diffs

Run = Callable[..., int]
LIST = """# Lists

``` { .yaml #list title="team/list.yaml" }
resources:
  - one.yaml
```

``` { .diff #two .variant title="team/list.yaml" }
@@ -2 +2,2 @@
   - one.yaml
+  - two.yaml
```

``` { .diff #three .variant title="team/list.yaml" }
@@ -2,2 +2,3 @@
   - one.yaml
+  - three.yaml
   - two.yaml
```
"""


def edition(folder: Path, text: str) -> Edition:
    (folder / "lists.md").write_text(text)
    return Edition.examine(folder)


def told(read: Edition, first: dict[str, str] | None = None) -> list[str]:
    problems = read.problems or Bases(read, first or {}).problems(read.blocks)
    return [str(problem).split("/lists.md:", 1)[1] for problem in problems]


def test_a_diff_stands_on_a_block_or_on_another_diff(tmp_path: Path) -> None:
    read = edition(tmp_path, LIST)
    assert told(read) == []
    of = Bases(read, {}).of
    assert {block: base.block for block, base in of.items()} == {"two": "list", "three": "two"}
    assert read.block("three").after(of["three"].text).split() == [
        "resources:", "-", "one.yaml", "-", "three.yaml", "-", "two.yaml"
    ]  # fmt: skip


def test_a_diff_stands_on_a_file_of_the_first_commit(tmp_path: Path) -> None:
    read = edition(tmp_path, LIST.replace('#list title="team/', '#list title="other/'))
    assert told(read) == []  # no page shows the file: the run will tell
    assert told(read, {"team/list.yaml": "resources:\n  - one.yaml\n"}) == []
    assert told(read, {"team/list.yaml": "resources:\n  - none.yaml\n"})[0] == (
        '9: block "two" does not apply to team/list.yaml as the first commit shows it: '
        "it has no `- one.yaml` but `- none.yaml`. "
        "Cure: write the diff against the file as it is at that moment"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  - one.yaml\n```", "  - none.yaml\n```", '9: block "two" does not apply to team/list'),
        ("-2 +2,2", "-2 +2,3", '9: block "two" is no diff: the hunk lacks 0 old and 1 new lines'),
        ("+  - two", "  - two", '11: block "two" is no diff: ` - two.yaml` is more than the @@ '),
        (' title="team/list.yaml" }\n@@ -2 ', " }\n@@ -2 ", '8: block "two" changes no file. Cure'),
        ('title="team/list.yaml" }\n@@ -2 ', 'title="../a.yaml" }\n@@ -2 ',
         '8: block "two" leads out of the monorepo: ../a.yaml'),
        ("#two .variant", "#two .variant .added", '8: block "two" is a diff. Cure: take .added'),
    ],
)  # fmt: skip
def test_a_diff_that_cannot_be_right_is_told(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in LIST
    assert told(edition(tmp_path, LIST.replace(old, new, 1)))[0].startswith(problem)


def test_a_file_that_a_command_may_have_changed_is_left_to_the_run(tmp_path: Path) -> None:
    text = LIST.replace("  - one.yaml\n```", "  - none.yaml\n```", 1)
    text += "\n``` { .bash #correct }\nsed -i s/none/one/ team/list.yaml\n```\n"
    assert told(edition(tmp_path, text)) == []


def test_a_diff_that_was_not_asked_for_hinders_no_run(tmp_path: Path) -> None:
    read = edition(tmp_path, LIST.replace("  - one.yaml\n```", "  - none.yaml\n```", 1))
    assert list(Bases(read, {}).problems({"list"})) == []


def test_many_blocks_that_add_to_a_file_take_no_longer(tmp_path: Path) -> None:
    more = "".join(
        f'``` {{ .yaml #more-{n} .added title="team/list.yaml" }}\nmore: {n}\n```\n\n'
        for n in range(40)
    )
    last = "@@ -2,3 +2,3 @@\n   - one.yaml\n ---\n-more: 39\n+more: 40\n"
    text = LIST + "\n" + more + f'``` {{ .diff #last title="team/list.yaml" }}\n{last}```\n'
    read = edition(tmp_path, text)
    assert Bases(read, {}).of["last"].block == "more-39"


NOTE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: note\n  namespace: team\ndata:\n"


def test_a_variant_that_repeats_a_file_is_named_with_the_diff_that_it_could_be(
    tmp_path: Path,
) -> None:
    def block(name: str, text: str, marks: str = ".variant ") -> str:
        return f'``` {{ .yaml #{name} {marks}title="note.yaml" }}\n{text}```\n\n'

    text = "# Notes\n\n" + block("note", NOTE + "  a: 1\n", "") + block("more", NOTE + "  a: 2\n")
    text += block("another", "kind: Secret\nmetadata:\n  name: note\n")  # no diff would be shorter
    text += block("same", NOTE + "  a: 1\n")  # nothing of it changes
    text += block("later", NOTE + "  a: 2\n  b: 3\n")
    text += block("unlike", NOTE + "  a: 4\n", '.variant data-unused="shown" ')
    read = edition(tmp_path, text)
    told = [line.split("lists.md", 1)[1] for line in could_be_diffs(read, Bases(read, {}))]
    assert told == [
        ':13: block "more" could be a .diff of block "note": 4 lines instead of 7',
        ':39: block "later" could be a .diff of block "more": 3 lines instead of 8',
    ]


def test_what_the_check_says_of_it_is_no_failure(
    second: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    page = second / "edition" / "word-list.md"
    text = page.read_text()
    start = text.index("``` { .yaml #settings")
    block = text[start : text.index("\n```\n", start) + 5]
    longer = "".join(f"more-{number}: 1\n" for number in range(9))
    first = block.replace("\n```\n", f"\n{longer}```\n")
    again = first.replace("#settings ", "#settings-again .variant ").replace(
        "more-4: 1", "more-4: 2"
    )
    page.write_text(text.replace(block, f"{first}\n{again}"))
    feature = second / "features" / "word_list.feature"
    feature.write_text(
        feature.read_text().replace('"settings"', '"settings" and "settings-again"', 1)
    )
    code = run("check", "--no-open")
    shown = capsys.readouterr()
    assert 'block "settings-again" could be a .diff of block "settings": 5 lines inst' in shown.out
    assert (code, shown.err) == (0, ""), shown
