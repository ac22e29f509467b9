"""How the gateway comes by its certificate."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from . import pem
from .base import LOADING, Setting, refusal, setting
from .kinds import Flag, shaped
from .secrets import Secret


def _key(value: object, info: ValidationInfo) -> Secret:
    """Take a secret of several lines, and refuse what is no private key."""
    if not isinstance(value, Secret):
        raise refusal(
            accepted="Secret.file('/path/key.pem'), Secret.env('NAME') or Secret.command(...)",
            remedy="write where the private key is kept",
            seen=f"a value of type {type(value).__name__}",
        )
    if info.context == LOADING:
        pem.public_part(value)
    return value


PrivateKey = Annotated[Secret, BeforeValidator(_key), WithJsonSchema({"type": "secret"})]


class OwnCertificate(Setting):
    """A certificate that somebody else issues: its files lie on the machine that runs pyinfra."""

    positional: ClassVar[tuple[str, ...]] = ("certificate", "key")
    moved: ClassVar[dict[str, str]] = {"cert": "certificate='/path/fullchain.pem'"}

    certificate: Path = Field(
        description="PEM file with the certificate, the intermediate ones after it.",
        json_schema_extra={"example": '"/etc/ssl/llm/fullchain.pem"'},
    )
    key: PrivateKey = Field(
        description="Its private key in PEM form.",
        json_schema_extra={"example": 'Secret.file("/etc/ssl/llm/key.pem")'},
    )

    @field_validator("certificate")
    @classmethod
    def _holds_one(cls, value: Path, info: ValidationInfo) -> Path:
        if info.context == LOADING:
            now = datetime.datetime.now(datetime.UTC)
            ends = pem.read(value)[0].not_valid_after_utc
            if ends <= now:
                raise refusal(
                    accepted="a certificate that is still valid",
                    remedy="have it renewed",
                    seen=f"{str(value)!r}, which expired on {ends:%Y-%m-%d}",
                )
        return value

    @field_validator("key")
    @classmethod
    def _belongs_to_it(cls, value: Secret, info: ValidationInfo) -> Secret:
        path = info.data.get("certificate")
        if info.context != LOADING or path is None:
            return value
        if pem.encoded(pem.read(path)[0].public_key()) != pem.public_part(value):
            raise refusal(
                accepted="the private key of the certificate",
                remedy=f"correct one of the two: {str(path)!r} was issued for another key",
                seen=f"another key in {value}",
            )
        return value

    def chain(self) -> str:
        """Return the text of the certificate file, as it was checked by `load`."""
        return self.certificate.expanduser().read_text(encoding="ascii")

    def names(self) -> frozenset[str]:
        """Return the DNS names and addresses that the certificate is for."""
        return pem.names(pem.read(self.certificate)[0])


class SelfSigned(Setting):
    """A certificate that the gateway makes itself, with a small authority of its own."""

    days: Annotated[int, Field(strict=True, ge=2, le=825)] = setting(
        397,
        "How long a certificate is valid, in days; it is renewed when a third is left.",
        source="our choice because browsers take no more from public authorities",
    )
    fetch_to: Path | None = setting(
        None,
        "File on the machine that runs pyinfra for the authority's public certificate, which "
        "clients trust; {host} stands for the host's name.",
        source="our choice because nothing is written there unasked",
        example='"authorities/{host}.pem"',
    )


_Mail = shaped(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an address such as 'ops@example.com'", "correct it")
_Url = shaped(r"https://[^\s\"'\\;{}$]+", "an https:// URL", "write the directory's whole URL")


class Acme(Setting):
    """A certificate from an ACME authority such as Let's Encrypt, by certbot; port 80 is asked."""

    moved: ClassVar[dict[str, str]] = {"server": "directory_url='https://...'"}

    agree_tos: Flag = Field(
        description="Whether you agree to the terms of service of the authority; it must be True.",
        json_schema_extra={"example": "True"},
    )
    directory_url: Annotated[str, _Url] = setting(
        "https://acme-v02.api.letsencrypt.org/directory",
        "Directory of the authority.",
        source="certbot 2.1",
    )
    email: Annotated[str, _Mail] | None = setting(
        None,
        "Address that the authority may write to.",
        source="our choice because an account works without",
        example='"ops@example.com"',
    )
    authority: Path | None = setting(
        None,
        "PEM file, on the machine that runs pyinfra, with the certificate that the directory's own "
        "HTTPS is checked with; None takes the host's usual ones.",
        source="our choice because public directories need none",
        example='"/etc/ssl/internal-ca.pem"',
    )

    @field_validator("authority")
    @classmethod
    def _holds_one(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.context == LOADING:
            pem.read(value)
        return value

    def authority_text(self) -> str | None:
        """Return the certificate that the directory's HTTPS is checked with, as `load` saw it."""
        return self.authority.expanduser().read_text(encoding="ascii") if self.authority else None

    @field_validator("agree_tos")
    @classmethod
    def _agreed(cls, value: bool) -> bool:
        if not value:
            raise refusal(
                accepted="agree_tos=True",
                remedy="read the authority's terms of service, then write agree_tos=True",
            )
        return value


def _kind(value: object) -> str:
    if isinstance(value, OwnCertificate | SelfSigned | Acme):
        return f"[{type(value).__name__}]"
    given = set(value) if isinstance(value, dict) else set()
    if given & {"certificate", "key"}:
        return "[OwnCertificate]"
    return "[Acme]" if given & {"agree_tos", "directory_url", "email"} else "[SelfSigned]"


Tls = Annotated[
    Annotated[OwnCertificate, Tag("[OwnCertificate]")]
    | Annotated[SelfSigned, Tag("[SelfSigned]")]
    | Annotated[Acme, Tag("[Acme]")],
    Discriminator(_kind),
]
"""One of the ways; the tags stand in brackets, so that they are left out of a problem's path."""
