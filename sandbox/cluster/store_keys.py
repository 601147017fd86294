"""The keys under which a cluster's store keeps its objects: what has changed at all, in one answer.

The API server is asked kind by kind, a hundred questions; its store says in one whether anything
has come or gone. Where no key has, nothing has: a key is the kind and the name of an object, which
is what a census compares (whether an object that was there has lost its owner is not looked at
then). In any other case the API server is asked. With each key comes the revision of the store in
which it was written last: what has still the same one is as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sandbox.cluster.served import ServedKind

ROOT = "/registry/"
"""Begins every key of an API server that is told no other `--etcd-prefix`."""
_ITS_OWN = ("events", "leases", "masterleases", "ranges")
"""What changes at all times, and that no census counts: events, who holds an office, and which
addresses and ports are given to services."""
_STORED_AS = {"minions": "nodes"}
"""Resources whose keys have another name than they have."""


def counted(keys: Mapping[str, int]) -> dict[str, int]:
    """The keys with their revisions, without those of what comes and goes by itself."""
    own = tuple(f"{ROOT}{name}/" for name in _ITS_OWN)
    return {key: revision for key, revision in keys.items() if not key.startswith(own)}


def written(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """The keys that were written since, new ones among them."""
    return [key for key, revision in now.items() if before.get(key) != revision]


def kinds_of(keys: Collection[str], kinds: Collection[ServedKind]) -> list[ServedKind]:
    """The kinds to which keys may belong; all of them where one key is not understood.

    A key is `/registry/<group>/<resource>/…` for what is defined in the cluster and for some of
    Kubernetes' own, `/registry/<resource>/…` for the rest of these, whose group it does not tell.
    """
    found = set()
    for key in keys:
        words = key.removeprefix(ROOT).split("/")
        group = words.pop(0) if "." in words[0] and len(words) > 1 else None
        resource = _STORED_AS.get(words[0], words[0])
        its = {each for each in kinds if _is_of(each, group, resource)}
        if not its:
            return list(kinds)
        found |= its
    return [each for each in kinds if each in found]


def _is_of(kind: ServedKind, group: str | None, resource: str) -> bool:
    return kind.path.rpartition("/")[2] == resource and group in (None, kind.group)
