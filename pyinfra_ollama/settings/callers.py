"""Who may call the gateway: keys and users, and what each may do."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from .base import Setting, refusal, setting
from .kinds import shaped
from .limits import Burst, Rate
from .names import NAME_SHAPE, parse_name
from .secrets import Secret, SecretValue, known

Policy = Literal["inference", "read_only", "admin"]
CallerName = Annotated[
    str,
    shaped(
        r"[a-z0-9][a-z0-9_.-]{0,63}",
        "small letters, digits, '_', '.', '-'; at most 64, the first a letter or digit",
        "choose a plain name such as 'ci' or 'chat-ui': it stands in the access log",
    ),
]

# What an Authorization header can carry after "Bearer" (RFC 6750, section 2.1).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_SHORTEST_KEY, _LONGEST_KEY = 20, 512
_SHORTEST_PASSWORD = 12
# bcrypt looks at no more bytes than these.
_LONGEST_PASSWORD = 72
_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
# Each request with a password costs a worker this hash: 2**12 rounds are a quarter of a second.
_COSTS = range(8, 13)


def bcrypt_cost(password: str) -> int | None:
    """Return the cost of what is a bcrypt hash already, None for a password."""
    match = _BCRYPT.fullmatch(password)
    return int(match[1]) if match else None


class Key(Setting):
    """A bearer key of the gateway; clients also send it as ``x-api-key``."""

    positional: ClassVar[tuple[str, ...]] = ("name", "secret")
    moved: ClassVar[dict[str, str]] = {
        "key": "secret=Secret.env('NAME')",
        "token": "secret=Secret.env('NAME')",
        "value": "secret=Secret.env('NAME')",
        "role": "policy='inference'",
    }

    name: CallerName = Field(
        description="Name of the key in the access log; not secret.",
        json_schema_extra={"example": '"chat-ui"'},
    )
    secret: SecretValue = Field(
        description="The key itself: 20 to 512 letters, digits and . _ ~ + / = -. For a rotation "
        "declare the new one as a second key, and remove the old one when nobody uses it.",
        json_schema_extra={"example": 'Secret.env("CHAT_UI_KEY")'},
    )
    policy: Policy | None = setting(
        None,
        "What the key may do; None is the gateway's policy.",
        source="our choice because most keys are alike",
        example='"read_only"',
    )
    rate_per_second: Rate | None = setting(
        None,
        "Requests per second of this key; None is that of Limits.",
        source="our choice because most keys are alike",
        example="50",
    )
    burst: Burst | None = setting(
        None,
        "Requests of this key let through above its rate at once; None is that of Limits.",
        source="our choice because most keys are alike",
        example="100",
    )
    models: tuple[str, ...] = setting(
        (),
        "Models this key may name; an empty list is every model.",
        source="our choice because models are seldom secret",
        example='["llama3.2:1b"]',
    )

    @field_validator("models")
    @classmethod
    def _are_names(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for position, name in enumerate(value):
            try:
                parse_name(name)
            except ValueError as error:
                raise refusal(
                    accepted=NAME_SHAPE,
                    remedy=f"correct the name: {error}",
                    seen=f"[{position}] {name!r}",
                ) from None
        if value and info.data.get("policy") == "admin":
            raise refusal(
                accepted="no models for a key that may administer: it may pull and delete any",
                remedy="leave out models, or declare two keys",
                seen="models with policy='admin'",
            )
        return value

    @field_validator("secret")
    @classmethod
    def _cannot_be_guessed(cls, value: Secret, info: ValidationInfo) -> Secret:
        text = known(value, info)
        if text is None:
            return value
        if not _SHORTEST_KEY <= len(text) <= _LONGEST_KEY:
            raise refusal(
                accepted=f"a key of {_SHORTEST_KEY} to {_LONGEST_KEY} characters",
                remedy="make one with: openssl rand -hex 32",
                seen=f"a key of {len(text)} characters in {value}",
            )
        if not _TOKEN.fullmatch(text):
            raise refusal(
                accepted="letters, digits and . _ ~ + / = -, which an HTTP header carries as they "
                "are",
                remedy="make one with: openssl rand -hex 32",
                seen=f"another character in {value}",
            )
        return value


class User(Setting):
    """A user of the gateway who gives a password (HTTP basic authentication)."""

    positional: ClassVar[tuple[str, ...]] = ("name", "password")
    moved: ClassVar[dict[str, str]] = {
        "password_hash": "password=Secret.file('/path'): a bcrypt hash is taken as it is",
        "role": "policy='inference'",
    }

    name: CallerName = Field(
        description="Name that the user gives.", json_schema_extra={"example": '"ada"'}
    )
    password: SecretValue = Field(
        description="The password, 12 to 72 bytes, or its bcrypt hash of cost 8 to 12 as "
        "`htpasswd -nB` prints it after the colon. The host gets the hash only.",
        json_schema_extra={"example": 'Secret.env("ADA_PASSWORD")'},
    )
    policy: Policy | None = setting(
        None,
        "What the user may do; None is the gateway's policy.",
        source="our choice because most users are alike",
        example='"read_only"',
    )

    @field_validator("password")
    @classmethod
    def _can_be_checked(cls, value: Secret, info: ValidationInfo) -> Secret:
        text = known(value, info)
        if text is None:
            return value
        cost = bcrypt_cost(text)
        if cost is not None and cost not in _COSTS:
            raise refusal(
                accepted="a bcrypt hash of cost 8 to 12",
                remedy="make it with: htpasswd -nB -C 10 NAME (it is computed for every request)",
                seen=f"a hash of cost {cost} in {value}",
            )
        size = len(text.encode())
        if cost is None and not _SHORTEST_PASSWORD <= size <= _LONGEST_PASSWORD:
            raise refusal(
                accepted=f"a password of {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} bytes, or a "
                "bcrypt hash",
                remedy="choose another one; bcrypt ignores what comes after 72 bytes",
                seen=f"{size} bytes in {value}",
            )
        return value
