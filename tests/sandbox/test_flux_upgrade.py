"""An upgrade of Flux in place: what is done in which order, what is said of its controllers."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from sandbox import flux_upgrade, lifecycle
from sandbox import upgrade as shared
from sandbox.cluster.picture import Key, Picture
from sandbox.errors import CommandFailed, SandboxError, UsageError
from sandbox.flux import roll_call
from sandbox.layout import Layout
from sandbox.processes import supervisor_client
from sandbox.providers.embedded.provider import Embedded
from sandbox.record import Record, folder_of
from sandbox.upgrade import Controller

ROLE: Key = ("ClusterRole", "", "", "view")
EARLIER, LATER = "a" * 40, "b" * 40
BUILT = {"flux": "2.9.5", "source-controller": "1.9.5", "helm-controller": "1.6.4"}
OLD = {"source-controller": "1.9.3", "helm-controller": "1.6.4"}
NEW = {name: BUILT[name] for name in OLD}


@dataclass
class Scene:
    """A sandbox, and what was done to it."""

    done: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=lambda: [EARLIER, LATER])
    there: list[dict[str, str]] = field(default_factory=lambda: [OLD, NEW])
    """The controllers of the cluster at each look."""
    trouble: SandboxError | None = None


class Provider(Embedded):
    """Offers nothing for real."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def offer(self, cluster: str) -> None:
        self.scene.done.append(f"offer to {cluster}")


class Absence:
    """Has looked."""

    def __init__(self, api: object) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def seconds(self) -> dict[str, float]:
        return {"source-controller": 2.5}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()
    monkeypatch.setenv("PROOFBOOK_STATE", str(tmp_path))
    # No socket comes to lie in it, however deep the temporary folder is.
    monkeypatch.setattr(supervisor_client, "_SOCKET_PATH_LIMIT", 4096)
    record = Record(
        name="up", provider="embedded", layout=Layout(), state="up", owner=None, flux="2.9.2"
    )
    record.write(folder_of("up"))
    looks = ["old", "new", "new"]

    class Sandbox:
        def __init__(self, name: str) -> None:
            self.name, self.folder = name, folder_of(name)
            self.provider = Provider(made)
            self.layout = SimpleNamespace(first="dev")
            git = SimpleNamespace(git=lambda *words: made.done.append(f"git {words[0]}"))
            self.desk, self.private_key = git, Path("key")
            self.toolchain = SimpleNamespace(versions=BUILT)

        @property
        def record(self) -> Record:
            found = Record.read(self.folder)
            assert found is not None
            return found

        def cluster(self, name: str) -> Any:
            return SimpleNamespace(kubeconfig=name)

        def head(self) -> str:
            return made.heads.pop(0)

        def wait_ready(self, cluster: str) -> None:
            made.done.append(f"ready {cluster}")

        def check(self) -> None: ...

        def leave(self) -> None: ...

    def bootstrap(*_: object) -> None:
        made.done.append("bootstrap")
        if made.trouble:
            raise made.trouble

    def call(_api: object, limit: float, alive: object) -> roll_call.Answers:
        made.done.append("roll call")
        return roll_call.Answers(6, 105.5, 110.0, ("apps failed",))

    def take(_api: object) -> Picture:
        return Picture({ROLE: {"rules": looks.pop(0)}}, frozenset())

    for room in (flux_upgrade, shared):
        monkeypatch.setattr(room, "Sandbox", Sandbox)
    monkeypatch.setattr(shared, "KubernetesApi", nullcontext)
    monkeypatch.setattr(shared.Picture, "take", take)
    monkeypatch.setattr(shared, "_REST_S", 0.0)
    monkeypatch.setattr(flux_upgrade.bootstrap, "bootstrap", bootstrap)
    monkeypatch.setattr(flux_upgrade.roll_call, "call", call)
    monkeypatch.setattr(flux_upgrade.controllers, "versions", lambda _: made.there.pop(0))
    monkeypatch.setattr(flux_upgrade.controllers, "Absence", Absence)
    return made


def noted() -> Record:
    record = Record.read(folder_of("up"))
    assert record is not None
    return record


def test_the_newer_flux_bootstraps_once_more_then_every_object_answers(scene: Scene) -> None:
    found = flux_upgrade.upgrade("up", "")
    did = ["offer to dev", "bootstrap", "ready dev", "roll call", "git pull"]
    assert scene.done == did
    (one,) = found.clusters
    assert one.controllers == (
        Controller("helm-controller", "1.6.4", "1.6.4", 0.0),
        Controller("source-controller", "1.9.3", "1.9.5", 2.5),
    )
    assert (one.answered, one.failed, one.at_rest) == (6, ("apps failed",), True)
    assert one.changes.changed == ("ClusterRole view: rules",)
    assert (found.before, found.head) == (EARLIER, LATER)


def test_the_sandbox_is_at_the_baseline_of_the_commit_that_came(scene: Scene) -> None:
    flux_upgrade.upgrade("up", "")
    assert (noted().flux, noted().head, noted().kubernetes) == ("", LATER, "")


def test_a_controller_that_stays_as_it_was_is_no_upgrade(scene: Scene) -> None:
    scene.there = [OLD, OLD]
    with pytest.raises(
        SandboxError, match=r"to 2\.9\.5: source-controller is 1\.9\.3, not 1\.9\.5"
    ):
        flux_upgrade.upgrade("up", "")


def test_a_flux_without_controllers_is_no_upgrade(scene: Scene) -> None:
    scene.there = [OLD, {}]
    with pytest.raises(SandboxError, match="no controller is there"):
        flux_upgrade.upgrade("up", "")


def test_a_bootstrap_that_fails_ends_it_and_the_step_back_is_one_of_the_older_flux(
    scene: Scene,
) -> None:
    scene.trouble = CommandFailed("flux bootstrap", 1, "no", 1.0)
    with pytest.raises(CommandFailed) as error:
        flux_upgrade.upgrade("up", "")
    assert error.value.phase == "flux bootstrap gitlab, with the newer flux"
    assert noted().flux == ""
    scene.trouble = CommandFailed("flux bootstrap", 1, "no", 1.0)
    with pytest.raises(CommandFailed) as error:
        flux_upgrade.step_back("up", "2.9.2")
    assert error.value.phase == "flux bootstrap gitlab, with the older flux"
    assert noted().flux == "2.9.2"
    scene.trouble, scene.done, scene.there = None, [], [NEW]
    flux_upgrade.step_back("up", "")
    assert scene.done == ["bootstrap", "ready dev", "roll call", "git pull"]


def test_a_provider_that_cannot_do_it_is_wrong_use(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "Embedded", int)
    monkeypatch.setattr(Provider, "name", "kind")
    with pytest.raises(UsageError, match="not taken to another version in place"):
        flux_upgrade.upgrade("up", "")
    assert scene.done == []


def test_a_sandbox_with_another_flux_than_is_asked_for_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "_lives", lambda _: True)
    monkeypatch.delenv("FLUX", raising=False)
    monkeypatch.delenv("KUBERNETES", raising=False)
    with pytest.raises(UsageError, match=r"otherwise than asked: Flux 2\.9\.2, not 2\.9\.5"):
        lifecycle.up("up", provider="embedded", layout=Layout())
