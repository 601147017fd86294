"""A toolchain that a team shares: taken where every byte is known, else refused."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from packed_stores import SETS, other, refused
from toolchain_fakes import FakeGo

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import ensure
from sandbox.toolchain.modules import PLATFORMS, SOPS, STORES
from sandbox.toolchain.modules import SETS as ALL
from sandbox.toolchain.shared import archive, digest, packing, taking
from sandbox.toolchain.shared.__main__ import main
from sandbox.toolchain.store import Store


def test_what_an_archive_has_is_not_built(
    packed: Path, go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = len(go.calls("build"))
    monkeypatch.setenv(taking.PLACE, str(packed))
    toolchain = ensure(SETS)
    assert len(go.calls("build")) == builds
    assert digest.files(other().folder(STORES)) == digest.files(Store(cache).folder(STORES))
    assert os.access(toolchain.bin / "registry", os.X_OK)
    assert other().record(STORES)["taken_from"] == str(packed)
    assert toolchain.versions["go"] == "1.26.8"


def test_the_same_modules_give_the_same_archive(packed: Path, cache: Path, tmp_path: Path) -> None:
    again = packing.pack(Store(cache), [packing.packed(Store(cache), STORES)], tmp_path / "again")
    assert again.read_bytes() == packed.read_bytes()


def test_what_an_archive_lacks_is_built(
    packed: Path, go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(taking.PLACE, str(packed))
    builds = len(go.calls("build"))
    toolchain = ensure(("stores", "sops"))
    assert len(go.calls("build")) == builds + 1
    assert (toolchain.bin / "sops").exists()
    assert "taken_from" not in other().record(SOPS)
    assert "taken_from" in other().record(STORES)


def test_of_a_folder_the_archive_is_taken_that_has_the_most(
    packed: Path, go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(taking.PLACE, str(packed.parent))
    builds = len(go.calls("build"))
    ensure(("stores", "sops"))
    assert len(go.calls("build")) == builds + 1
    assert "taken_from" in other().record(STORES)
    assert "taken_from" not in other().record(SOPS)
    both = [Store.of_user().folder(each).name for each in (STORES, SOPS)]
    asked = list(taking._holding(Store.of_user(), [STORES, SOPS]))
    assert set(asked[0]) == set(both)
    assert len(asked) < 2 ** len(ALL), "what holds nothing of it is not asked for"


def test_bytes_that_this_repository_does_not_know_are_refused(
    packed: Path, digests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests.unlink()
    assert "digests.json of this repository does not have" in refused(packed, monkeypatch)


def repacked(packed: Path, cache: Path, change: str) -> None:
    """An archive as before, but for one byte of a program: with the old manifest, or a new one."""
    program = Store(cache).folder(STORES) / "bin" / "registry"
    before = packing.packed(Store(cache), STORES)
    text = program.read_bytes()
    program.write_bytes(bytes([text[0] ^ 1]) + text[1:])
    told = packing.packed(Store(cache), STORES) if change == "manifest" else before
    archive.write(packed, cache, [told])


@pytest.mark.parametrize(
    ("change", "said"), [("program", "is not what its manifest says"), ("manifest", "digest")]
)
def test_one_other_byte_is_refused(
    change: str, said: str, packed: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repacked(packed, cache, change)
    assert said in refused(packed, monkeypatch)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_half_an_archive_is_refused(
    part: float, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed.read_bytes()
    packed.write_bytes(content[: int(len(content) * part)])
    assert "is no archive of the toolchain that can be taken" in refused(packed, monkeypatch)


def test_something_else_than_an_archive_is_refused(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed.write_text("<html>Sign in</html>")
    assert "is no archive of the toolchain that can be taken" in refused(packed, monkeypatch)


@pytest.mark.parametrize(
    "path", ["../outside", "bin/../../outside", "/bin/outside", "complete.json", "bin//registry"]
)
def test_nothing_is_written_beside_the_module(path: str, tmp_path: Path) -> None:
    file = digest.File(path, program=True, size=1, sha256="0")
    (tmp_path / "root").mkdir()
    archive.write(tmp_path / "a.tar.zst", tmp_path, [archive.Packed(name="m", go="1", files=())])
    written = archive.Packed(name="m", go="1", files=(file,))
    stage = tmp_path / "stage"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "_manifest", lambda *_: (written,))
        with pytest.raises(SandboxError, match="is no path of a module"):
            archive.unpack(tmp_path / "a.tar.zst", {"m": stage}, lambda _: None)
    assert not stage.exists()
    assert not (tmp_path / "outside").exists()


def test_a_place_that_is_not_there_is_wrong_use(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(taking.PLACE, "/not/here")
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        ensure(SETS)


def test_of_a_folder_the_smallest_archive_with_all_that_is_missing_is_taken(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (
        packed.parent / taking.file_name([other().folder(each).name for each in (SOPS, STORES)])
    ).write_text("larger, and not looked at")
    monkeypatch.setenv(taking.PLACE, str(packed.parent))
    ensure(SETS)
    assert "taken_from" in other().record(STORES)


def test_a_folder_without_the_archive_is_said_and_it_is_built(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(taking.PLACE, str(tmp_path / "empty"))
    told: list[str] = []
    ensure(SETS, on_progress=lambda progress: told.append(progress.what))
    assert f"{tmp_path / 'empty'} does not have stores" in told
    assert "taken_from" not in other().record(STORES)


def test_what_is_built_is_held_against_what_is_known(
    packed: Path, cache: Path, digests: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PROOFBOOK_CACHE", str(cache.parent))
    assert main(["--check", "--sets", "stores"]) == 0
    program = Store(cache).folder(STORES) / "share" / "new"
    program.write_text("one more file")
    assert main(["--check", "--sets", "stores"]) == 1
    said = capsys.readouterr()
    assert "1 of 1 modules as known" in said.out
    assert f"other bytes than digests.json has: stores-{STORES.key}" in said.err
    name = f"stores-{STORES.key}"
    digests.write_text(json.dumps({name: {"1.26.1": "0"}}))
    assert main(["--check", "--sets", "stores"]) == 0
    said = capsys.readouterr()
    assert "not compared, for digests.json has it of another Go" in said.out
    assert f"{name} (Go 1.26.8, known of 1.26.1)" in said.out
    assert "0 of 1 modules as known" in said.out
    digests.write_text("{}")
    assert main(["--check", "--sets", "stores"]) == 1, "nothing is known of this key"
    said = capsys.readouterr()
    assert f"does not know {name} (Go 1.26.8), so nobody can take it. Cure: make tool" in said.err


def test_digests_of_modules_that_are_gone_go(packed: Path, digests: Path, cache: Path) -> None:
    have = json.loads(digests.read_text())
    elsewhere = {f"stores-{STORES.key_on(each)}": {"1.26.8": "0"} for each in PLATFORMS}
    assert len(elsewhere) == len(PLATFORMS)
    have = {**elsewhere, **have}
    digests.write_text(json.dumps({**have, "stores-0000000000000000": {"1.26.8": "0"}}))
    contents = [packing.packed(Store(cache), STORES)]
    assert packing.accept(contents)
    assert json.loads(digests.read_text()) == have
    assert not packing.accept(contents)


def test_a_link_is_no_part_of_a_module(packed: Path, cache: Path) -> None:
    folder = Store(cache).folder(STORES)
    (folder / "bin" / "link").symlink_to("registry")
    with pytest.raises(SandboxError, match="is no plain file"):
        digest.files(folder)


def test_a_digest_changes_with_path_mode_and_content() -> None:
    file = digest.File("bin/a", program=True, size=1, sha256="0")
    variants = [file, replace(file, path="bin/b"), replace(file, program=False)]
    variants += [replace(file, size=2), replace(file, sha256="1")]
    assert len({digest.of([each]) for each in variants}) == len(variants)


def test_a_packing_that_fails_leaves_no_half_archive(packed: Path, cache: Path) -> None:
    shutil.rmtree(Store(cache).folder(STORES))
    gone = archive.contents(packed)
    with pytest.raises(FileNotFoundError):
        archive.write(packed.parent / "new.tar.zst", cache, gone)
    assert [each.name for each in packed.parent.iterdir()] == [packed.name]


@pytest.mark.parametrize(
    ("variable", "version", "told"),
    [("KUBERNETES", "1.35.4", "is in no archive"), ("FLUX", "2.1.1", "is not pinned")],
)
def test_a_pinned_version_is_in_no_archive(
    variable: str,
    version: str,
    told: str,
    cache: Path,
    go: FakeGo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, version)
    assert main([]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{version} {told}" in line
    assert "Cure: " in line
    assert not cache.exists()
