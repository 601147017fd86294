"""Whoever follows the edition: a block is a file, or an addition to one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from guide import Edition
from sandbox.desk import Desk
from steps.engineer import Engineer

_PAGE = """# A page

## Step 1: Write { #step-1 }

``` { .yaml #first title="entry.yaml" }
name: first
url: <chart-repository-url>
```

``` { .yaml #second .added title="entry.yaml" }
name: second
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
