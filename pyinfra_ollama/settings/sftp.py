"""A backup's repository on another machine, reached by SSH."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from .base import LOADING, Setting, refusal, setting
from .fetched import SecretError
from .kinds import shaped
from .secrets import Secret

NAMED = "{host}"
"""What stands for the host's name in a place, so that hosts may share a declaration."""

_NAME = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"


def _machine(value: str) -> str:
    """Take a name or an address; IPv6 as OpenSSH looks it up in known_hosts."""
    if ":" in value and "%" not in value:
        try:
            return str(IPv6Address(value))
        except ValueError:
            pass
    elif re.fullmatch(_NAME, value):
        return value
    raise refusal(
        accepted="a name or an address of a host, such as 'backup.example.com' or 'fd00::7'",
        remedy="correct it; a port and a user have fields of their own",
        seen=repr(value),
    )


USER = shaped(r"[a-z_][a-z0-9_.-]{0,31}", "the name of a user, such as 'backup'", "correct it")
_FAR_PATH = shaped(
    r"/?[A-Za-z0-9._@+{}-]+(/[A-Za-z0-9._@+{}-]+)*",
    "a path of letters, digits and . _ @ + -; {host} stands for the host's name",
    "choose a plain path",
)
_KEY_LINE = shaped(
    r"(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]{16,}",
    "a public key such as 'ssh-ed25519 AAAAC3...', without a name before it",
    "copy it from: ssh-keyscan SERVER, compared with what its owner says",
)


def _private_key(value: object, info: ValidationInfo) -> Secret:
    """Take a secret of several lines, and refuse what is no private key of SSH."""
    if not isinstance(value, Secret):
        raise refusal(
            accepted="Secret.file('/path/id_ed25519'), Secret.env('NAME') or Secret.command(...)",
            remedy="write where the private key is kept",
            seen=f"a value of type {type(value).__name__}",
        )
    if info.context == LOADING:
        try:
            text = value.get_secret_value()
        except SecretError as error:
            raise refusal(seen=error.seen, accepted=error.accepted, remedy=error.remedy) from None
        if "PRIVATE KEY-----" not in text.partition("\n")[0]:
            raise refusal(
                accepted="a private key as ssh-keygen writes it, without a passphrase",
                remedy="make one for the backup alone: ssh-keygen -t ed25519 -N '' -f id_backup",
                seen=f"something else in {value}",
            )
    return value


SshKey = Annotated[Secret, BeforeValidator(_private_key), WithJsonSchema({"type": "secret"})]


class Sftp(Setting):
    """A repository on another machine, by SSH."""

    moved: ClassVar[dict[str, str]] = {"hostname": "server='...'", "known_hosts": "host_keys=[...]"}

    server: Annotated[str, AfterValidator(_machine)] = Field(
        description="The machine.", json_schema_extra={"example": '"backup.example.com"'}
    )
    user: Annotated[str, USER] = Field(
        description="Its user.", json_schema_extra={"example": '"backup"'}
    )
    path: Annotated[str, _FAR_PATH] = Field(
        description="Folder there, from the user's home unless it begins with /; {host} stands for "
        "the host's name.",
        json_schema_extra={"example": '"ollama/{host}"'},
    )
    key: SshKey = Field(
        description="Private key of SSH, without a passphrase, for this alone.",
        json_schema_extra={"example": 'Secret.file("/etc/backup/id_ed25519")'},
    )
    host_keys: tuple[Annotated[str, _KEY_LINE], ...] = Field(
        description="Public keys of the machine, as ssh-keyscan prints them without the name.",
        json_schema_extra={"example": '["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEk"]'},
    )
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = setting(
        22, "Port of its SSH server.", source="OpenSSH"
    )

    @field_validator("host_keys")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise refusal(
                accepted="at least one public key of the machine",
                remedy="copy it from: ssh-keyscan SERVER, compared with what its owner says",
            )
        return value

    def address(self, host: str) -> str:
        """Return restic's word for it; port and keys are in its command.

        An address of IPv6 needs the form of a URL: in the other one the path begins after the first
        colon (restic 0.14, 2026-11). One slash ends the machine's part, a path may bring another.
        """
        path = self.path.replace(NAMED, host)
        if ":" in self.server:
            return f"sftp://{self.user}@[{self.server}]/{path}"
        return f"sftp:{self.user}@{self.server}:{path}"

    def place(self, host: str) -> str:
        """Return its address as people may see it."""
        return self.address(host)
