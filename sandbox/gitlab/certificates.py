"""The CA and the certificate of the server, and the host keys for SSH."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.gitlab.datadir import write_private

CA_DAYS = 3650
SERVER_DAYS = 397
RENEW_DAYS = 30


class Certificates:
    """A CA made once and a certificate for the names that the server has now."""

    def __init__(self, folder: Path) -> None:
        self.ca = folder / "ca.crt"
        self._ca_key = folder / "ca.key"
        self._certificate = folder / "server.crt"
        self._key = folder / "server.key"

    def ensure(self, names: Sequence[str]) -> None:
        """Make what is missing; a certificate that lacks a name or ends soon is made anew."""
        if not (self.ca.exists() and self._ca_key.exists()):
            self._make_ca()
        if not self._fits(names):
            self._make_certificate(names)

    def context(self) -> ssl.SSLContext:
        """The server's side of TLS 1.2 and later."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._certificate, self._key)
        # Git speaks HTTP/1.1 here, as do all clients that are told so.
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _fits(self, names: Sequence[str]) -> bool:
        if not (self._certificate.exists() and self._key.exists()):
            return False
        certificate = x509.load_pem_x509_certificate(self._certificate.read_bytes())
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        end = certificate.not_valid_after_utc - timedelta(days=RENEW_DAYS)
        return set(_alternatives(names)) <= set(held) and datetime.now(UTC) < end

    def _make_ca(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proofbook sandbox GitLab CA")])
        certificate = (
            _builder(name, name, key.public_key(), CA_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        write_private(self._ca_key, private_pem(key))
        write_private(self.ca, certificate.public_bytes(serialization.Encoding.PEM))

    def _make_certificate(self, names: Sequence[str]) -> None:
        issuer = x509.load_pem_x509_certificate(self.ca.read_bytes())
        issuer_key = serialization.load_pem_private_key(self._ca_key.read_bytes(), None)
        assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            _builder(name, issuer.subject, key.public_key(), SERVER_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
                critical=False,
            )
            .sign(issuer_key, hashes.SHA256())
        )
        write_private(self._key, private_pem(key))
        write_private(self._certificate, certificate.public_bytes(serialization.Encoding.PEM))


class HostKeys:
    """One ed25519 and one ecdsa key; clients pick, so both must stay until rotated."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = (folder / "ed25519", folder / "ecdsa")

    def ensure(self) -> list[str]:
        """The files of both keys, made if they are missing."""
        if not all(file.exists() for file in self._files):
            self.rotate()
        return [str(file) for file in self._files]

    def keep(self, snapshot: int) -> None:
        """Keep the keys of now under the number of a snapshot."""
        for file in self._files:
            write_private(self._folder / f"{file.name}.{snapshot}", file.read_bytes())

    def bring_back(self, snapshot: int) -> list[str]:
        """Put the keys of a snapshot in place again; the files."""
        for file in self._files:
            kept = self._folder / f"{file.name}.{snapshot}"
            if kept.exists() and kept.read_bytes() != file.read_bytes():
                write_private(file, kept.read_bytes())
        return [str(file) for file in self._files]

    def rotate(self) -> list[str]:
        """Make two new keys in place of the old ones; the files."""
        keys: tuple[ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, ...] = (
            ed25519.Ed25519PrivateKey.generate(),
            ec.generate_private_key(ec.SECP256R1()),
        )
        for file, key in zip(self._files, keys, strict=True):
            write_private(file, private_pem(key, serialization.PrivateFormat.OpenSSH))
        return [str(file) for file in self._files]


def private_pem(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
    form: serialization.PrivateFormat = serialization.PrivateFormat.PKCS8,
) -> bytes:
    """A private key as PEM without a passphrase; the file's rights protect it."""
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _alternatives(names: Sequence[str]) -> list[x509.GeneralName]:
    alternatives: list[x509.GeneralName] = []
    for name in names:
        try:
            alternatives.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            alternatives.append(x509.DNSName(name))
    return alternatives


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(hours=1)  # a client's clock may be a little behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )
