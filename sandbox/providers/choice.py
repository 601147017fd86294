"""Which provider: as asked, or kind where a Docker engine answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.providers import Provider
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain

Maker = Callable[[str, Path, Toolchain], Provider]
_SETS = {"embedded": ("embedded",)}
_MAKERS: dict[str, Maker] = {"embedded": Embedded}
NAMES = ("auto", *_MAKERS)


def choose(asked: str) -> tuple[str, str]:
    """The provider for what was asked, and why. Raises UsageError on an unknown name."""
    if asked not in NAMES:
        raise UsageError(f"PROVIDER={asked} is unknown", cure=f"one of: {', '.join(NAMES)}")
    if asked != "auto":
        return asked, "as asked"
    return "embedded", "the only provider that is built yet"


def toolchain_sets(provider: str) -> tuple[str, ...]:
    """What the toolchain must hold for a provider."""
    return _SETS[provider]


def make(name: str, sandbox: str, folder: Path, toolchain: Toolchain) -> Provider:
    """The provider `name` for the sandbox in `folder`."""
    return _MAKERS[name](sandbox, folder, toolchain)
