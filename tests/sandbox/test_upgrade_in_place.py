"""An upgrade in place: what is done to which cluster in which order, and what is said of it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import upgrade as room
from sandbox.cluster.picture import Key, Picture
from sandbox.errors import NotReady, ProcessDied, SandboxError, UsageError
from sandbox.flux import roll_call
from sandbox.layout import Layout
from sandbox.providers.embedded.provider import Embedded, Outage
from sandbox.record import Record, folder_of
from sandbox.upgrade import step_back, upgrade

ROLE: Key = ("ClusterRole", "", "", "view")
EARLIER, LATER = "a" * 40, "b" * 40


@dataclass
class Scene:
    """Clusters of a sandbox, and what was done to them."""

    done: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=lambda: [EARLIER, EARLIER])
    looks: list[str] = field(default_factory=lambda: ["old", "new", "new"])
    """What a role says at each look."""
    answers: str = "v1.36.3"
    trouble: SandboxError | None = None
    start: str = "bootstrapped"
    clusters: tuple[str, ...] = ("dev",)


class Provider(Embedded):
    """Renews nothing for real."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def clusters(self) -> dict[str, Any]:
        return dict.fromkeys(self.scene.clusters)

    def renew(self, cluster: str) -> Outage:
        self.scene.done.append(f"renew {cluster}")
        if self.scene.trouble:
            raise self.scene.trouble
        return Outage(100.0, 104.5)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()
    monkeypatch.setenv("PROOFBOOK_STATE", str(tmp_path))
    layout = Layout()
    Record(name="up", provider="embedded", layout=layout, state="up", owner=None).write(
        folder_of("up")
    )

    class Sandbox:
        def __init__(self, name: str) -> None:
            self.folder = folder_of(name)
            self.provider = Provider(made)
            self.layout = SimpleNamespace(start=made.start, first=made.clusters[0])
            self.desk, self.private_key = None, Path("key")

        @property
        def record(self) -> Record:
            found = Record.read(self.folder)
            assert found is not None
            return found

        def cluster(self, name: str) -> Any:
            return SimpleNamespace(kubeconfig=name, kubernetes="v1.36.3")

        def head(self) -> str:
            return made.heads.pop(0)

        def wait_ready(self, cluster: str) -> None:
            made.done.append(f"ready {cluster}")

        def check(self) -> None: ...

        def leave(self) -> None: ...

    def take(_api: object) -> Picture:
        return Picture({ROLE: {"rules": made.looks.pop(0)}}, frozenset())

    def call(_api: object, limit: float, alive: object) -> roll_call.Answers:
        made.done.append("roll call")
        return roll_call.Answers(6, 105.5, 110.0, ("apps failed",))

    version = SimpleNamespace(get=lambda path: {"gitVersion": made.answers})
    monkeypatch.setattr(room, "Sandbox", Sandbox)
    monkeypatch.setattr(room, "KubernetesApi", lambda config: nullcontext(version))
    monkeypatch.setattr(room.Picture, "take", take)
    monkeypatch.setattr(room.roll_call, "call", call)
    monkeypatch.setattr(room.bootstrap, "bootstrap", lambda *_: made.done.append("bootstrap"))
    monkeypatch.setattr(room, "_REST_S", 0.0)
    return made


def noted() -> str:
    record = Record.read(folder_of("up"))
    assert record is not None
    return record.kubernetes


def test_the_control_plane_comes_first_then_flux_answers_then_it_is_bootstrapped_again(
    scene: Scene,
) -> None:
    found = upgrade("up", "1.36.3")
    assert scene.done == ["renew dev", "roll call", "ready dev", "bootstrap", "ready dev"]
    assert noted() == "1.36.3"
    (one,) = found.clusters
    assert (one.without_api_s, one.first_s, one.last_s) == (4.5, 5.5, 10.0)
    assert (one.answered, one.failed, one.at_rest) == (6, ("apps failed",), True)
    assert one.changes.changed == ("ClusterRole view: rules",)
    assert (found.before, found.head) == (EARLIER, EARLIER)


def test_a_commit_of_the_second_bootstrap_is_told(scene: Scene) -> None:
    scene.heads = [EARLIER, LATER]
    found = upgrade("up", "1.36.3")
    assert (found.before, found.head) == (EARLIER, LATER)


def test_each_cluster_is_upgraded_and_only_the_first_one_has_flux(scene: Scene) -> None:
    scene.clusters, scene.looks = ("dev", "prod"), ["old", "new", "new", "old", "old", "old"]
    found = upgrade("up", "1.36.3")
    assert scene.done[0] == "renew dev"
    assert scene.done[-1] == "renew prod"
    assert scene.done.count("bootstrap") == 1
    assert [each.answered for each in found.clusters] == [6, 0]
    assert found.clusters[1].changes.changed == ()


def test_clusters_that_begin_without_flux_are_upgraded_too(scene: Scene) -> None:
    scene.start = "clusters"
    assert upgrade("up", "1.36.3").clusters[0].answered == 0
    assert scene.done == ["renew dev"]


def test_a_cluster_that_does_not_come_to_rest_is_looked_at_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_until(what: str, probe: Any, limit: float, **_: Any) -> None:
        probe()
        raise NotReady(what, probe()[1], limit)

    monkeypatch.setattr(room, "wait_until", wait_until)
    (one,) = upgrade("up", "1.36.3").clusters
    assert not one.at_rest
    assert one.changes.changed == ("ClusterRole view: rules",)


def test_an_api_server_of_another_version_is_no_upgrade(scene: Scene) -> None:
    scene.answers = "v1.35.4"
    with pytest.raises(SandboxError, match=r"control plane of dev: .* is v1.35.4, not v1.36.3"):
        upgrade("up", "1.36.3")
    assert scene.done == ["renew dev"]


def test_what_does_not_start_ends_it_and_the_step_back_goes_to_the_old_programs(
    scene: Scene,
) -> None:
    scene.trouble = ProcessDied("dev/kube-apiserver", 1, "no", cure="see its log")
    with pytest.raises(ProcessDied, match="control plane of dev: dev/kube-apiserver ended"):
        upgrade("up", "1.36.3")
    assert noted() == "1.36.3"
    scene.trouble = ProcessDied("dev/kube-apiserver", 1, "no", cure="see its log")
    with pytest.raises(ProcessDied, match="step back of dev"):
        step_back("up", "1.35.4")
    assert noted() == "1.35.4"
    scene.trouble, scene.done = None, []
    step_back("up", "")
    assert noted() == ""
    assert scene.done == ["renew dev", "roll call", "ready dev"]


def test_a_provider_that_cannot_do_it_is_wrong_use(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(Provider):
        name = "kind"

    monkeypatch.setattr(room, "Embedded", int)
    with pytest.raises(UsageError, match="not taken to another version in place"):
        upgrade("up", "1.36.3")
    assert scene.done == []
