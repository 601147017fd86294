"""The kind program: how a cluster is made with it, and what its errors mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox import command
from sandbox.errors import CommandFailed, SandboxError
from sandbox.processes.supervisor import TAG
from sandbox.providers.kind import inotify
from sandbox.providers.kind.connection import ENGINE_CURE
from sandbox.providers.kind.engine import Engine

_LIMIT_S = 300
_CURES = (
    ("no space left", "free space where the engine keeps its data, then run it again"),
    (
        "too many open files",
        inotify.CURE,
    ),
    ("Cannot connect to the Docker daemon", ENGINE_CURE),
    (
        "apply caps",
        "stop the engine and let `.ci/engine` start it: the host withholds capabilities",
    ),
)
_ANY_CURE = "`make doctor` shows what this host lacks; PROVIDER=embedded needs no engine"


@dataclass(frozen=True)
class Wanted:
    """A cluster as kind is asked for it."""

    name: str
    image: str
    network: str
    configuration: str
    """YAML."""
    kubeconfig: Path
    """Where kind writes it; its output goes to kind.log beside it."""
    folder: Path
    """Of the sandbox: the mark by which a killed run's kind is found."""


def create_cluster(kind: Path, engine: Engine, wanted: Wanted) -> None:
    """Make the node's container and start Kubernetes in it; not yet Ready when this returns.

    Raises SandboxError with cause and cure; the container stays then, so that its log can be read.
    """
    env = {
        **engine.env(),
        "KIND_EXPERIMENTAL_DOCKER_NETWORK": wanted.network,
        TAG: str(wanted.folder),
    }
    line: list[str | Path] = [kind, "create", "cluster", "--name", wanted.name]
    # Without --wait: kind reports success when it times out. `ready` looks itself.
    line += ["--image", wanted.image, "--config", "-", "--kubeconfig", wanted.kubeconfig]
    line += ["--retain"]
    log = wanted.kubeconfig.with_name("kind.log")
    wanted.kubeconfig.unlink(missing_ok=True)  # kind would add to what a killed run left
    try:
        done = command.run(line, env=env, stdin=wanted.configuration, limit=_LIMIT_S)
    except CommandFailed as error:
        log.write_text(error.output)
        said = cause(error.output)
        raise SandboxError(
            f"kind could not create {wanted.name}: {said}", cure=cure(error.output)
        ) from error
    log.write_text(done.output)


def cause(output: str) -> str:
    """What kind said went wrong: its error, and the output of the command that it ran."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    first = next((at for at, line in enumerate(lines) if line.startswith("ERROR")), -2)
    return " ".join(lines[first:][:4])[-600:] or "it said nothing"


def cure(output: str) -> str:
    """What helps against it, as far as it is known."""
    return next((known for sign, known in _CURES if sign in output), _ANY_CURE)
