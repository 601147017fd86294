"""What a simulated pod says of its images, before any is pulled."""

from __future__ import annotations

from typing import Any

import pytest
from played_pod import Played, app, manifest

from sandbox.providers.embedded import image_reference

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "image",
    [
        "podinfo",
        "nginx:1.29",
        "stefanprodan/podinfo:6.9.2",
        "ghcr.io/stefanprodan/podinfo:6.9.2",
        f"ghcr.io/stefanprodan/podinfo@sha256:{SHA}",
        f"ghcr.io/stefanprodan/podinfo:6.9.2@sha256:{SHA}",
        "localhost:5000/a/b__c/d-e.f:v1_2-3",
        "[::1]:5000/app",
        "Registry.Example/app:1",
        "registry.invalid:5000/team/app:1",
    ],
)
def test_a_reference_of_an_image_is_taken(image: str) -> None:
    assert image_reference.fault(image) == ""


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        ("ghcr.io/org/app:${tag}", "invalid reference format"),
        ("ghcr.io/org/app:", "invalid reference format"),
        ("app:", "invalid reference format"),
        (":1", "invalid reference format"),
        ("ghcr.io//app:1", "invalid reference format"),
        ("https://ghcr.io/org/app:1", "invalid reference format"),
        ("app:one two", "invalid reference format"),
        ("app@sha256:abc", "invalid reference format"),
        (
            "ghcr.io/Org/App:1",
            "invalid reference format: repository name (Org/App) must be lowercase",
        ),
        ("App:1", "invalid reference format: repository name (library/App) must be lowercase"),
        (f"app@sha256:{SHA[:-1]}", "invalid checksum digest length"),
        (f"app@sha256:{SHA.upper()}", "invalid checksum digest format"),
        (f"app@md5:{SHA[:32]}", "unsupported digest algorithm"),
        (SHA, f"invalid repository name ({SHA}), cannot specify 64-byte hexadecimal strings"),
        (f"{'a/' * 130}b", "repository name must not be more than 255 characters"),
    ],
)
def test_what_cannot_be_an_image_is_told_as_a_kubelet_tells_it(image: str, cause: str) -> None:
    played = Played(manifest(containers=app(image=image)))
    said = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": '
    assert played.waiting() == ("InvalidImageName", said + cause)
    assert played.status["phase"] == "Pending"
    assert played.condition("Ready")["reason"] == "ContainersNotReady"
    assert played.node.events == [f"InspectFailed {said}{cause}", "Failed Error: InvalidImageName"]


def test_an_image_of_an_init_container_is_looked_at_too() -> None:
    first = [{"name": "migrate", "image": "example.com/migrate:"}]
    played = Played(manifest(initContainers=first))
    [migrate] = played.status["initContainerStatuses"]
    assert migrate["state"]["waiting"]["reason"] == "InvalidImageName"
    assert played.condition("Initialized")["status"] == "False"


def test_an_image_that_is_set_right_is_run() -> None:
    played = Played(manifest(containers=app(image="app:")))
    played.manifest["spec"]["containers"] = app(image="app:2")
    played.advance()
    assert played.condition("Ready")["status"] == "True"
    assert played.container()["image"] == "app:2"


def test_an_image_that_is_never_pulled_is_not_there() -> None:
    played = Played(manifest(containers=app(imagePullPolicy="Never")))
    said = 'Container image "example.com/app:1" is not present with pull policy of Never'
    assert played.waiting() == ("ErrImageNeverPull", said)
    assert played.node.events == [f"ErrImageNeverPull {said}", "Failed Error: ErrImageNeverPull"]


@pytest.mark.parametrize(
    ("image", "annotations"),
    [
        ("registry.invalid/app:1", None),
        ("registry.invalid:5000/team/app:1", None),
        ("example.com/app:1", {"kubelet.proofbook.dev/no-image": "app"}),
    ],
)
def test_an_image_that_cannot_be_had_is_told(image: str, annotations: Any) -> None:
    played = Played(manifest(annotations, containers=[{"name": "app", "image": image}]))
    reason, message = played.waiting()
    assert reason == "ImagePullBackOff"
    assert message.startswith(f'Back-off pulling image "{image}": ErrImagePull')
    assert played.status["phase"] == "Pending"
    assert "Failed Error: ErrImagePull" in played.node.events


def test_a_pull_secret_that_is_missing_is_told_and_the_pull_is_tried() -> None:
    secrets = [{"name": "regcred"}, {"name": "there"}, {"name": "other"}, {}]
    held = {("Secret", "dev", "there"): frozenset({".dockerconfigjson"})}
    played = Played(manifest(imagePullSecrets=secrets), held)
    assert played.node.events == [
        "FailedToRetrieveImagePullSecret Unable to retrieve some image pull secrets "
        "(regcred, other); attempting to pull the image may not succeed."
    ]
    assert played.condition("Ready")["status"] == "True"
