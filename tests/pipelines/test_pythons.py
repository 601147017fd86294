"""The versions of Python that CI tests with: those of pyenv, and those on PATH."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python(path: Path, version: str) -> None:
    """A Python that says its version; '' is one that does not start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n" if version else "#!/bin/sh\nexit 127\n")
    path.chmod(0o755)


def test_each_further_version_is_listed_and_what_is_not_there_is_named(tmp_path: Path) -> None:
    onpath, pyenv = tmp_path / "on path", tmp_path / "py env"
    python(onpath / "python3", "3.11")
    python(onpath / "python3.12", "")  # pyenv's stand-in for a version that nobody has chosen
    python(onpath / "python3.13", "3.13")
    for tool in ("bash", "dirname", "sort"):  # nothing else: this machine has a Python too
        (onpath / tool).symlink_to(str(shutil.which(tool)))
    for patch in ("3.12.1", "3.12.10", "3.12.9"):
        python(pyenv / "versions" / patch / "bin/python3", "3.12")
    done = subprocess.run(
        [ROOT / ".ci/pythons"],
        env={"PATH": str(onpath), "PYENV_ROOT": str(pyenv)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"3.12 {pyenv}/versions/3.12.10/bin/python3",
        f"3.13 {onpath}/python3.13",
    ]
    [absent] = done.stderr.splitlines()
    assert absent.startswith("Python 3.14 is not on this machine")
