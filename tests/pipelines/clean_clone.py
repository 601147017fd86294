"""A clone of what lies in the working tree, as the runner of a pipeline gets it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NAMES = {f"GIT_{who}_{what}": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")
          for what in ("NAME", "EMAIL")}  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    """That of a runner: nothing of a make, git or pytest around the tests."""
    beside = ("MAKE", "MFLAGS", "GIT_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(beside)}
    return {**kept, "CI": "true", **more}


def clean_clone(target: Path) -> Path:
    """Every file that git knows or would take, committed; no build, no cache, nothing ignored."""
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(listed, env=environment(), capture_output=True, check=True, timeout=60)
    for name in filter(None, names.stdout.decode().split("\0")):
        if (ROOT / name).is_file():  # one that was removed is still in git's index
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "The clone"]):
        subprocess.run(["git", *words], cwd=target, env=environment(**_NAMES), check=True)
    return target


def commit(clone: Path) -> str:
    """The commit that is checked out."""
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=clone, env=environment(), capture_output=True, check=True
    )
    return asked.stdout.decode().strip()


def ran(
    script: list[str], clone: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The script as a runner runs it: one bash, which ends at the first command that fails."""
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(script)],
        cwd=clone,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=600,
    )
