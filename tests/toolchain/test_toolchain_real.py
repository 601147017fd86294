"""The same with the real Go, on a module of three lines; and the real programs, proven again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psutil
import pytest
from toolchain_fakes import Told

from sandbox.errors import SandboxError
from sandbox.toolchain import builder, compiler, ensure, is_built, proof
from sandbox.toolchain.modules import GO_MINOR, GoModule
from sandbox.toolchain.store import Store

SOURCE = """package main

var version = "unset"

func main() { print("hello ", version) }
"""


@pytest.fixture
def hello(tmp_path: Path) -> GoModule:
    """A module that builds one program from a folder beside it: no network is needed."""
    found = shutil.which("go")
    version = compiler.version_of(Path(found)) if found else None
    if version is None or not version.startswith(f"{GO_MINOR}."):
        pytest.skip(f"there is no Go {GO_MINOR} on PATH (`ensure` would fetch one)")
    program = tmp_path / "program" / "cmd" / "hello"
    program.mkdir(parents=True)
    (program / "main.go").write_text(SOURCE)
    (tmp_path / "program" / "go.mod").write_text(f"module example.test/hello\n\ngo {GO_MINOR}\n")
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "go.mod").write_text(
        f"module example.test/tools\n\ngo {GO_MINOR}\n\nrequire example.test/hello v1.2.3\n\n"
        f"replace example.test/hello => {tmp_path / 'program'}\n"
    )
    (folder / "go.sum").write_text("")
    return GoModule(
        name="hello",
        folder=folder,
        binaries={"greet": "example.test/hello/cmd/hello"},
        stamps={"main.version": "{example.test/hello}bare"},
        disk_gib=0.5,
        kept_gib=0.1,
        minutes=1,
    )


@pytest.mark.toolchain
def test_a_real_program_is_built_stamped_named_and_put_in_place(
    hello: GoModule, tmp_path: Path, told: Told
) -> None:
    store = Store(tmp_path / "with space" / "toolchain")
    builder.build(store, (hello,), told.clock)
    program = store.view((hello,)) / "bin" / "greet"
    ran = subprocess.run([program], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stderr == "hello 1.2.3"
    assert not store.work.exists()


def test_an_error_in_a_source_is_one_line(hello: GoModule, tmp_path: Path, told: Told) -> None:
    (tmp_path / "program" / "cmd" / "hello" / "main.go").write_text("packag main\n")
    with pytest.raises(SandboxError) as raised:
        builder.build(Store(tmp_path / "toolchain"), (hello,), told.clock)
    assert "main.go:1:1: expected 'package'" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_module_that_go_sum_does_not_have_is_refused(
    hello: GoModule, tmp_path: Path, told: Told
) -> None:
    text = (hello.folder / "go.mod").read_text().partition("replace")[0]
    (hello.folder / "go.mod").write_text(text)
    with pytest.raises(SandboxError, match=r"go\.mod and go\.sum do not fit together"):
        builder.build(Store(tmp_path / "toolchain"), (hello,), told.clock)


@pytest.mark.toolchain
def test_the_built_programs_prove_themselves_and_leave_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_built() and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built: run `python -m sandbox.toolchain`")
    toolchain = ensure()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    proof.prove(toolchain.bin, toolchain.share, tmp_path / "proof.json")
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]
    commands = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert [words for words in commands if str(tmp_path) in " ".join(words)] == []
