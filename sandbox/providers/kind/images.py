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
from sandbox.toolchain import Toolchain, pins

VARIABLE = "IMAGES"
SOURCES = ("auto", "registry", "local")
_TRY_S = 8
_PULL_S = 900
_PUBLISHED = "kindest/node"
_DEFAULT = re.compile(rb"kindest/node:v[\d.]+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class NodeImage:
    """The image that nodes start from."""

    reference: str
    kubernetes: str
    """The version of its nodes, without a leading v."""
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
    version = toolchain.versions["kubernetes"]
    built = NodeImage(node_image.tag_of(toolchain), version, local=True)
    if source != "local":
        published = published_of(toolchain)
        if source == "registry" or engine.image_id(published.reference):
            return _pulled(engine, published)
        if engine.image_id(built.reference):
            return built
        reason = unreachable(published.reference)
        if reason is None:
            return _pulled(engine, published)
        tell(f"no {published.reference} ({reason}): building the images from the toolchain")
    node_image.ensure(engine, toolchain, tell)
    return built


def published_of(toolchain: Toolchain) -> NodeImage:
    """The image that is pulled: kind's own default, for a pinned version kind's image of it."""
    version = toolchain.versions["kubernetes"]
    if version != pins.KUBERNETES.own():
        return NodeImage(f"{_PUBLISHED}:v{version}", version, local=False)
    default = kinds_default(toolchain)
    return NodeImage(default, default.partition(":v")[2].partition("@")[0], local=False)


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


def _pulled(engine: Engine, image: NodeImage) -> NodeImage:
    if engine.image_id(image.reference) is None:
        tag, _, digest = image.reference.partition(":")[2].partition("@")
        try:
            with told(f"pulling {image.reference}"):
                Engine(_PULL_S).client.images.pull(_PUBLISHED, tag=digest or tag)
        except SandboxError as error:
            raise SandboxError(
                error.what,
                phase="node image",
                cure="make the registry reachable, or IMAGES=local builds the images here",
            ) from error
    return image


def labelled(engine: Engine, image: NodeImage, tag: str, labels: Mapping[str, str]) -> str:
    """The image under a tag of the sandbox's own, with labels that its containers inherit.

    kind puts no labels of ours on its containers; the image's labels are how they get them.
    """
    lines = [f"LABEL {key}={value!r}" for key, value in labels.items()]
    recipe = "\n".join([f"FROM {image.reference}", *lines]).replace("'", '"')
    with told(f"labelling {image.reference}"):
        engine.client.images.build(fileobj=io.BytesIO(recipe.encode()), tag=tag, rm=True)
    return tag
