"""The four commands of "Your own guide", on a guide of 40 lines, from an empty folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "your-own-guide.md"
SMALL = Path(__file__).with_name("samples") / "small-guide.md"


def commands() -> list[str]:
    block = re.search(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block
    return block[1].splitlines()


def test_the_page_shows_four_commands() -> None:
    clone, *others = commands()
    assert clone == "git clone <proofbook> proofbook"
    assert [line.split()[3] for line in others] == ["book", "check", "e2e"]
    assert len(SMALL.read_text().splitlines()) <= 40


@pytest.mark.toolchain
def test_four_commands_lead_from_an_empty_folder_to_a_green_scenario(tmp_path: Path) -> None:
    shutil.copy(SMALL, tmp_path / "guide.md")
    (tmp_path / "proofbook").symlink_to(ROOT)  # the clone, as it is now
    env = {**os.environ, "PROOFBOOK_STATE": str(tmp_path / "state")}
    said = []
    for line in commands()[1:]:
        done = subprocess.run(
            line.split(), cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
    assert "next: books/ours/edition/" in said[1]
    results = json.loads((tmp_path / "build/books/ours/results.json").read_text())
    states = {each["id"]: each["status"] for each in results["scenarios"]}
    assert states == {
        "namespace_team/as-it-says": "passed",
        "looking_after_it/as-it-says": "passed",
    }
    lines = [c["line"] for s in results["scenarios"] for t in s["steps"] for c in t["commands"]]
    assert "git push" in lines
    assert (tmp_path / "build/site/guide/namespace-team.html").is_file()
