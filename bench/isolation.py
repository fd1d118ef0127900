"""Run a bot where Microsoft's hosts are this machine: unpatched, with its production settings.

A private mount namespace (root is needed) holds its own /etc/hosts; a throw-away CA, valid for a
day, is trusted there beside the usual ones. Nothing outside the namespace changes.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ADDRESS = "127.0.0.77"
"""A loopback address of its own, so that port 443 is free."""
HOSTS = (
    "login.microsoftonline.com",
    "login.botframework.com",
    "smba.trafficmanager.net",
    "api.botframework.com",
    "token.botframework.com",
    "sts.windows.net",
    "login.windows.net",
)
_ENTER = 'mount --make-rprivate / && mount --bind "$0" /etc/hosts && exec "$@"'


def why_not() -> str | None:
    """Say what keeps bots from being isolated here; None when nothing does."""
    if os.geteuid() != 0:
        return "root is needed for a private mount namespace"
    if shutil.which("unshare") is None:
        return "unshare (util-linux) is needed"
    return None


class Isolation:
    """Certificates and hosts in a folder, and the command that puts a program into them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._hosts, self._bundle = folder / "hosts", folder / "bundle.pem"
        self._leaf = folder / "leaf.pem"
        names = "".join(f"{ADDRESS} {host}\n" for host in HOSTS)
        self._hosts.write_text(f"127.0.0.1 localhost\n{names}")
        authority = _make_certificates(self._leaf)
        self._bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority)

    @property
    def certificate(self) -> ssl.SSLContext:
        """What the hosts show."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._leaf)
        return context

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes Python and `requests` trust them."""
        return {"SSL_CERT_FILE": str(self._bundle), "REQUESTS_CA_BUNDLE": str(self._bundle)}

    def command(self, program: Sequence[str]) -> Sequence[str]:
        """Make the command that runs a program inside, under the same process id."""
        return ("unshare", "--mount", "sh", "-c", _ENTER, str(self._hosts), *program)


def _make_certificates(leaf: Path) -> bytes:
    """Write key and certificate of the hosts; returns the certificate of who signed it.

    Elliptic curves, as the real hosts use.
    """
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name, name = _named("bench: throw-away CA"), _named("bench")
    authority = (
        _certificate(authority_name, authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
    signed = (
        _certificate(name, authority_name, key.public_key())
        .add_extension(names, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    leaf.touch(mode=0o600)
    leaf.write_bytes(secret + signed.public_bytes(pem))
    return authority.public_bytes(pem)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
