"""The Docker engine, through Docker's SDK: what the kind provider asks of it, and nothing else.

Everything that is made here carries labels, and only what carries them is ever removed.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.models.containers import Container
from docker.models.networks import Network

from sandbox.errors import MissingTool, SandboxError

SANDBOX_LABEL = "dev.proofbook.sandbox"
"""Name of the sandbox that a container, network or image belongs to."""
FOLDER_LABEL = "dev.proofbook.folder"
"""Folder of that sandbox: two users' sandboxes may have the same name."""
CLUSTER_LABEL = "io.x-k8s.kind.cluster"
"""kind's own label on its node containers."""

OLDEST = (20, 10)
"""kind needs private cgroup namespaces, API 1.41 (kind 0.33, providers/docker/provision.go)."""
ENGINE_CURE = (
    "start it (`.ci/engine` on a bare Debian or Ubuntu, `systemctl start docker` elsewhere), then "
    "run the command again: what is left is removed first. Without an engine: PROVIDER=embedded"
)
_OLDEST_API = "1.41"
_TIMEOUT_S = 60
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")
"""What a terminal would act on: colours, returns."""
_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


def endpoint() -> str:
    """Where the engine listens: DOCKER_HOST, else what the docker program's context says."""
    if told := os.environ.get("DOCKER_HOST"):
        return told
    program = shutil.which("docker")
    if program is not None and (Path.home() / ".docker" / "config.json").exists():
        done = subprocess.run(
            [program, "context", "inspect", "--format", "{{json .Endpoints.docker.Host}}"],
            capture_output=True,
            text=True,
            timeout=10,
        )
        if done.returncode == 0 and done.stdout.strip():
            return str(json.loads(done.stdout))
    return "unix:///var/run/docker.sock"


def _client(url: str, timeout_s: int) -> docker.DockerClient:
    """A client that speaks the engine's own version of the API.

    Asked with a client that is closed again, behind a look at the socket: the SDK's own way leaks
    both where no engine answers.
    """
    if url.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(timeout_s)
            try:
                probe.connect(url.removeprefix("unix://"))
            except OSError as error:
                raise DockerException(str(error)) from error
    asking = docker.DockerClient(base_url=url, timeout=timeout_s, version=_OLDEST_API)
    try:
        version = str(asking.version(api_version=False)["ApiVersion"])
    finally:
        asking.close()
    return docker.DockerClient(base_url=url, timeout=timeout_s, version=version)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn the SDK's errors into ours: who, what, and the cure."""
    try:
        yield
    except (DockerException, requests.RequestException) as error:
        said = str(getattr(error, "explanation", None) or error).strip()
        if _NO_SPACE.search(said):
            raise SandboxError(
                f"{what}: the engine's disk is full: {said}",
                cure="free space (`docker system df` shows what takes it), then run it again",
            ) from error
        if isinstance(error, APIError) and error.status_code is not None:
            raise SandboxError(f"{what}: the Docker engine refused: {said}") from error
        raise SandboxError(
            f"{what}: the Docker engine does not answer: {_root(error)}", cure=ENGINE_CURE
        ) from error


