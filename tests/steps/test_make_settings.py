"""What is given behind make reaches the program as it was typed, or is refused on one line."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
# In the place of the project's Python: it says what it was asked.
FAKE = """#!/bin/sh
case "$1" in */venv.py) echo "$0"; exit 0;; esac
for each in "$@"; do printf '<%s>' "$each"; done; echo
"""


def made(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    fake = folder / "python"
    fake.write_text(FAKE)
    fake.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), f"PYTHON={fake}", *words],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("e2e", "WORKER=2"), "WORKER= is no setting of make here. Cure: did you mean WORKERS=?"),
        (("e2e", "FEATURES=x"), "FEATURES= is no setting of make here. Cure: did you mean FEATURE"),
        (("e2e", "KEEP=0"), "KEEP=0 is not KEEP=1. Cure: KEEP=1, or leave it out"),
        (("audit", "GUIDE=a.md", "ACCEPT=no"), "Cure: ACCEPT=1 or ACCEPT=other, or leave it out"),
        (("nightly", "NEXT=no"), "NEXT=no is not NEXT=1"),
        (("check", "BOOK=a\nb"), "BOOK= has more than one line"),
    ],
)
def test_what_means_nothing_is_refused_on_one_line(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = made(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert said in line


def test_what_a_ci_variable_gives_is_refused_as_well(tmp_path: Path) -> None:
    done = made(tmp_path, "site", GUIDE="a\nb")
    assert (done.returncode, done.stdout) == (2, "")
    assert "GUIDE= has more than one line" in done.stderr


@pytest.mark.parametrize("value", ["a b", "it's", "ü \"x\" 'y'", "-x", "a;b|c&d", "`date`"])
def test_a_value_comes_as_it_was_typed(tmp_path: Path, value: str) -> None:
    done = made(tmp_path, "patch", f"GUIDE={value}", f"BOOK={value}")
    assert done.stdout == f"<-m><guide><patch><--book><{value}><{value}>\n", done.stderr


def test_what_other_programs_are_told_is_nothing_to_us(tmp_path: Path) -> None:
    assert made(tmp_path, "check", "COLOUR=1", "LANG=C", "TMPDIR=/tmp", "V=1").returncode == 0


def test_what_only_the_environment_has_and_what_another_make_was_given_is_not_looked_at(
    tmp_path: Path,
) -> None:
    assert made(tmp_path, "check", WORKER="2", COLOUR="1").returncode == 0
    assert made(tmp_path, "check", "STAGE=x", MAKELEVEL="1").returncode == 0


def test_every_setting_of_the_makefile_may_be_given() -> None:
    text = (ROOT / "Makefile").read_text()
    [known] = re.findall(r"^SETTINGS := (.*)$", text, re.MULTILINE)
    given = set(re.findall(r"^(?:export )?([A-Z_]+) \?=", text, re.MULTILINE))
    ours = {"RUFF_CACHE_DIR", "MYPY_CACHE_DIR", "HYPOTHESIS_STORAGE_DIRECTORY"}
    ours |= {"PATH", "PYTHON", "PYTHONPYCACHEPREFIX"}
    assert given - ours <= set(known.split())
    table = (ROOT / "docs/reference.md").read_text().partition("## Exit codes")[0]
    rows = "\n".join(line for line in table.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([A-Z_]{2,})`", rows))
    assert {one for one in named - ours if not one.startswith("PROOFBOOK_")} <= set(known.split())
