"""What doctor says of hosts that lack this or that."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sandbox import doctor
from sandbox.providers.kind.host import Host


def states(facts: object) -> dict[str, str]:
    return {fact.subject: fact.state for fact in facts}


def host(**changed: object) -> Host:
    facts = {
        "missing_capabilities": (),
        "inotify_instances": 512,
        "inotify_watches": 500000,
        "memory_gib": 8.0,
        "disk_gib": 50.0,
    }
    return Host(**{**facts, **changed})


def engine(**changed: object) -> SimpleNamespace:
    facts = {
        "version": "28.1.0",
        "url": "unix:///x",
        "is_recent": True,
        "cgroup": 2,
        "storage_driver": "overlay2",
    }
    return SimpleNamespace(**{**facts, **changed})


def test_machine_without_an_engine_gets_one_line_and_the_other_provider(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A short path: where the temporary folder is deep, it would be too long for a socket.
    monkeypatch.setenv("DOCKER_HOST", "unix:///proc/none.sock")
    embedded, kind = doctor.examine()
    assert not kind.can_run
    [fact] = kind.facts
    assert "No such file" in fact.seen
    assert "PROVIDER=embedded" in fact.cure
    assert doctor.main() == (0 if embedded.can_run else 3)
    assert "PROVIDER=auto takes embedded" in capsys.readouterr().out


def test_every_lack_has_a_cure() -> None:
    poor = host(missing_capabilities=("SYS_RESOURCE",), inotify_instances=128, disk_gib=1.0)
    facts = [
        *doctor.host_facts(poor, "runc"),
        *doctor.engine_facts(engine(is_recent=False, storage_driver="vfs")),
    ]
    assert {fact.subject for fact in facts if fact.state != doctor.OK} >= {
        "capabilities",
        "inotify",
        "disk",
        "engine",
        "storage driver",
    }
    assert all(fact.cure for fact in facts if fact.state == doctor.LACKS)
    assert states(facts)["capabilities"] == doctor.LACKS


def test_withheld_capabilities_are_a_note_where_the_runtime_does_not_ask() -> None:
    facts = doctor.host_facts(host(missing_capabilities=("SYS_RESOURCE",)), "proofbook")
    capabilities = next(fact for fact in facts if fact.subject == "capabilities")
    assert capabilities.state == doctor.NOTE
    assert "KubeletInUserNamespace" in capabilities.seen


def test_good_host_lacks_nothing() -> None:
    assert doctor.LACKS not in states(doctor.host_facts(host(), "runc")).values()
    assert states(doctor.engine_facts(engine()))["control groups"] == doctor.OK
    assert states(doctor.engine_facts(engine(cgroup=1)))["control groups"] == doctor.NOTE


def test_machine_without_git_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.doctor.shutil.which", lambda _: None)
    fact = doctor._git()
    assert (fact.state, fact.cure) == (doctor.LACKS, "apt-get install git")
