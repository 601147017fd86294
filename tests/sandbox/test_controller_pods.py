"""What keeps a pod of a Flux controller from running, before any process starts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from played_pod import FakeNode, Held, manifest

from sandbox.providers.embedded.controller_pod import ControllerPod
from sandbox.providers.embedded.flux_programs import program_of

SHA = "0123456789abcdef" * 4
IMAGE = "ghcr.io/fluxcd/source-controller:v1.9.5"
HELD: Held = {("Secret", "dev", "regcred"): frozenset({".dockerconfigjson"})}


class ControllersNode(FakeNode):
    """A node on which no controller gets a token: who asks for one would start."""

    def __init__(self, held: Held, folder: Path) -> None:
        super().__init__(held)
        self.plane = SimpleNamespace(folder=folder)
        self.asked = 0

    def lacks(self, crds: tuple[str, ...]) -> bool:
        return False

    async def token(self, namespace: str, account: str) -> None:
        self.asked += 1


class PlayedController:
    """A pod of the source-controller on a played node."""

    def __init__(self, folder: Path, pod: dict[str, Any], held: Held | None = None) -> None:
        (folder / "source-controller").touch()
        self.node = ControllersNode(held or {}, folder)
        self.manifest = pod
        self.pod: ControllerPod | None = None
        self.advance()

    def advance(self) -> None:
        async def once() -> None:
            if self.pod is None:
                image = self.manifest["spec"]["containers"][0]["image"]
                folder = self.node.plane.folder
                program = program_of(image, folder, {"source-controller": "1.9.5"})
                assert program is not None
                self.pod = ControllerPod(self.node, self.manifest, "127.0.0.1", program)  # type: ignore[arg-type]
            await self.pod.advance(self.manifest)

        asyncio.run(once())

    @property
    def status(self) -> dict[str, Any]:
        return self.node.statuses[-1]

    @property
    def waits_for(self) -> str:
        said = self.status["containerStatuses"][0]["state"]["waiting"]
        return f"{said['reason']}: {said.get('message', '')}"


def controller(
    image: str = IMAGE, annotations: dict[str, str] | None = None, **spec: Any
) -> dict[str, Any]:
    containers = [{"name": "manager", "image": image}]
    return manifest(annotations, **{"containers": containers, **spec})


@pytest.mark.parametrize(
    ("image", "annotations", "words"),
    [
        ("registry.invalid/fluxcd/source-controller:v1.9.5", None, "not found"),
        (f"{IMAGE}@sha256:{SHA}", None, "digests of source-controller are not known"),
        ("ghcr.io/fluxcd/source-controller:v1.9.6", None, "only version 1.9.5"),
        (IMAGE, {"kubelet.proofbook.dev/no-image": "manager"}, "not found"),
    ],
)
def test_an_image_that_cannot_be_had_is_not_run(
    tmp_path: Path, image: str, annotations: Any, words: str
) -> None:
    played = PlayedController(tmp_path, controller(image, annotations))
    assert played.waits_for.startswith("ImagePullBackOff: Back-off pulling image")
    assert words in played.waits_for
    assert "Failed Error: ErrImagePull" in played.node.events
    assert not played.node.asked


@pytest.mark.parametrize(
    "image", ["ghcr.io/fluxcd/source-controller:", "ghcr.io/Flux/source-controller:v1.9.5"]
)
def test_what_cannot_be_an_image_is_not_run(tmp_path: Path, image: str) -> None:
    assert PlayedController(tmp_path, controller(image)).waits_for.startswith("InvalidImageName")


def test_a_registry_of_ones_own_wants_the_pull_secret_that_is_named(tmp_path: Path) -> None:
    secrets = [{"name": "regcred"}]
    own = "registry.internal/fluxcd/source-controller:v1.9.5"
    played = PlayedController(tmp_path, controller(own, imagePullSecrets=secrets))
    assert "ImagePullBackOff" in played.waits_for
    assert "may require authorization" in played.waits_for
    assert any("image pull secrets (regcred)" in each for each in played.node.events)
    assert played.pod is not None
    assert played.pod.unmet
    played.node.held |= HELD
    played.advance()
    assert played.node.asked == 1


def test_fluxs_own_registry_gives_it_without_a_secret(tmp_path: Path) -> None:
    played = PlayedController(tmp_path, controller(imagePullSecrets=[{"name": "regcred"}]))
    assert any("image pull secrets (regcred)" in each for each in played.node.events)
    assert played.node.asked == 1


def test_a_controller_that_is_told_to_fail_is_restarted_later_each_time(tmp_path: Path) -> None:
    told = {"kubelet.proofbook.dev/fails": "manager"}
    played = PlayedController(tmp_path, controller(annotations=told))
    for _ in range(2):
        played.advance()
    assert played.waits_for.startswith("CrashLoopBackOff")
    assert not played.node.asked


BESIDE = {"name": "proxy", "image": "proxy.invalid/p:1"}


def test_what_stands_beside_a_controller_is_looked_at_as_in_any_pod(tmp_path: Path) -> None:
    manager = {"name": "manager", "image": IMAGE}
    played = PlayedController(tmp_path, controller(containers=[manager, BESIDE]))
    proxy = played.status["containerStatuses"][1]
    assert proxy["state"]["waiting"]["reason"] == "ImagePullBackOff"
    assert played.node.asked == 1


def test_an_init_container_that_cannot_start_holds_the_controller_back(tmp_path: Path) -> None:
    played = PlayedController(tmp_path, controller(initContainers=[BESIDE]))
    assert played.status["phase"] == "Pending"
    assert not played.node.asked
