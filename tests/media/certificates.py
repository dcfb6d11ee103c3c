"""Certificates for the https cases: one issuer of ours, and what can be wrong with a certificate."""

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NOW = dt.datetime.now(dt.UTC)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs certificates; `certificate` is what clients have to trust."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def write_to(self, path: Path) -> None:
        """As PEM, for SSL_CERT_FILE."""
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))


def make_issuer(name: str) -> Issuer:
    """A new root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    certificate = (
        _builder(subject, subject, key, _NOW - _DAY, _NOW + _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Issuer(key, certificate)


def tls_context(
    folder: Path,
    issuer: Issuer | None,
    *,
    address: str = "127.0.0.1",
    valid_from: dt.timedelta = -_DAY,
    valid_until: dt.timedelta = _DAY,
) -> ssl.SSLContext:
    """A server's context; without an issuer the certificate signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name("a server")
    signer = issuer.certificate.subject if issuer else subject
    certificate = (
        _builder(subject, signer, key, _NOW + valid_from, _NOW + valid_until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    path = folder / f"{certificate.serial_number}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )
