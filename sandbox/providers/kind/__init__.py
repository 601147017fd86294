"""The kind provider: clusters of real containers, one kind node each, on a Docker engine."""

from sandbox.providers.kind.provider import Kind

__all__ = ["Kind"]
