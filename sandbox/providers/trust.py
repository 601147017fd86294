"""Trust in what a cluster came from: it ends where the cluster does not come up whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.errors import SandboxError
from sandbox.providers import Provider


@contextmanager
def trusted(provider: Provider, cluster: str) -> Iterator[None]:
    """What a cluster came from is not taken again where it comes no further in here."""
    try:
        yield
    except SandboxError as trouble:
        provider.distrust(cluster, trouble)
        raise
