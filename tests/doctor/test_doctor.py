"""What doctor says of hosts that lack this or that."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sandbox import doctor
from sandbox.__main__ import main as sandbox
from sandbox.from_path import FromPath, Taken
from sandbox.providers.kind.host import Host
from sandbox.toolchain import pins
from sandbox.toolchain.pins import KUBERNETES, PRODUCTS, Product


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


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_the_toolchain_is_looked_at_in_the_version_that_is_asked_for(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, seen = list(product.known())[-1], []
    monkeypatch.setattr(doctor.builder, "is_ready", lambda _, modules: not seen.extend(modules))
    monkeypatch.setenv(product.variable, version)
    fact = doctor._toolchain("embedded")
    assert product.folder_of(version).name in [module.name for module in seen]
    assert fact.subject == f"toolchain (embedded, {product.variable}={version})"


def test_only_what_is_missing_is_still_to_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES", "1.35.4")
    monkeypatch.setattr(doctor.builder, "is_ready", lambda _store, _modules: False)
    monkeypatch.setattr(doctor.Store, "check_disk", lambda _store, _modules: "needs disk")
    monkeypatch.setattr(doctor.Store, "is_complete", lambda _, module: "1.35.4" not in module.name)
    minutes = KUBERNETES.known()["1.35.4"].minutes
    assert f"about {minutes} min once" in doctor._toolchain("embedded").seen
    monkeypatch.setattr(doctor.Store, "is_complete", lambda _store, _module: True)
    assert doctor._toolchain("embedded").seen == "built, its proof comes with the first run"


def test_kind_lacks_a_version_that_is_pinned_without_a_node(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUBERNETES", "1.34.4")
    monkeypatch.setattr(pins, "has_node", lambda _: False)
    fact = doctor._toolchain("kind")
    assert fact.state == doctor.LACKS
    assert "kind has no Kubernetes 1.34.4" in fact.seen
    assert fact.cure.startswith("make pin KUBERNETES=1.34.4")


def test_a_version_that_is_not_pinned_is_one_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBERNETES", "1.30.1")
    assert sandbox(["doctor"]) == 2
    printed = capsys.readouterr()
    [line] = printed.err.splitlines()
    assert line.startswith("doctor: Kubernetes 1.30.1 is not pinned")
    assert printed.out == ""


def test_programs_of_path_are_told_where_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    etcd = Taken(name="etcd", version="3.6.8", path="/opt/etcd", digest="0a" * 32)
    found = FromPath(sets=("embedded",), taken=(etcd,), left=("helm (/opt/helm): is 4.0.0",))
    looked: list[object] = []
    monkeypatch.setattr(
        doctor.on_path, "look", lambda _, sets, versions: looked.append(sets) or found
    )
    monkeypatch.setattr(doctor.Store, "is_complete", lambda _store, _module: False)
    monkeypatch.delenv("TOOLCHAIN_FROM_PATH", raising=False)
    assert [fact.subject for fact in doctor._programs("embedded")] == ["toolchain (embedded)"]
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "1")
    _toolchain, taken, left = doctor._programs("embedded")
    assert str(taken).strip() == f"ok     taken from PATH: {etcd}"
    assert (left.state, left.seen) == (doctor.NOTE, "helm (/opt/helm): is 4.0.0")
    assert left.subject == "not taken from PATH"
    list(doctor._programs("kind"))
    assert looked == [("embedded",), ("embedded", "kind")]


def test_what_cannot_be_asked_of_path_is_one_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "yes")
    assert sandbox(["doctor"]) == 2
    printed = capsys.readouterr()
    [line] = printed.err.splitlines()
    assert line.startswith("doctor: TOOLCHAIN_FROM_PATH=yes says neither")
    assert printed.out == ""
