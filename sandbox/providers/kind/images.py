"""Where a node's images come from: a registry, or the toolchain of this machine."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.errors import SandboxError, UsageError
from sandbox.providers.kind import node_image
from sandbox.providers.kind.connection import told
from sandbox.providers.kind.engine import Engine
from sandbox.toolchain import Toolchain

VARIABLE = "IMAGES"
SOURCES = ("auto", "registry", "local")
_TRY_S = 8
_PULL_S = 900
_DEFAULT = re.compile(rb"kindest/node:v[\d.]+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class NodeImage:
    """The image that nodes start from."""

    reference: str
    local: bool
    """Whether it was built here; then nothing is ever pulled, by the engine or in a node."""


def asked() -> str:
    """What IMAGES says. Raises UsageError where it is no source."""
    source = os.environ.get(VARIABLE) or "auto"
    if source not in SOURCES:
        raise UsageError(f"{VARIABLE}={source} is unknown", cure=f"one of: {', '.join(SOURCES)}")
    return source


def ensure(
    engine: Engine, toolchain: Toolchain, source: str, tell: Callable[[str], None]
) -> NodeImage:
    """An image that the engine has, pulled or built now where it has none."""
    if source == "local":
        return NodeImage(node_image.ensure(engine, toolchain, tell), local=True)
    default = kinds_default(toolchain)
    if source == "registry":
        return NodeImage(_pulled(engine, default), local=False)
    if engine.image_id(default):
        return NodeImage(default, local=False)
    built = f"{node_image.REPOSITORY}:{node_image.key(toolchain)}"
    if engine.image_id(built):
        return NodeImage(built, local=True)
    reason = unreachable(default)
    if reason is None:
        return NodeImage(_pulled(engine, default), local=False)
    tell(f"no registry ({reason}): building the images from the toolchain")
    return NodeImage(node_image.ensure(engine, toolchain, tell), local=True)


def kinds_default(toolchain: Toolchain) -> str:
    """kind's own default node image: read out of the program, which has no command that says it."""
    found = _DEFAULT.search((toolchain.bin / "kind").read_bytes())
    if found is None:
        raise SandboxError(
            "kind names no default node image", phase="node image", cure="use IMAGES=local"
        )
    return found[0].decode()


def unreachable(reference: str) -> str | None:
    """Why the engine can't get an image, asked briefly; None where it can."""
    try:
        with told(f"asking for {reference}"):
            Engine(_TRY_S).client.images.get_registry_data(reference)
    except SandboxError as error:
        return error.what.split(": ", 2)[-1].splitlines()[0][:200]
    return None


def _pulled(engine: Engine, reference: str) -> str:
    if engine.image_id(reference) is None:
        try:
            with told(f"pulling {reference}"):
                repository, digest = reference.split("@")
                Engine(_PULL_S).client.images.pull(repository.split(":")[0], tag=digest)
        except SandboxError as error:
            raise SandboxError(
                error.what,
                phase="node image",
                cure="make the registry reachable, or IMAGES=local builds the images here",
            ) from error
    return reference


def labelled(engine: Engine, image: NodeImage, tag: str, labels: Mapping[str, str]) -> str:
    """The image under a tag of the sandbox's own, with labels that its containers inherit.

    kind puts no labels of ours on its containers; the image's labels are how they get them.
    """
    lines = [f"LABEL {key}={value!r}" for key, value in labels.items()]
    recipe = "\n".join([f"FROM {image.reference}", *lines]).replace("'", '"')
    with told(f"labelling {image.reference}"):
        engine.client.images.build(fileobj=io.BytesIO(recipe.encode()), tag=tag, rm=True)
    return tag
