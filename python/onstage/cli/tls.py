"""A certificate for development: self-signed, kept in the data folder."""

import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onstage.config import Settings
from onstage.errors import StartError

_VALID_FOR = timedelta(days=397)


def certificate(settings: Settings) -> tuple[Path, Path] | None:
    """The certificate and key to serve HTTPS with; None for plain HTTP.

    Raises:
        StartError: they can't be read, or don't belong together.
    """
    if settings.tls_cert is not None and settings.tls_key is not None:
        _require_pair(settings.tls_cert, settings.tls_key)
        return settings.tls_cert, settings.tls_key
    if not settings.tls_self_signed:
        return None
    cert, key = settings.data_dir / "tls-cert.pem", settings.data_dir / "tls-key.pem"
    if not (cert.exists() and key.exists()):
        _make(cert, key, settings.host)
    return cert, key


def _require_pair(cert: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except OSError as cause:  # also ssl.SSLError: a key of another certificate
        raise StartError(f"tls_cert, tls_key: {cert} and {key} can't be used ({cause.strerror or cause}).") from cause


def _make(cert: Path, key: Path, host: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Onstage, for development")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .sign(private, hashes.SHA256())
    )
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return [*names, x509.DNSName(host)] if host != "localhost" else names
    return names if address.is_unspecified or address.is_loopback else [*names, x509.IPAddress(address)]
