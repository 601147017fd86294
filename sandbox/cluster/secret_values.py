"""The values of a Kubernetes Secret as whoever decodes them reads them: to be shown nowhere.

Of a Secret in which Helm keeps a release, the values that were given under a telling name.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml

from sandbox.cluster.kubernetes import Object, field

_HELM = "helm.sh/release.v1"
_OPEN = re.compile(
    r"(?:.*[._-])?(?:pub|crt|ca|cert|user|username|known_hosts|namespace|host|type)",
    re.IGNORECASE,
)
"""Keys whose values are no secret: who, where, and what everybody may know of a key pair.

An `address` or `url` is none of them: that of a webhook is all that it takes to use it.
"""
_TELLING = re.compile(
    r".*(?:token|passw|secret|credential|private|api[-_]?key|access[-_]?key).*", re.IGNORECASE
)
_ENCRYPTED = "ENC["
_DIGITS = 6
"""A number of fewer digits says nothing to whoever finds it."""


def secret_values(secret: Object) -> set[str]:
    """The values of a Secret, decoded; of a value that is YAML or JSON also each text in it."""
    data = field(secret, "data", default={})
    if secret.get("type") == _HELM:
        # Anybody may give a Secret this type: what is no release is read as any other Secret.
        with suppress(KeyError, ValueError, OSError, EOFError):
            return {text for key, text in _leaves(release_config(data)) if _TELLING.fullmatch(key)}
    found = set()
    for key, encoded in data.items():
        if _OPEN.fullmatch(key):
            continue
        try:
            value = base64.b64decode(encoded).decode()
        except (UnicodeDecodeError, binascii.Error):
            found.add(encoded)  # no text: it can only be shown as it is spelled here
            continue
        found |= {value, *(text for name, text in _leaves(_parsed(value)) if _is_own(name))}
    return {each for each in found if each.strip() and not each.startswith(_ENCRYPTED)}


def release_config(data: dict[str, str]) -> Any:
    """The values that Helm stored in a Secret's data: none are stored where none were given.

    Helm encodes and compresses a release before Kubernetes encodes it.
    """
    packed = base64.b64decode(base64.b64decode(data["release"]))
    return field(json.loads(gzip.decompress(packed)), "config", default={})


def _is_own(name: str) -> bool:
    return not _OPEN.fullmatch(name)


def _parsed(value: str) -> Any:
    """A mapping or list that stands in a value, else None."""
    if not re.search(r"[:\[{-]", value):
        return None
    try:
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(value)):
            return None  # it may hold itself
        found = yaml.safe_load(value)
    except Exception:  # whatever PyYAML makes of a text that is none
        return None
    return found if isinstance(found, dict | list) else None


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a document, with the key that it stands under."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, str(name))
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, key)
    elif isinstance(value, str):
        yield key, value
    elif isinstance(value, int) and len(str(value)) >= _DIGITS:
        yield key, str(value)
