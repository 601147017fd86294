import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.errors import UsageError
from sandbox.from_path import FromPath, Taken
from sandbox.layout import Layout
from sandbox.record import Owner, Record, folder_of


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Short, wherever temporary folders lie: where a sandbox is asked for, a socket must fit in.
    with tempfile.TemporaryDirectory(prefix="record-", dir="/tmp") as name:
        monkeypatch.setenv("PROOFBOOK_STATE", name)
        yield Path(name)


LAYOUT = Layout(clusters=("a", "b"))


def record(owner: Owner | None) -> Record:
    return Record(name="one", provider="embedded", layout=LAYOUT, state="up", owner=owner)


def test_what_is_written_is_read_again() -> None:
    written = record(Owner.this())
    written.write(folder_of("one"))
    assert Record.read(folder_of("one")) == written
    assert Record.all() == {"one": written}


def test_what_was_taken_from_path_is_read_again() -> None:
    taken = Taken(name="etcd", version="3.6.8", path="/opt/etcd", digest="0a" * 32)
    found = FromPath(sets=("embedded",), taken=(taken,), left=("helm (/opt/helm): is 4.0.0",))
    written = replace(record(None), from_path=found)
    written.write(folder_of("one"))
    assert Record.read(folder_of("one")) == written


def test_a_note_of_before_there_was_such_a_thing_is_read(state: Path) -> None:
    written = record(None)
    written.write(folder_of("one"))
    file = folder_of("one") / "sandbox.json"
    noted = json.loads(file.read_text())
    del noted["from_path"]
    file.write_text(json.dumps(noted))
    assert Record.read(folder_of("one")) == written


def test_a_folder_without_a_note_is_listed_as_such(state: Path) -> None:
    (state / "sandboxes" / "half").mkdir(parents=True)
    assert Record.all() == {"half": None}


@pytest.mark.parametrize("name", ["", "Upper", "../up", "a/b", "x" * 31, "-a", "a b"])
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a name for a sandbox"):
        folder_of(name)


def test_an_owner_is_alive_until_its_process_ends() -> None:
    process = subprocess.Popen(["sleep", "600"])
    try:
        owner = Owner.of(process.pid)
        assert owner.alive()
    finally:
        process.kill()
        process.wait()
    assert not owner.alive()
    with pytest.raises(UsageError, match=f"there is no process {process.pid} that could own"):
        Owner.of(process.pid)


def test_a_process_id_used_again_is_not_the_owner() -> None:
    own = Owner.this()
    assert own.alive()
    assert not Owner(pid=own.pid, started=own.started - 1000).alive()


def test_a_sandbox_of_another_process_is_not_free_and_one_of_nobody_is() -> None:
    lifecycle.free("one")
    for owner in (None, Owner.this(), Owner(pid=os.getppid(), started=0.0)):
        record(owner).write(folder_of("one"))
        lifecycle.free("one")
    record(Owner.of(os.getppid())).write(folder_of("one"))
    with pytest.raises(UsageError, match=f"belongs to process {os.getppid()}, which still runs"):
        lifecycle.free("one")
