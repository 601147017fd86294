"""The project's own Python is made as the lock says, whatever the user has set for pip."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.toolchain import venv

ELSEWHERE = {
    "PIP_TARGET": "/elsewhere",
    "PIP_PREFIX": "/elsewhere",
    "PIP_ROOT": "/elsewhere",
    "PIP_USER": "1",
    "PIP_PYTHON": "/usr/bin/python3",
    "PIP_CONSTRAINT": "/elsewhere/constraints.txt",
    "PIP_NO_BINARY": ":all:",
    "PIP_DRY_RUN": "1",
    "PYTHONHOME": "/elsewhere",
    "PYTHONPATH": "/elsewhere",
}
THE_WAY = {
    "PIP_INDEX_URL": "https://index.invalid/simple",
    "PIP_EXTRA_INDEX_URL": "https://more.invalid/simple",
    "PIP_CERT": "/etc/ssl/own.pem",
    "PIP_PROXY": "http://proxy.invalid:3128",
    "PIP_NO_INDEX": "1",
    "PIP_CONFIG_FILE": "/etc/own-pip.conf",
    "HTTPS_PROXY": "http://proxy.invalid:3128",
}


class Steps:
    """Programs that are not run; what each was given is kept."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.given: list[tuple[list[str], dict[str, str]]] = []

    def __call__(self, command: list[str], **more: Any) -> subprocess.CompletedProcess[str]:
        self.given.append((command, more["env"]))
        if "venv" in command:
            Path(command[-1]).mkdir()
        failed = bool(self.fails) and self.fails in command
        return subprocess.CompletedProcess(command, int(failed), "", "ModuleNotFoundError: x\n")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path))
    for name, value in {**ELSEWHERE, **THE_WAY}.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_where_and_what_is_installed_is_not_for_the_user_to_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = Steps()
    monkeypatch.setattr(subprocess, "run", steps)
    python = venv.ensure()
    assert [command[1:3] for command, _ in steps.given] == [
        ["-m", "venv"],
        ["-m", "pip"],
        ["-c", "import pytest, mkdocs, asyncssh"],
    ]
    for command, env in steps.given:
        assert not ELSEWHERE.keys() & (env.keys() - {"PIP_USER"}), command
        assert env["PIP_USER"] == "0"  # also against a pip.conf
        assert {name: env[name] for name in THE_WAY} == THE_WAY
        assert env["PATH"] == os.environ["PATH"]
    monkeypatch.setattr(subprocess, "run", Steps("-m"))
    assert venv.ensure() == python  # nothing is done twice


def test_packages_that_went_elsewhere_are_one_line_and_no_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    monkeypatch.setattr(subprocess, "run", Steps("-c"))
    with pytest.raises(SystemExit) as ended:
        venv.ensure()
    assert ended.value.code == 3
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("set-up: the packages are not where they were to be installed: ")
    assert "Cure: take target, prefix and root out of pip's settings (`pip config list`)" in told
    assert not list(place.rglob(".ready"))


def test_a_cache_that_cannot_be_written_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    (place / "file").touch()
    monkeypatch.setenv("PROOFBOOK_CACHE", str(place / "file" / "cache"))
    with pytest.raises(SystemExit) as ended:
        venv.ensure()
    assert ended.value.code == 3
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith(f"set-up: {place}/file/cache/venv cannot be made: ")
    assert "Cure: " in told
