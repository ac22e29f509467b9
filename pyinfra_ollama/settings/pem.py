"""Certificates and private keys in PEM form, read where pyinfra runs.

Importing the cryptography package takes 25 ms, which only those pay who declare such files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .base import refusal
from .fetched import SecretError
from .secrets import Secret

if TYPE_CHECKING:
    from cryptography import x509


def public_part(secret: Secret) -> bytes:
    """Return the public key of a secret private key; a refusal for what is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        text = secret.get_secret_value()
    except SecretError as error:
        raise refusal(seen=error.seen, accepted=error.accepted, remedy=error.remedy) from None
    try:
        key = serialization.load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise refusal(
            accepted="a private key in PEM form without a passphrase",
            remedy="take the passphrase off with: openssl pkey -in KEY -out PLAIN",
            seen=f"no such key in {secret}",
        ) from None
    return encoded(key.public_key())


def encoded(public_key: Any) -> bytes:
    """Return a public key in the form in which two can be compared."""
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    der: bytes = public_key.public_bytes(serialization.Encoding.DER, form)
    return der


def read(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a file, the server's own first; a refusal for other files."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(path.expanduser().read_bytes())
    except OSError as error:
        why = error.strerror or "it could not be read"
    except ValueError:
        why = "no certificate in PEM form"
    raise refusal(
        accepted="a readable PEM file on the machine that runs pyinfra",
        remedy="correct the path, or let the person who runs pyinfra read it",
        seen=f"{str(path)!r}: {why}",
    )


def names(certificate: x509.Certificate) -> frozenset[str]:
    """Return the DNS names and addresses that a certificate is for."""
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return frozenset((*found.get_values_for_type(x509.DNSName), *addresses))
