"""A cluster without Flux as it was when it was fresh: nobody puts anything back there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.cluster import census, hands
from sandbox.cluster.kubernetes import KubernetesApi


@dataclass(frozen=True)
class PlainCluster:
    """What it held, by name, and the fields that people's programs owned."""

    objects: frozenset[str]
    by_hand: Mapping[str, str]

    @classmethod
    def of(cls, api: KubernetesApi) -> PlainCluster:
        """Note a cluster as it is now."""
        return cls(census.take(api), census.by_hand(api))

    def is_untouched(self, api: KubernetesApi) -> bool:
        """Whether it holds what it held, and nothing was written into it."""
        same = census.take(api) == self.objects
        return same and not hands.left(self.by_hand, census.by_hand(api))
