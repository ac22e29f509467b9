"""Where a backup is kept: restic's repositories, and what each needs to be reached."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)

from . import pem
from .base import LOADING, Setting, refusal, setting
from .kinds import StayingPath, shaped
from .secrets import Secret, SecretValue
from .sftp import NAMED, USER, Sftp

_PLACE_SHAPE = "a URL such as 'https://backup.example.com:8000/{host}', without a login in it"


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._+{}~-]+)*/?", value):
        raise refusal(
            accepted=_PLACE_SHAPE,
            remedy="write the whole URL; a login has fields of its own",
            # It may be a password.
            seen="a URL with a login in it" if "@" in value else repr(value),
        )
    return value


class Disk(Setting):
    """A repository in a folder of the host, best on a disk of its own."""

    positional: ClassVar[tuple[str, ...]] = ("path",)

    path: StayingPath = Field(
        description="Folder of the repository.",
        json_schema_extra={"example": '"/srv/backup/ollama"'},
    )

    def address(self, host: str) -> str:
        """Return restic's word for it."""
        return str(self.path)

    def place(self, host: str) -> str:
        """Return its address as people may see it."""
        return self.address(host)


class S3Bucket(Setting):
    """A repository in a bucket of S3 or of what speaks its protocol."""

    moved: ClassVar[dict[str, str]] = {"access_key": "key_id=...", "endpoint": "url='https://...'"}

    url: Annotated[str, AfterValidator(_url)] = Field(
        description="Endpoint and bucket, and a folder in it if wanted; {host} stands for the "
        "host's name.",
        json_schema_extra={"example": '"https://s3.eu-central-1.amazonaws.com/backups/{host}"'},
    )
    key_id: SecretValue = Field(
        description="Access key's ID.", json_schema_extra={"example": 'Secret.env("S3_KEY_ID")'}
    )
    secret_key: SecretValue = Field(
        description="Access key's secret.", json_schema_extra={"example": 'Secret.env("S3_SECRET")'}
    )
    region: Annotated[str, shaped(r"[a-z0-9-]{1,40}", "a region's name", "correct it")] | None = (
        setting(
            None,
            "Region of the bucket; None lets restic find it.",
            source="restic 0.14",
            example='"eu-central-1"',
        )
    )

    def address(self, host: str) -> str:
        """Return restic's word for it."""
        return f"s3:{self.url.replace(NAMED, host)}"

    def place(self, host: str) -> str:
        """Return its address as people may see it."""
        return self.address(host)


class Rest(Setting):
    """A repository on restic's own server (rest-server)."""

    url: Annotated[str, AfterValidator(_url)] = Field(
        description="URL of the repository; {host} stands for the host's name.",
        json_schema_extra={"example": '"https://backup.example.com:8000/{host}"'},
    )
    user: Annotated[str, USER] | None = setting(
        None, "User there.", source="rest-server may be without", example='"llm"'
    )
    password: SecretValue | None = setting(
        None,
        "The user's password.",
        source="rest-server may be without",
        example='Secret.env("REST_PASSWORD")',
    )
    authority: Path | None = setting(
        None,
        "PEM file, on the machine that runs pyinfra, with the certificate that the server's HTTPS "
        "is checked with; None takes the host's usual ones.",
        source="restic 0.14",
        example='"/etc/ssl/internal-ca.pem"',
    )

    @field_validator("password")
    @classmethod
    def _both(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        if value is not None and info.data.get("user", "") is None:
            raise refusal(
                accepted="a user with the password", remedy="write user='...' as well", seen="none"
            )
        return value

    @field_validator("authority")
    @classmethod
    def _holds_one(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.context == LOADING:
            pem.read(value)
        return value

    def authority_text(self) -> str | None:
        """Return the certificate that the server's HTTPS is checked with, as `load` saw it."""
        return self.authority.expanduser().read_text(encoding="ascii") if self.authority else None

    def place(self, host: str) -> str:
        """Return its address as people may see it."""
        return f"rest:{self.url.replace(NAMED, host)}"

    def address(self, host: str) -> str:
        """Return restic's word for it, login included."""
        parts = urlsplit(self.url.replace(NAMED, host))
        login = ""
        if self.user:
            password = self.password.get_secret_value() if self.password else ""
            login = f"{quote(self.user, safe='')}:{quote(password, safe='')}@"
        return f"rest:{urlunsplit(parts._replace(netloc=login + parts.netloc))}"


def _kind(value: object) -> str:
    if isinstance(value, Disk | Sftp | S3Bucket | Rest):
        return f"[{type(value).__name__}]"
    given = set(value) if isinstance(value, dict) else set()
    if given & {"server", "key", "host_keys"}:
        return "[Sftp]"
    if given & {"key_id", "secret_key"}:
        return "[S3Bucket]"
    return "[Rest]" if "url" in given else "[Disk]"


Repository = Annotated[
    Annotated[Disk, Tag("[Disk]")]
    | Annotated[Sftp, Tag("[Sftp]")]
    | Annotated[S3Bucket, Tag("[S3Bucket]")]
    | Annotated[Rest, Tag("[Rest]")],
    Discriminator(_kind),
]
"""One of the places; the tags stand in brackets, so that they are left out of a problem's path."""
