"""The layout of a monorepo: plain values, read from a file or refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from sandbox.errors import UsageError
from sandbox.layout import Layout

OURS = Layout(group="g", project="p", branch="trunk", path="fleet/{cluster}", clusters=("a", "b"),
              extras=("stores",))  # fmt: skip


def test_a_layout_says_where_a_cluster_finds_its_part() -> None:
    assert (OURS.repository, OURS.first) == ("g/p", "a")
    assert OURS.path_of("b") == "fleet/b"


def test_a_layout_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "layout.json"
    file.write_text(json.dumps(asdict(OURS)))
    assert Layout.read(file) == OURS


@pytest.mark.parametrize(
    "text", ["", "[]", '{"grup": "x", "clusters": ["a"]}', '{"clusters": []}', "{}",
             '{"clusters": ["a"], "start": "soon"}', '{"clusters": ["a"], "extras": ["shop"]}'],
)  # fmt: skip
def test_what_is_no_layout_is_refused_on_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "layout.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=f"{file} is no layout: ") as found:
        Layout.read(file)
    assert "\n" not in str(found.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no layout: .*No such file"):
        Layout.read(tmp_path / "none.json")
