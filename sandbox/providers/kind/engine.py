"""The Docker engine, through Docker's SDK: what the kind provider asks of it, and nothing else.

Everything that is made here carries labels, and only what carries them is ever removed.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import shutil
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import requests
from docker.errors import APIError, ImageNotFound, NotFound
from docker.models.containers import Container
from docker.models.networks import Network
from docker.utils.socket import frames_iter

from sandbox import user_settings
from sandbox.errors import MissingTool, SandboxError
from sandbox.providers.kind.connection import connect, endpoint, told

SANDBOX_LABEL = "dev.proofbook.sandbox"
"""Name of the sandbox that a container, network or image belongs to."""
FOLDER_LABEL = "dev.proofbook.folder"
"""Folder of that sandbox: two users' sandboxes may have the same name."""
CLUSTER_LABEL = "io.x-k8s.kind.cluster"
"""kind's own label on its node containers."""

OLDEST = (20, 10)
"""kind needs private cgroup namespaces, API 1.41 (kind 0.33, providers/docker/provision.go)."""
_TIMEOUT_S = 60
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")
"""What a terminal would act on: colours, returns."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The addresses of a Docker network."""

    subnet: ipaddress.IPv4Network
    gateway: str
    """The address of the engine's machine in it."""


def _with(labels: Mapping[str, str]) -> dict[str, Any]:
    """The engine's filter for all these labels; "" stands for any value."""
    return {"label": [f"{key}={value}" if value else key for key, value in labels.items()]}


class Engine:
    """A Docker engine that answers. Raises SandboxError with the cure where none does."""

    def __init__(self, timeout_s: float = _TIMEOUT_S) -> None:
        self.url = endpoint()
        with told(f"engine at {self.url}"):
            self.client = connect(self.url, int(timeout_s))
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
        # Behind a proxy the nodes pull through it: kind hands it on to them.
        needed = {
            name: value
            for name, value in os.environ.items()
            if name.startswith("DOCKER_") or name in user_settings.PROXIES
        }
        return {**user_settings.without(os.environ), **needed, "DOCKER_HOST": self.url}

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
        with told("listing containers"):
            found: list[Container] = self.client.containers.list(
                all=True, filters=_with(labels), ignore_removed=True
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

    def stream(self, container: str, command: Sequence[str]) -> Iterator[str]:
        """What a program prints in a container, piece by piece, until it ends."""
        with told(f"running {command[0]} in {container}"):
            api = self.client.api
            made = api.exec_create(container, list(command))
            # As a socket: the SDK's own generator leaves its connection open.
            link: Any = api.exec_start(made["Id"], socket=True)
            with contextlib.closing(link), contextlib.closing(link._response):
                for _, piece in frames_iter(link, tty=False):  # type: ignore[no-untyped-call]
                    yield piece.decode(errors="replace")

    def owners(self) -> dict[str, str]:
        """Folder → name of every sandbox that has a container, a network or an image here."""
        wanted = _with({FOLDER_LABEL: ""})
        with told("listing what carries a sandbox's label"):
            labels = [each.labels for each in self.nodes({FOLDER_LABEL: ""})]
            labels += [each.attrs["Labels"] for each in self.client.networks.list(filters=wanted)]
            labels += [each.labels for each in self.client.images.list(filters=wanted)]
        return {each[FOLDER_LABEL]: each[SANDBOX_LABEL] for each in labels}

    def labelled(self, labels: Mapping[str, str]) -> list[str]:
        """Everything with all these labels, in words: containers, networks and images."""
        wanted = _with(labels)
        with told("listing what carries a sandbox's label"):
            found = [f"container {each.name}" for each in self.nodes(labels)]
            found += [f"network {each.name}" for each in self.client.networks.list(filters=wanted)]
            images = self.client.images.list(filters=wanted)
        return found + [f"image {tag}" for image in images for tag in image.tags]

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
        gone = []
        with told("removing networks"):
            for network in self.client.networks.list(filters=_with(labels)):
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
        gone = []
        with told("removing images"):
            for image in self.client.images.list(filters=_with(labels)):
                for tag in image.tags or [str(image.id)]:
                    try:
                        self.client.images.remove(tag, force=True)
                    except ImageNotFound:  # somebody else was quicker
                        continue
                    gone.append(tag)
        return gone
