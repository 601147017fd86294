"""Whoever follows the edition: a block is a file, or an addition to one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guide import Edition
from sandbox.desk import Desk
from steps.engineer import Engineer, NotApplied

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