def _root(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return error


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The addresses of a Docker network."""

    subnet: ipaddress.IPv4Network
    gateway: str
    """The address of the engine's machine in it."""


class Engine:
    """A Docker engine that answers. Raises SandboxError with the cure where none does."""

    def __init__(self, timeout_s: float = _TIMEOUT_S) -> None:
        self.url = endpoint()
        with told(f"engine at {self.url}"):
            self.client = _client(self.url, int(timeout_s))
            # Closed when nobody uses it any more, at the end of the process at the latest.
            weakref.finalize(self, self.client.close)
            self.info: dict[str, Any] = self.client.info()
        self._network_lock = threading.Lock()

    def env(self) -> dict[str, str]:
        """The environment in which the docker program (kind calls it) asks the same engine.

        Raises MissingTool where there is no such program.
        """
        if shutil.which("docker") is None:
            raise MissingTool("docker", cure="install Docker's command line (Debian: docker.io)")
        return {**os.environ, "DOCKER_HOST": self.url}

    @property
    def version(self) -> str:
        """For example `20.10.24`."""
        return str(self.info["ServerVersion"])

    @property
    def is_recent(self) -> bool:
        """Whether kind can work with it."""
        found = re.match(r"(\d+)\.(\d+)", self.version)
        return found is None or (int(found[1]), int(found[2])) >= OLDEST

    @property
    def cgroup(self) -> int:
        """Version of the control groups that containers get: 1 or 2."""
        return int(self.info.get("CgroupVersion", 1))

    @property
    def storage_driver(self) -> str:
        """For example `overlay2`."""
        return str(self.info["Driver"])

    @property
    def root(self) -> Path:
        """Where the engine keeps its data; on another machine than this where it is remote."""
        return Path(self.info["DockerRootDir"])

    # -- containers

    def nodes(self, labels: Mapping[str, str]) -> list[Container]:
        """Containers with all these labels ("" for any value), running or not."""
        wanted = [f"{key}={value}" if value else key for key, value in labels.items()]
        with told("listing containers"):
            found: list[Container] = self.client.containers.list(
                all=True, filters={"label": wanted}, ignore_removed=True
            )
            return found

    def remove_containers(self, labels: Mapping[str, str]) -> list[str]:
        """Remove containers with all these labels and their volumes; their names."""
        gone = []
        for container in self.nodes(labels):
            with told(f"removing container {container.name}"):
                try:
                    container.remove(force=True, v=True)
                except NotFound:  # somebody else was quicker
                    continue
                except APIError as error:
                    if error.status_code != requests.codes.conflict:
                        raise  # a conflict: its removal is already in progress
            gone.append(str(container.name))
        return gone

    def log(self, container: str, tail: int = 1000) -> str:
        """What the main process of a container printed last."""
        with told(f"reading the log of {container}"):
            output = self.client.containers.get(container).logs(tail=tail)
        return _CONTROL.sub("", output.decode(errors="replace"))

    def execute(self, container: str, command: list[str]) -> str:
        """Run a program in a container; its standard output. Raises SandboxError if it fails."""
        with told(f"running {command[0]} in {container}"):
            exit_code, streams = self.client.containers.get(container).exec_run(command, demux=True)
        out, err = (
            (each or b"").decode(errors="replace")
            for each in cast(tuple[bytes | None, bytes | None], streams)
        )
        if exit_code:
            said = (err or out).strip()[-600:]
            raise SandboxError(f"`{' '.join(command)[:200]}` in {container} failed: {said}")
        return out

    def owners(self) -> dict[str, str]:
        """Folder → name of every sandbox that has a container, a network or an image here."""
        wanted = {"label": FOLDER_LABEL}
        with told("listing what carries a sandbox's label"):
            labels = [each.labels for each in self.nodes({FOLDER_LABEL: ""})]
            labels += [each.attrs["Labels"] for each in self.client.networks.list(filters=wanted)]
            labels += [each.labels for each in self.client.images.list(filters=wanted)]
        return {each[FOLDER_LABEL]: each[SANDBOX_LABEL] for each in labels}

    # -- networks

    def network(self, name: str, labels: Mapping[str, str]) -> Network:
        """The bridge network of that name, made now where it is not there.

        Raises SandboxError where a network of that name is somebody else's.
        """
        with self._network_lock, told(f"network {name}"):
            for found in self.client.networks.list(names=[name]):
                if found.name != name:  # the engine also lists names that contain it
                    continue
                if any((found.attrs["Labels"] or {}).get(k) != v for k, v in labels.items()):
                    raise SandboxError(
                        f"there is a Docker network {name} that is not this sandbox's",
                        cure=f"look at it with `docker network inspect {name}`; remove or rename "
                        "it, or choose another name for the sandbox",
                    )
                return found
            return self.client.networks.create(
                name, driver="bridge", labels=dict(labels), check_duplicate=True
            )

    def pool(self, network: Network) -> Pool:
        """The IPv4 addresses of a network. Raises SandboxError where it has none."""
        with told(f"network {network.name}"):
            network.reload()
        for each in network.attrs["IPAM"]["Config"]:
            subnet = ipaddress.ip_network(each["Subnet"])
            if isinstance(subnet, ipaddress.IPv4Network):
                gateway = str(each.get("Gateway") or subnet[1]).split("/")[0]
                return Pool(subnet=subnet, gateway=gateway)
        raise SandboxError(f"the network {network.name} has no IPv4 addresses")

    def remove_networks(self, labels: Mapping[str, str]) -> list[str]:
        """Remove networks with all these labels; their names."""
        wanted = [f"{key}={value}" if value else key for key, value in labels.items()]
        gone = []
        with told("removing networks"):
            for network in self.client.networks.list(filters={"label": wanted}):
                try:
                    network.remove()
                except NotFound:  # somebody else was quicker
                    continue
                gone.append(str(network.name))
        return gone

    # -- images

    def image_id(self, reference: str) -> str | None:
        """Id of an image that the engine has, else None."""
        with told(f"looking for image {reference}"):
            try:
                return str(self.client.images.get(reference).id)
            except ImageNotFound:
                return None

    def remove_images(self, labels: Mapping[str, str]) -> list[str]:
        """Remove the tags of images with all these labels; the tags."""
        wanted = [f"{key}={value}" if value else key for key, value in labels.items()]
        gone = []
        with told("removing images"):
            for image in self.client.images.list(filters={"label": wanted}):
                for tag in image.tags or [str(image.id)]:
                    try:
                        self.client.images.remove(tag, force=True)
                    except ImageNotFound:  # somebody else was quicker
                        continue
                    gone.append(tag)
        return gone
