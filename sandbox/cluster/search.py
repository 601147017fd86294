"""Find out which objects of a cluster hold a text, decoded and unpacked data included."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Callable, Iterator

from sandbox.cluster import served
from sandbox.cluster.kubernetes import KubernetesApi, Object, field

_PACKED = b"\x1f\x8b"
_PACKED_ENCODED = b"H4sI"
"""Begins what was packed and then encoded, as Helm does it with a release."""


def holders(api: KubernetesApi, tells: Callable[[str], bool]) -> list[str]:
    """`Kind namespace/name` of every object of every kind that tells it, sorted.

    `tells` is asked about the object as JSON, and about each value of its data as whoever reads it.
    """
    found = []
    for kind in served.kinds(api):
        for item in served.listed(lambda path: field(api.get(path), "items", default=[]), kind):
            if any(tells(text) for text in _texts(item)):
                meta = item["metadata"]
                name = (
                    f"{meta['namespace']}/{meta['name']}" if "namespace" in meta else meta["name"]
                )
                found.append(f"{kind.name} {name}")
    return sorted(set(found))


def _texts(item: Object) -> Iterator[str]:
    yield json.dumps(item, ensure_ascii=False)
    for entries in (item.get("data"), item.get("binaryData")):
        for value in entries.values() if isinstance(entries, dict) else ():
            if isinstance(value, str):
                for each in (value.encode(), *_decoded(value.encode())):
                    yield each.decode(errors="replace")


def _decoded(value: bytes) -> Iterator[bytes]:
    """What a value says to whoever decodes it, and unpacks what was packed."""
    try:
        plain = base64.b64decode(value, validate=True)
        yield plain
        if plain.startswith(_PACKED_ENCODED):
            plain = base64.b64decode(plain, validate=True)
        if plain.startswith(_PACKED):
            yield gzip.decompress(plain)
    except (binascii.Error, OSError, EOFError, zlib.error):
        return
