"""The catalogue of false greens in "How proof works": each way names a test that is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
_WAY = re.compile(r"^\| (?P<way>[^*|][^|]*) \| `(?P<test>tests/[\w/]+\.py::test_\w+)` \|$")
_GROUP = re.compile(r"^\| \*\*[^|]+\*\* \| \|$")


def _rows() -> list[str]:
    text = (ROOT / "docs/how-proof-works.md").read_text(encoding="utf-8")
    part = text.split("{ #false-greens }", 1)[1].split("\n## ", 1)[0]
    return [line for line in part.splitlines() if line.startswith("|")][2:]


def _ways() -> list[tuple[str, str]]:
    found = [_WAY.match(row) for row in _rows()]
    return [(each["way"], each["test"]) for each in found if each]


def test_every_row_is_a_way_with_a_test_or_the_head_of_a_group() -> None:
    assert [row for row in _rows() if not _WAY.match(row) and not _GROUP.match(row)] == []
    assert len(_ways()) >= 40


def test_no_way_stands_there_twice() -> None:
    ways = [way for way, _ in _ways()]
    assert sorted(set(ways)) == sorted(ways)


def test_each_named_test_is_collected() -> None:
    named = sorted({test for _, test in _ways()})
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:xdist"]
    command += ["-p", "no:cacheprovider", "-m", "", "-o", "addopts="]
    done = subprocess.run(
        [*command, *named], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    collected = {line.split("[", 1)[0] for line in done.stdout.splitlines() if "::" in line}
    assert set(named) <= collected


def test_a_test_that_is_not_there_is_noticed() -> None:
    gone = "tests/guide/test_catalogue.py::test_nobody_wrote_this"
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-o", "addopts=", gone],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode != 0
