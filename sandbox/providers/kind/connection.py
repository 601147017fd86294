"""The way to the Docker engine: where it listens, a client for it, and its errors in our words."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import requests
from docker.errors import APIError, DockerException

from sandbox.errors import SandboxError, UsageError

ENGINE_CURE = (
    "start it (`.ci/engine` on a bare Debian or Ubuntu, `systemctl start docker` elsewhere), then "
    "run the command again: what is left is removed first. Without an engine: PROVIDER=embedded"
)
_OLDEST_API = "1.41"
_PLACE = re.compile(r"unix:///.+|(?:tcp|https?)://[^/:]+(?::\d+)?/?")
_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


def endpoint() -> str:
    """Where the engine listens: DOCKER_HOST, else what the docker program's context says.

    Raises UsageError on a DOCKER_HOST that is no such place.
    """
    if told := os.environ.get("DOCKER_HOST"):
        if not _PLACE.fullmatch(told):
            raise UsageError(
                f"DOCKER_HOST={told} is no place of an engine",
                cure="unset it, or write unix:///path/of/socket or tcp://host:port",
            )
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


def connect(url: str, timeout_s: int) -> docker.DockerClient:
    """A client that speaks the engine's own version of the API. Raises DockerException.

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
