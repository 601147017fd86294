"""Public SSH keys as people paste them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

MAX_LENGTH = 5000
"""Characters; GitLab's limit for a key."""
MIN_RSA_BITS = 1024
TYPES = (
    "ssh-rsa",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)


class BadKey(ValueError):
    """The text is no public key that GitLab takes."""


@dataclass(frozen=True)
class PublicKey:
    """A public key: its line for authorized_keys and its fingerprint."""

    line: str
    fingerprint: str
    """SHA256:... as OpenSSH prints it."""

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read `type base64 [comment]`. Raises BadKey."""
        if len(text) > MAX_LENGTH:
            raise BadKey("is too long")
        words = text.strip().split(None, 2)
        if len(words) < 2 or words[0] not in TYPES or "\n" in text.strip():
            raise BadKey("is invalid")
        try:
            blob = base64.b64decode(words[1], validate=True)
            fields = _fields(blob)
        except (binascii.Error, ValueError, struct.error):
            raise BadKey("is invalid") from None
        if not fields or fields[0] != words[0].encode() or not _loads(words):
            raise BadKey("is invalid")
        if words[0] == "ssh-rsa" and int.from_bytes(fields[2], "big").bit_length() < MIN_RSA_BITS:
            raise BadKey("is forbidden")
        return cls(" ".join(words), fingerprint(blob))


def public_half(private: str) -> str:
    """`type base64` of the key pair that a private key without a password belongs to.

    Raises BadKey.
    """
    import asyncssh

    try:
        own = asyncssh.import_private_key(private)
    except (asyncssh.KeyImportError, ValueError) as error:
        raise BadKey(f"is no private key: {error}") from None
    return " ".join(own.export_public_key().decode().split()[:2])


def fingerprint(blob: bytes) -> str:
    """The SHA-256 fingerprint of a key's wire form."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _fields(blob: bytes) -> list[bytes]:
    fields, at = [], 0
    while at < len(blob):
        (length,) = struct.unpack_from(">I", blob, at)
        if at + 4 + length > len(blob):
            raise ValueError("cut short")
        fields.append(blob[at + 4 : at + 4 + length])
        at += 4 + length
    return fields


def _loads(words: list[str]) -> bool:
    # The library checks that the point lies on its curve and that the numbers make a key.
    import asyncssh

    try:
        asyncssh.import_public_key(" ".join(words[:2]))
    except (asyncssh.KeyImportError, ValueError):
        return False
    return True
