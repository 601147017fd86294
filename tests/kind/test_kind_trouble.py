"""Trouble on a real engine: each ends with phase, cause and cure, exit code 3, and nothing left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_live import CLUSTER, LIMIT_S, ROOT, Trial, Way

from sandbox.errors import SandboxError
from sandbox.providers.kind import Kind, cache, node_image, ready
from sandbox.providers.kind.engine import CLUSTER_LABEL, Engine
from sandbox.waiting import wait_until

pytestmark = pytest.mark.engine
OTHERS = "proofbook/trouble"
"""Images of these tests: what they break and remove is nobody else's."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trial]:
    """A sandbox of its own; whatever a test leaves of it is removed."""
    monkeypatch.setenv("PROOFBOOK_STATE", str(tmp_path))
    monkeypatch.setenv("IMAGES", "local")
    made = Trial("trouble")
    yield made
    made.clean()


def test_a_node_that_is_killed_while_it_comes_up(trial: Trial) -> None:
    process = trial.up()
    trial.engine.client.containers.get(trial.wait_for_node()).kill()
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 3, said
    assert said.startswith(f"up: cluster {CLUSTER}: "), said
    assert "Cure: " in said
    assert "Traceback" not in said
    assert trial.parts() == []


def test_an_engine_that_stops_in_the_middle(trial: Trial, tmp_path: Path) -> None:
    way = Way(tmp_path)
    process = trial.up(DOCKER_HOST=way.url)
    trial.wait_for_node()
    way.cut()
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 3, said
    assert "Traceback" not in said
    assert "Docker engine does not answer" in said or "Cannot connect to the Docker daemon" in said
    assert "`python -m sandbox down --name trouble` removes it" in said
    assert trial.parts(), "nothing is left: the engine was not cut off in time"
    assert trial.down().returncode == 0
    assert trial.parts() == []


def test_a_killed_run_is_swept_by_the_next(trial: Trial) -> None:
    process = trial.up()
    trial.wait_for_node()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=LIMIT_S)
    assert trial.parts()
    assert trial.down().returncode == 0
    assert trial.parts() == []


def test_a_cluster_of_the_same_name_that_is_not_ours(trial: Trial) -> None:
    name = trial.kind._full(CLUSTER)
    image = node_image.ensure(trial.engine, trial.kind.toolchain, print)
    theirs = trial.engine.client.containers.create(
        image, "sleep", entrypoint="", labels={CLUSTER_LABEL: name}, network_mode="none"
    )
    try:
        process = trial.up()
        _, said = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 3, said
        assert f"there is a kind cluster {name} that is not this sandbox's" in said
        assert f"kind delete cluster --name {name}" in said
        assert trial.parts() == []
        theirs.reload()
    finally:
        theirs.remove(force=True)


def test_a_cluster_that_does_not_become_ready_in_time(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "LIMIT_S", 0.1)
    with pytest.raises(SandboxError, match=r"node and kube-proxy of .*; last seen: ") as failure:
        trial.kind.create(CLUSTER)
    assert failure.value.exit_code == 3
    assert [part for part in trial.parts() if part.startswith("container")] == []


def test_local_images_are_never_pulled(trial: Trial) -> None:
    trial.kind.create(CLUSTER)
    assert trial.kind.pulled(CLUSTER) == []


@pytest.fixture
def other_images(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Node images under a name of these tests."""
    monkeypatch.setattr(node_image, "REPOSITORY", OTHERS)
    yield
    for name in (OTHERS, f"{OTHERS}-base"):
        for image in engine.client.images.list(name=name):
            engine.client.images.remove(image.tags[0], force=True)


@pytest.mark.usefixtures("other_images")
def test_an_image_that_a_killed_run_half_built_is_built_anew(trial: Trial, engine: Engine) -> None:
    script = (
        "from sandbox.providers.kind import node_image; "
        f"node_image.REPOSITORY = {OTHERS!r}; "
        "from sandbox.providers.kind.engine import Engine; "
        "from sandbox.toolchain import ensure; "
        "node_image.ensure(Engine(), ensure(('embedded', 'kind')), print)"
    )
    builder = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=os.environ)
    label = {node_image.BUILD_LABEL: "container"}
    wait_until(
        "the container of the build", lambda: (engine.nodes(label) or None, "none yet"), LIMIT_S
    )
    builder.kill()
    builder.wait(LIMIT_S)
    assert engine.nodes(label), "the build was over before it was killed"
    tag = node_image.tag_of(trial.kind.toolchain)
    assert engine.image_id(tag) is None
    assert node_image.ensure(engine, trial.kind.toolchain, print) == tag
    assert engine.image_id(tag)
    assert engine.nodes(label) == []


@pytest.mark.usefixtures("other_images")
def test_a_disk_that_fills_while_an_image_is_built(
    trial: Trial, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small]).returncode:
        pytest.skip("a small disk needs the right to mount")
    try:
        base = cache.images_home()
        # The base of Debian packages is there: the disk fills with the images above it.
        for each in base.glob("base-*"):
            (small / each.name).symlink_to(each)
        monkeypatch.setattr(cache, "images_home", lambda: small)
        monkeypatch.setattr(node_image, "DISK_GIB", 0.0)  # past the check before a build
        with pytest.raises(SandboxError, match="the disk is full") as failure:
            node_image.ensure(engine, trial.kind.toolchain, print)
        assert failure.value.exit_code == 3
        assert failure.value.phase == "node image"
        assert "PROOFBOOK_CACHE" in failure.value.cure
        assert not (small / "work").exists()
        assert engine.nodes({node_image.BUILD_LABEL: "container"}) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_other_containers_and_networks_stay(trial: Trial, engine: Engine) -> None:
    image = node_image.ensure(trial.engine, trial.kind.toolchain, print)
    other = engine.client.networks.create("proofbook-trouble-other")
    container = engine.client.containers.create(
        image, "sleep", entrypoint="", labels={CLUSTER_LABEL: "kind"}, network_mode="none"
    )
    try:
        trial.kind.create(CLUSTER)
        trial.kind.delete()
        Kind.sweep()
        container.reload()
        other.reload()
    finally:
        container.remove(force=True)
        other.remove()
