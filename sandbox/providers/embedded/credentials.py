"""Certificates, tokens and kubeconfigs of an embedded control plane."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID = datetime.timedelta(days=365)
USERS = {
    "admin": ("proofbook-admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kwok": ("kwok", "system:masters"),
}
"""Who may log in with a token: user name and group, as kubeadm would name them."""


@dataclass(frozen=True)
class Credentials:
    """The files in one folder by which the control plane and its users know each other."""

    folder: Path

    @property
    def ca(self) -> Path:
        """Certificate of the cluster's own authority."""
        return self.folder / "ca.crt"

    @property
    def certificate(self) -> Path:
        """Serving certificate for 127.0.0.1."""
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        """Key of the serving certificate."""
        return self.folder / "server.key"

    @property
    def service_account_key(self) -> Path:
        """Key that signs the tokens of service accounts."""
        return self.folder / "service-account.key"

    @property
    def tokens(self) -> Path:
        """Token file of the API server."""
        return self.folder / "tokens.csv"

    def kubeconfig(self, user: str) -> Path:
        """Where the kubeconfig of a user lies."""
        return self.folder / f"{user}.kubeconfig"

    def write(self, cluster: str, server: str) -> None:
        """Make everything anew for the API server at the URL `server`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority_key = ec.generate_private_key(ec.SECP256R1())
        authority = _certificate("proofbook-ca", authority_key, None, authority_key)
        serving_key = ec.generate_private_key(ec.SECP256R1())
        serving = _certificate("kube-apiserver", serving_key, authority, authority_key)
        self._write(self.ca, authority.public_bytes(serialization.Encoding.PEM))
        self._write(self.certificate, serving.public_bytes(serialization.Encoding.PEM))
        self._write(self.key, _pem(serving_key))
        self._write(self.service_account_key, _pem(ec.generate_private_key(ec.SECP256R1())))
        rows = []
        for role, (user, group) in USERS.items():
            token = secrets.token_urlsafe(32)
            rows.append(f'{token},{user},{role},"{group}"' if group else f"{token},{user},{role}")
            self.write_kubeconfig(role, token, cluster, server)
        self._write(self.tokens, ("\n".join(rows) + "\n").encode())

    def write_kubeconfig(self, user: str, token: str, cluster: str, server: str) -> Path:
        """Write the kubeconfig by which `user` logs in with `token`."""
        authority = base64.b64encode(self.ca.read_bytes()).decode()
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster,
                    "cluster": {"server": server, "certificate-authority-data": authority},
                }
            ],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
            "current-context": cluster,
        }
        path = self.kubeconfig(user)
        self._write(path, yaml.safe_dump(config).encode())
        return path

    def _write(self, path: Path, content: bytes) -> None:
        path.touch(mode=0o600)
        path.write_bytes(content)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        names = [
            x509.DNSName("localhost"),
            x509.DNSName("kubernetes.default.svc"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())
