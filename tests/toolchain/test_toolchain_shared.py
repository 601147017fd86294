"""A toolchain that a team shares: taken where every byte is known, else refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from archive_server import ArchiveServer
from toolchain_fakes import FakeGo

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import ensure
from sandbox.toolchain.modules import SOPS, STORES
from sandbox.toolchain.shared import archive, digest, known, packing, taking
from sandbox.toolchain.shared.__main__ import main
from sandbox.toolchain.store import Store

SETS = ("stores",)
TOKEN = "glpat-archive-0123456789"


@pytest.fixture
def digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(known, "FILE", tmp_path / "digests.json")
    return tmp_path / "digests.json"


@pytest.fixture
def packed(
    go: FakeGo, cache: Path, digests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The archive of `stores`, whose digests are known; from here on it is another machine."""
    monkeypatch.delenv("CI_JOB_TOKEN", raising=False)
    ensure(SETS)
    packing.accept(Store(cache), (STORES,))
    file = packing.pack(Store(cache), (STORES,), tmp_path / "out")
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path / "another"))
    return file


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with ArchiveServer.running() as made:
        yield made


def other() -> Store:
    return Store(Path(os.environ["PROOFBOOK_CACHE"]) / "toolchain")


def refused(place: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said of an archive that is not taken; nothing of it is there then."""
    monkeypatch.setenv(taking.PLACE, str(place))
    with pytest.raises(SandboxError) as raised:
        ensure(SETS)
    assert raised.value.cure
    assert not other().folder(STORES).exists()
    assert not list((other().work / "stage").glob("*"))
    return str(raised.value)


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
    again = packing.pack(Store(cache), (STORES,), tmp_path / "again")
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
    (packed.parent / taking.file_name((SOPS, STORES))).write_text("larger, and not looked at")
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


def test_a_server_gives_the_archive_to_who_has_a_token(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"{server.url}/api/v4/projects/7/packages/generic/proofbook-toolchain"
    server.token = ("PRIVATE-TOKEN", TOKEN)
    said = refused(base, monkeypatch)
    assert "401" in said
    assert "PROOFBOOK_TOOLCHAIN_TOKEN" in said
    monkeypatch.setenv("PROOFBOOK_TOOLCHAIN_TOKEN", TOKEN)
    out = packed.parent
    monkeypatch.setenv("PROOFBOOK_CACHE", str(out.parent / "cache"))
    words = ["--sets", "stores", "--to", str(out), "--publish", base]
    monkeypatch.delenv(taking.PLACE)
    assert main(words) == 0
    assert main(words) == 0
    assert [method for method, *_ in server.asked].count("PUT") == 1
    monkeypatch.setenv("PROOFBOOK_CACHE", str(out.parent / "third"))
    monkeypatch.setenv(taking.PLACE, f"{base}/")
    ensure(SETS)
    assert other().record(STORES)["taken_from"] == f"{base}/"
    assert not other().work.exists()


def test_a_job_of_gitlab_logs_in_as_a_job(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_TOOLCHAIN_TOKEN", TOKEN)
    monkeypatch.setenv("CI_JOB_TOKEN", TOKEN)
    server.token = ("JOB-TOKEN", TOKEN)
    path = f"/api/v4/{packed.name}"
    server.files[path] = packed.read_bytes()
    monkeypatch.setenv(taking.PLACE, server.url + path)
    ensure(SETS)
    assert "taken_from" in other().record(STORES)


def test_the_token_is_not_sent_where_the_server_redirects_to(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_TOOLCHAIN_TOKEN", TOKEN)
    with ArchiveServer.running() as store:
        store.files[f"/{packed.name}"] = packed.read_bytes()
        server.token = ("Authorization", f"Bearer {TOKEN}")
        server.elsewhere = store.url
        monkeypatch.setenv(taking.PLACE, f"{server.url}/{packed.name}")
        ensure(SETS)
        assert store.asked
        assert TOKEN not in json.dumps(store.asked)
    assert "taken_from" in other().record(STORES)


def test_a_download_that_is_cut_goes_on(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed.read_bytes()
    server.files[f"/{packed.name}"] = content
    server.cuts = [len(content) // 3, len(content) // 3]
    monkeypatch.setenv(taking.PLACE, f"{server.url}/{packed.name}")
    told: list[str] = []
    ensure(SETS, on_progress=lambda progress: told.append(progress.what))
    ranges = [headers.get("range") for method, _, headers in server.asked if method == "GET"]
    third = len(content) // 3
    assert ranges == [None, f"bytes={third}-", f"bytes={2 * third}-"]
    assert sum("going on with the download" in each for each in told) == 2
    assert "taken_from" in other().record(STORES)


def test_a_file_that_changed_since_it_was_cut_is_fetched_from_its_beginning(
    packed: Path, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed.read_bytes()
    path = f"/{packed.name}"
    server.files[path] = b"an older one" + content
    server.cuts = [5, 0]
    assert "was cut after 5 bytes" in refused(server.url + path, monkeypatch)
    server.files[path] = content
    ensure(SETS)
    assert "taken_from" in other().record(STORES)


def test_a_server_that_is_not_there_is_one_line(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused("http://user:hidden-word@127.0.0.1:9/", monkeypatch)
    assert "cannot be reached" in said
    assert "hidden-word" not in said
    assert "\n" not in said


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
    digests.write_text("{}")
    assert main(["--check", "--sets", "stores"]) == 0
    assert "not compared" in capsys.readouterr().out


def test_what_nobody_could_take_is_not_published(
    packed: Path, cache: Path, digests: Path, server: ArchiveServer,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PROOFBOOK_CACHE", str(cache.parent))
    digests.unlink()
    words = ["--sets", "stores", "--to", str(packed.parent)]
    assert main([*words, "--publish", server.url]) == 3
    assert "ACCEPT=1" in capsys.readouterr().err
    assert not server.asked
    assert main(words) == 0
    assert "nobody can take it" in capsys.readouterr().err


def test_digests_of_modules_that_are_gone_go(packed: Path, digests: Path, cache: Path) -> None:
    have = json.loads(digests.read_text())
    digests.write_text(json.dumps({**have, "stores-0000000000000000": {"1.26.8": "0"}}))
    assert packing.accept(Store(cache), (STORES,))
    assert json.loads(digests.read_text()) == have
    assert not packing.accept(Store(cache), (STORES,))


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
