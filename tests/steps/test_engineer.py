"""Whoever follows the edition: a block is a file, or an addition to one."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guide import Edition
from sandbox.desk import Desk
from sandbox.events import CommandRan
from steps.engineer import BEFORE_TYPING, Engineer, NotApplied

_PAGE = """# A page

## Step 1: Write { #step-1 }

``` { .yaml #first title="entry.yaml" }
name: first
url: <chart-repository-url>
```

``` { .yaml #second .added title="entry.yaml" }
name: second
```

``` { .diff #changed .variant title="entry.yaml" }
@@ -1,2 +1,2 @@
-name: first
+name: other
 url: <chart-repository-url>
```
"""


def follower(tmp_path: Path) -> tuple[Engineer, Desk]:
    pages = tmp_path / "guide"
    pages.mkdir()
    (pages / "page.md").write_text(_PAGE)
    desk = Desk(tmp_path, {})
    desk.clone.mkdir()
    nobody: Any = None
    sandbox: Any = SimpleNamespace(desk=desk)
    values = {"chart-repository-url": "http://charts"}
    return Engineer(sandbox, Edition.read(pages), nobody, nobody, values, nobody), desk


def test_a_block_is_written_with_its_placeholders_filled(tmp_path: Path) -> None:
    engineer, desk = follower(tmp_path)
    engineer.write("first")
    assert desk.read("entry.yaml") == "name: first\nurl: http://charts\n"


def test_an_added_block_is_one_more_document_at_the_end_of_the_file(tmp_path: Path) -> None:
    engineer, desk = follower(tmp_path)
    engineer.follow("page", 1, 1)
    assert desk.read("entry.yaml") == "name: first\nurl: http://charts\n---\nname: second\n"


def test_a_file_is_replaced_not_appended_to(tmp_path: Path) -> None:
    engineer, desk = follower(tmp_path)
    engineer.follow("page", 1, 1)
    engineer.write("first")
    assert desk.read("entry.yaml") == "name: first\nurl: http://charts\n"


def test_a_diff_changes_the_file_as_it_is(tmp_path: Path) -> None:
    engineer, desk = follower(tmp_path)
    engineer.follow("page", 1, 1)
    engineer.write("changed")
    assert desk.read("entry.yaml") == "name: other\nurl: http://charts\n---\nname: second\n"


def test_a_diff_that_does_not_apply_shows_itself_and_what_is_there(tmp_path: Path) -> None:
    engineer, desk = follower(tmp_path)
    there = "name: third\nurl: http://charts\n"
    desk.write("entry.yaml", there)
    with pytest.raises(NotApplied, match=r'block "changed" \(.*page\.md:15\).*entry\.yaml') as told:
        engineer.write("changed")
    assert told.value.expected == "\n-name: first\n+name: other\n url: http://charts"
    assert told.value.actual == "\nname: third\nurl: http://charts"
    assert desk.read("entry.yaml") == there


@pytest.mark.parametrize("block", ["changed", "second"])
def test_a_change_of_a_file_that_is_not_there_is_told(tmp_path: Path, block: str) -> None:
    engineer, _ = follower(tmp_path)
    with pytest.raises(AssertionError, match=r"changes entry\.yaml, which is not in the clone"):
        engineer.write(block)


def test_line_breaks_of_a_file_stay_as_they_are(tmp_path: Path) -> None:
    engineer, desk = follower(tmp_path)
    (desk.clone / "entry.yaml").write_bytes(b"name: first\r\nurl: http://charts\r\n")
    with pytest.raises(NotApplied):
        engineer.write("changed")
    engineer.write("second")
    assert (desk.clone / "entry.yaml").read_bytes().startswith(b"name: first\r\n")


_TYPED = """# A page

``` { .bash #commit }
git commit -m change
git push origin main
```

``` { .bash #other }
git push origin main
```

``` { .bash #hidden }
./release.sh
```

``` { .bash #look }
flux get sources git
```
"""


class Typist:
    """A terminal in which every push ends with this exit code; where it is 0 the branch moves."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.head = "a" * 40

    def refs(self) -> dict[str, str]:
        return {"refs/heads/main": self.head}

    def type(self, line: str, *, block: str) -> CommandRan:
        if ("push" in line or "release" in line) and not self.code:
            self.head = "b" * 40
        return CommandRan(
            line=line,
            cwd="",
            exit_code=self.code if "push" in line else 0,
            stdout="",
            stderr="",
            output="",
            duration_s=0.0,
            block=block,
        )


@pytest.mark.parametrize(
    ("block", "code", "told"),
    [
        ("commit", 0, ["pushed", "first: 2", "second: 2"]),
        # A part of it may have reached the server.
        ("commit", 1, ["first: 2", "second: 2"]),
        ("look", 0, []),
        # Whatever block has moved the branch, and in whatever way.
        ("other", 0, ["pushed", "first: 2", "second: 2"]),
        ("hidden", 0, ["pushed"]),
    ],
)
def test_flux_is_asked_in_every_cluster_after_a_push_and_only_then(
    tmp_path: Path, block: str, code: int, told: list[str]
) -> None:
    (tmp_path / "page.md").write_text(_TYPED)
    done: list[str] = []

    def view(cluster: str) -> Any:
        api = SimpleNamespace(get=lambda *_, **__: {"metadata": {"resourceVersion": "7"}})
        ask = lambda each: done.append(f"{cluster}: {each}")  # noqa: E731
        return SimpleNamespace(api=api, ask_for_push=ask)

    sandbox: Any = SimpleNamespace(
        desk=SimpleNamespace(showing_commits=nullcontext),
        refs=lambda: typist.refs(),
        layout=SimpleNamespace(branch="main", interval_s=2),
        provider=SimpleNamespace(clusters=lambda: {"first": None, "second": None}),
        view=view,
    )
    chain: Any = SimpleNamespace(pushed=lambda _: done.append("pushed"))
    nobody: Any = None
    typist: Any = Typist(code)
    edition = Edition.read(tmp_path)
    engineer = Engineer(sandbox, edition, chain, nobody, {}, typist, commit="commit")
    assert engineer.run(block).ended_well == (code == 0)
    assert done == told
    assert engineer.noted[BEFORE_TYPING] == {"first": 7, "second": 7}
