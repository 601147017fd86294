"""Which provider: as asked, or kind where a Docker engine answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sandbox import from_path
from sandbox.errors import SandboxError, UsageError
from sandbox.providers import Provider
from sandbox.providers.embedded.provider import Embedded
from sandbox.providers.kind import Kind, images
from sandbox.providers.kind.engine import Engine
from sandbox.toolchain import Toolchain, pins

_SETS = {"embedded": ("embedded",), "kind": ("embedded", "kind")}
_EXTRAS = {"sops": "sops", "stores": "stores"}
"""The set of programs behind each extra of a layout."""
_CLASSES: dict[str, type[Embedded] | type[Kind]] = {"embedded": Embedded, "kind": Kind}
_ASK_S = 5
NAMES = ("auto", *_SETS)


def choose(asked: str) -> tuple[str, str]:
    """The provider for what was asked, and why. Raises UsageError on an unknown name.

    Also on an unknown source of images or programs, or version: nothing has been started yet.
    """
    if asked not in NAMES:
        raise UsageError(f"PROVIDER={asked} is unknown", cure=f"one of: {', '.join(NAMES)}")
    images.asked()
    from_path.asked()
    further = pins.Versions.asked()
    refuse(asked, further)
    if asked != "auto":
        return asked, "as asked"
    if not pins.has_node(further.kubernetes):
        return "embedded", f"no node of Kubernetes {further.kubernetes} is pinned"
    able, why = Kind.available()
    return ("kind" if able else "embedded"), why


def refuse(provider: str, versions: pins.Versions) -> None:
    """Raises UsageError where the provider has not these versions."""
    pins.of(versions.kubernetes, versions.flux, node=provider == "kind")


def toolchain_sets(provider: str, extras: Sequence[str] = ()) -> tuple[str, ...]:
    """What the toolchain must hold for a provider and what a layout asks for beside."""
    return (*_SETS[provider], *(_EXTRAS[each] for each in extras))


def simulated(provider: str) -> tuple[str, ...]:
    """What of a cluster this provider simulates."""
    return _CLASSES[provider].simulated


def make(name: str, sandbox: str, folder: Path, toolchain: Toolchain) -> Provider:
    """The provider `name` for the sandbox in `folder`."""
    return _CLASSES[name](sandbox, folder, toolchain)


def lacking(provider: str) -> str:
    """Why nothing can run with this provider here, whatever is asked; '' where something can."""
    if provider == "kind":
        try:
            Engine(_ASK_S)
        except SandboxError as error:
            return f"no Docker engine answers: {error.what}"
    return ""


def sweep(provider: str) -> list[str]:
    """Remove what killed runs left with this provider and nothing notes; the sandboxes' names."""
    return Kind.sweep() if provider == "kind" else []
