"""A book outside the repository: sentences and charts of its own, a start of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.copying import working_copy

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).with_name("samples") / "first_steps"

EMPTY_FEATURE = """Feature: Install
  @id:nothing @unit:install/step-1
  Scenario: There is no cluster before somebody makes one
    Given a sandbox at the baseline
    Then block "look" fails with "connection"

  @id:made @unit:install/step-2
  Scenario: A cluster is made, and Flux comes into it
    Given a sandbox at the baseline
    And an empty cluster "one"
    When the engineer runs block "install"
    Then block "check" tells of "all checks passed"

  @id:gone @unit:install/chart
  Scenario: It is gone with the scenario
    Given a sandbox at the baseline
    Then block "look" fails with "connection"
    And block "chart" tells of "4.5.6"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    working_copy(SAMPLE, tmp_path / "guide")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`make e2e` from another folder than the clone."""
    command = ["make", "-f", str(ROOT / "Makefile"), "e2e", "BOOK=guide", "PROVIDER=embedded"]
    env = {**os.environ, "PROOFBOOK_STATE": str(folder / "state")}
    return subprocess.run(
        [*command, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=900
    )


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "guide" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("steps/ours.py", "import parsers", "import parsing",
         "guide/steps/ours.py:3: cannot be imported: ImportError: "),
        ("steps/ours.py", "assert engine", "assert (engine",
         "guide/steps/ours.py:8: cannot be read: "),
        ("book.yaml", "start: cluster", "start: clusters",
         'guide/book.yaml:6: start cannot be "clusters". Cure: did you mean cluster'),
        ("features/install.feature", "our namespace", "their namespace",
         "guide/features/install.feature:7: no step says"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_book_is_said_before_anything_starts(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    edit(folder, file, old, new)
    done = run(folder)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.rstrip().endswith("Error 2")
    assert not (folder / "build" / "books" / "first-steps" / "results.json").exists()


@pytest.mark.toolchain
def test_a_book_that_needs_containers_is_skipped_where_they_are_simulated(folder: Path) -> None:
    edit(folder, "book.yaml", "placeholders:", "settings: {needs: [containers]}\nplaceholders:")
    done = run(folder)
    said = "nothing was shown, all of it was skipped: needs real containers"
    assert said in done.stdout + done.stderr  # of one worker, or of several together
    assert done.stderr.rstrip().endswith("Error 2")


@pytest.mark.toolchain
def test_a_book_begins_with_a_cluster_without_flux(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((folder / "build/books/first-steps/results.json").read_text())
    assert results["run"]["book"] == "first-steps"
    assert [each["status"] for each in results["scenarios"]] == ["passed"] * 3
    assert (folder / "build" / "site" / "guide" / "install.html").is_file()
    assert not (folder / "build" / "results.json").exists()


@pytest.mark.toolchain
def test_a_book_begins_without_any_cluster(folder: Path) -> None:
    edit(folder, "book.yaml", "start: cluster", "start: empty")
    shutil.rmtree(folder / "guide" / "steps")
    (folder / "guide" / "features" / "install.feature").write_text(EMPTY_FEATURE)
    done = run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
