"""What can be the reference of an image, and what is wrong with one that can't.

The grammar is that of distribution (github.com/distribution/reference, `regexp.go` and
`normalize.go`), by which a kubelet reads images: what it refuses here, no node ever pulls.
"""

from __future__ import annotations

import re

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?P<name>{_DOMAIN}/{_PART}(?:/{_PART})*)"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
)
_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_LONGEST_NAME = 255


def fault(image: str) -> str:
    """Why a text is no reference of an image; "" where it is one."""
    if re.fullmatch(r"[a-f0-9]{64}", image):
        return f"invalid repository name ({image}), cannot specify 64-byte hexadecimal strings"
    domain, path = _split(image)
    name = path.partition(":")[0]
    if name != name.lower():
        return f"invalid reference format: repository name ({name}) must be lowercase"
    found = _REFERENCE.fullmatch(f"{domain}/{path}")
    if found is None:
        return "invalid reference format"
    if len(found["name"]) > _LONGEST_NAME:
        return f"repository name must not be more than {_LONGEST_NAME} characters"
    return _digest_fault(found["digest"]) if found["digest"] else ""


def host(image: str) -> str:
    """The registry of an image, without its port."""
    return _split(image)[0].partition(":")[0]


def _split(image: str) -> tuple[str, str]:
    """The registry and the path; what names no registry is Docker Hub's."""
    first, slash, rest = image.partition("/")
    if slash and (re.search(r"[.:]", first) or first == "localhost" or first != first.lower()):
        return first, rest
    return "docker.io", image if slash else f"library/{image}"


def _digest_fault(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    if algorithm not in _LENGTHS:
        return "unsupported digest algorithm"
    if len(value) != _LENGTHS[algorithm]:
        return "invalid checksum digest length"
    return "" if value == value.lower() else "invalid checksum digest format"
