"""A template of a cluster is its store of one moment: whole, or thrown away and told."""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Event, Thread
from types import ModuleType

import pytest

import sandbox
from sandbox.digest import of_files
from sandbox.errors import SandboxError
from sandbox.providers.embedded import template as template_module
from sandbox.providers.embedded.template import KEPT, Template

JOURNAL = b"entry" * 10 + bytes(300_000)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    made = tmp_path / "cluster" / "etcd"
    (made / "member" / "wal").mkdir(parents=True)
    (made / "member" / "snap").mkdir()
    (made / "member" / "wal" / "0.wal").write_bytes(JOURNAL)
    (made / "member" / "snap" / "db").write_bytes(bytes(65_536) + b"objects" + bytes(70_000) + b"x")
    return made


def held(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_store_made_from_it_holds_what_the_first_one_held(store: Path, tmp_path: Path) -> None:
    template = Template.of("programs", "objects")
    template.keep(store)
    other = tmp_path / "other" / "etcd"
    other.parent.mkdir()
    made = template.restore(other)
    assert made.endswith("Z")
    assert held(other) == held(store)
    journal = (other / "member" / "wal" / "0.wal").stat()
    assert journal.st_blocks * 512 < journal.st_size / 2, "what is zero takes no room"
    for path in (other, *other.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, "etcd takes no folder that others may read"


def test_there_is_none_of_a_cluster_that_was_made_otherwise(store: Path, tmp_path: Path) -> None:
    Template.of("programs", "objects").keep(store)
    for other in (("programs", "object", "s"), ("programs", "others"), ("programsobjects",)):
        assert Template.of(*other).restore(tmp_path / "none") == ""
    assert not (tmp_path / "none").exists()
    assert not (tmp_path / "none.part").exists()


@pytest.mark.parametrize("damage", ["byte", "cut", "gone", "note", "no note"])
def test_one_that_is_not_whole_is_thrown_away_and_told(
    store: Path, tmp_path: Path, told: list[str], damage: str
) -> None:
    template = Template.of("programs")
    template.keep(store)
    journal = template.folder / "etcd" / "member" / "wal" / "0.wal"
    note = template.folder / "template.json"
    match damage:
        case "byte":
            journal.write_bytes(JOURNAL[:-1] + b"!")
        case "cut":
            os.truncate(journal, len(JOURNAL) - 1)
        case "gone":
            journal.unlink()
        case "note":
            note.write_text("{")
        case _:
            note.write_text(json.dumps({"made": "yesterday"}))
    assert template.restore(tmp_path / "etcd") == ""
    assert not (tmp_path / "etcd").exists()
    assert not (tmp_path / "etcd.part").exists()
    assert not template.folder.exists()
    assert [text for text in told if "thrown away" in text and "a new one comes" in text]


def test_who_comes_second_leaves_the_one_that_is_there(store: Path, told: list[str]) -> None:
    template = Template.of("programs")
    template.keep(store)
    before = (template.folder / "template.json").read_bytes()
    (store / "more").write_bytes(b"later")
    template.keep(store)
    assert (template.folder / "template.json").read_bytes() == before
    assert [path.name for path in template.folder.parent.iterdir()] == [template.folder.name]
    assert told == []


def test_a_cluster_goes_on_where_none_can_be_kept(
    store: Path, cache: Path, told: list[str]
) -> None:
    cache.write_text("a file where the folder should be")
    Template.of("programs").keep(store)
    assert [text for text in told if text.startswith("no template of the cluster is kept: ")]


def test_those_that_nobody_has_used_for_longest_make_room(store: Path, tmp_path: Path) -> None:
    first, *others = (Template.of(f"programs {number}") for number in range(KEPT + 1))
    first.keep(store)
    for number, template in enumerate(others[:-1]):
        template.keep(store)
        os.utime(template.folder, (number, number))
    os.utime(first.folder, (0, 0))
    left = first.folder.parent / "part-of-a-run-that-was-killed"
    left.mkdir()
    os.utime(left, (0, 0))
    assert first.restore(tmp_path / "used")
    others[-1].keep(store)
    gone = [template for template in (first, *others) if not template.folder.exists()]
    assert gone == [others[0]]
    assert not left.exists()


def test_other_code_makes_another_template(tmp_path: Path) -> None:
    own = tmp_path / "sandbox"
    (own / "providers" / "embedded").mkdir(parents=True)
    (own / "flux").mkdir()
    module = own / "providers" / "embedded" / "template.py"
    shutil.copy(template_module.__file__, module)

    def process(haste: str) -> ModuleType:
        """A process that has loaded the code as it was then."""
        (own / "flux" / "haste.py").write_text(haste)
        spec = spec_from_file_location("loaded", module)
        assert spec
        assert spec.loader
        loaded = module_from_spec(spec)
        sys.modules["loaded"] = loaded  # dataclasses look there
        spec.loader.exec_module(loaded)
        return loaded

    try:
        old = process("QUICK = 1")
        new = process("QUICK = 2")  # written before the old one has asked for any template
        again = process("QUICK = 1")
    finally:
        del sys.modules["loaded"]
    keys = [each.Template.of("programs").folder.name for each in (old, new, again)]
    assert keys[0] != keys[1]
    assert keys[0] == keys[2]


def test_all_code_of_a_sandbox_counts() -> None:
    assert of_files(Path(sandbox.__file__).parent, "*.py") == template_module.CODE


def test_one_that_goes_while_it_is_taken_leaves_nothing_in_its_place(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = Template.of("programs")
    template.keep(store)
    copy = template_module._copy

    def copy_and_lose(source: Path, target: Path) -> str:
        digest = copy(source, target)
        template.discard("another process has made room")
        return digest

    monkeypatch.setattr(template_module, "_copy", copy_and_lose)
    assert template.restore(tmp_path / "etcd")
    monkeypatch.undo()
    assert not template.folder.exists()


def test_a_file_where_the_template_should_be_is_thrown_away(store: Path, tmp_path: Path) -> None:
    template = Template.of("programs")
    template.folder.parent.mkdir(parents=True)
    template.folder.write_text("")
    assert template.restore(tmp_path / "etcd") == ""
    template.keep(store)
    assert template.restore(tmp_path / "etcd")


def test_who_begins_together_waits_for_the_first_one(
    store: Path, tmp_path: Path, told: list[str]
) -> None:
    template = Template.of("programs")
    waits = Event()
    made: list[str] = []

    def second() -> None:
        with template.turn(waits.set):
            assert template.is_there
        made.append(template.restore(tmp_path / "second"))

    with template.turn(lambda: None):
        thread = Thread(target=second)
        thread.start()
        assert waits.wait(60), "the second one has to wait, and asks meanwhile who is alive"
        template.keep(store)
        assert made == []
    thread.join(60)
    [at] = made
    assert at.endswith("Z")
    assert [path.name for path in template.folder.parent.iterdir()] == [template.folder.name]


def test_who_waits_for_one_hears_that_its_own_sandbox_has_ended() -> None:
    template = Template.of("programs")

    def ended() -> None:
        raise SandboxError("the supervisor has ended")

    with (
        template.turn(lambda: None),
        pytest.raises(SandboxError, match="supervisor"),
        template.turn(ended),
    ):
        pytest.fail("nobody may make it")


def test_one_is_made_where_no_lock_can_be_had(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(template_module, "_TURN_S", 0)
    template = Template.of("programs")
    with template.turn(lambda: None), template.turn(lambda: None):
        made.append("twice: the first takes too long")
    (cache / "templates").rmdir()
    (cache / "templates").write_text("a file where the folder should be")
    with template.turn(lambda: None):
        made.append("without a lock")
    assert len(made) == 2
