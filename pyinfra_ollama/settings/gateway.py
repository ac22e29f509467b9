"""The gateway: nginx in front of Ollama, the one door that other machines use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from . import gateway_checks as checks
from .backends import Backend, backend
from .base import Setting, setting
from .callers import Key, Policy, User
from .certificates import SelfSigned, Tls
from .cors import Cors
from .kinds import Flag, Seconds, Size
from .limits import Limits
from .units import MIB

Port = Annotated[int, Field(strict=True, ge=1, le=65535)]


class Gateway(Setting):
    """The gateway of a host; ``Gateway(keys=[...])`` alone is HTTPS in front of its own Ollama."""

    moved: ClassVar[dict[str, str]] = {
        "domain": "server_names=['llm.example.com']",
        "server_name": "server_names=['llm.example.com']",
        "api_keys": "keys=[Key('NAME', Secret.env('VARIABLE'))]",
        "password": "users=[User('NAME', Secret.env('VARIABLE'))]",
        "rate_limit": "limits=Limits(rate_per_key=10)",
        "origins": "cors=Cors(origins=['https://chat.example.com'])",
        "ssl": "tls=OwnCertificate(...), SelfSigned(...), Acme(...) or None",
        "timeout": "read_timeout_seconds=900",
    }

    allow_anonymous: Flag = setting(
        False,
        "Whether a gateway that other machines reach may do without keys and users.",
        source="our choice because whoever reaches it can then use the models",
    )
    allow_plain: Flag = setting(
        False,
        "Whether a gateway that other machines reach may do without TLS.",
        source="our choice because keys would cross the network in clear",
    )
    server_names: tuple[Annotated[str, checks.SERVER_NAME], ...] = setting(
        (),
        "DNS names and addresses that clients use, the first of them in redirects. The certificate "
        "has to be for them.",
        source="our choice because only you know them",
        example='["llm.example.com"]',
    )
    listen: tuple[str, ...] = setting(
        ("0.0.0.0", "::"),
        "Addresses of the host on which it listens; these two are all.",
        source="our choice because a gateway is there to be reached",
        example='["10.0.0.5"]',
    )
    tls: Tls | None = setting(
        SelfSigned(),
        "Where the certificate comes from; None speaks plain HTTP.",
        source="our choice because it needs nothing from outside",
        example='OwnCertificate("/etc/ssl/llm.pem", Secret.file("/etc/ssl/llm.key"))',
    )
    port: Port | None = setting(
        None, "Port it listens on; None is 443, or 80 without TLS.", source="HTTP", example="8443"
    )
    redirect_port: Port | None = setting(
        80,
        "With TLS, the port that leads plain HTTP to HTTPS; None listens on none.",
        source="HTTP",
        validate_default=True,
    )
    status_port: Port = setting(
        9180,
        "Port of the status page, on 127.0.0.1 only.",
        source="our choice because few programs take it",
        validate_default=True,
    )
    policy: Policy = setting(
        "inference",
        "What callers may do that declare nothing else: read_only looks at versions and lists, "
        "inference also uses the models, admin also pulls, creates and deletes them.",
        source="our choice because it is what clients need",
    )
    admin_networks: tuple[str, ...] = setting(
        (),
        "Networks from which every caller who is let in may do what admin may.",
        source="our choice because a key is told apart better than an address",
        example='["10.0.0.0/8"]',
    )
    keys: Sequence[Key] = setting(
        (),
        "Bearer keys that let a client in.",
        source="our choice because only you know your clients",
        example='[Key("chat-ui", Secret.env("CHAT_UI_KEY"))]',
    )
    users: Sequence[User] = setting(
        (),
        "Users who are let in with a password.",
        source="our choice because only you know your users",
        example='[User("ada", Secret.env("ADA_PASSWORD"))]',
        validate_default=True,
    )
    show: Flag = setting(
        False,
        "Whether inference and read_only may ask /api/show, which tells system prompts.",
        source="our choice because a prompt may hold what callers should not read",
    )
    cors: Cors | None = setting(
        None,
        "Which web pages may call it from a browser; None is none.",
        source="our choice because most clients are no web pages",
        example='Cors(origins=["https://chat.example.com"])',
    )
    limits: Limits = setting(Limits(), "How much one caller may ask.", source="see Limits")
    max_body: Size = setting(
        64 * MIB,
        "Largest request body in bytes; what is above gets 413.",
        source="our choice because images and long contexts take megabytes",
        example='"64M"',
    )
    read_timeout_seconds: Seconds = setting(
        900,
        "How long a backend may be silent, in seconds: Ollama says nothing before the first token, "
        "so this covers the wait in its queue and a cold load.",
        source="our choice: 300 s to load (Ollama 0.33.0 envconfig/config.go), 600 s in the queue",
    )
    backends: tuple[Annotated[Backend, backend()], ...] = setting(
        (),
        "Hosts and groups of the inventory that it hands requests to; none is its own Ollama.",
        source="our choice because most hosts serve themselves",
        example='["gpu1", Backend("gpu2", weight=2)]',
    )
    source_addresses: tuple[str, ...] = setting(
        (),
        "Addresses from which it reaches backends, for their firewalls; none is its ssh_hostname.",
        source="our choice because most hosts have one",
        example='["10.0.0.2"]',
    )
    balance: Literal["least_connections", "sticky"] = setting(
        "least_connections",
        "How a backend is chosen: the least busy, or one for each key, whose prompt cache it has.",
        source="our choice because requests differ in length a thousandfold",
    )
    hsts_seconds: Annotated[int, Field(strict=True, ge=0, le=63_072_000)] = setting(
        31_536_000,
        "How long browsers insist on HTTPS (Strict-Transport-Security), in seconds; 0 is not said.",
        source="our choice because a year is what hstspreload.org asks for",
    )
    replace_sites: Flag = setting(
        False,
        "Whether what nginx serves on the host already may go: its configuration is replaced.",
        source="our choice because somebody may need it",
    )
    log_days: Annotated[int, Field(strict=True, ge=1, le=3650)] = setting(
        14, "Days for which access logs are kept.", source="Debian's nginx"
    )

    @field_validator("listen", "source_addresses")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return checks.addresses(value, info)

    @field_validator("admin_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checks.networks(value)

    @field_validator("tls")
    @classmethod
    def _covers_the_names(cls, value: Tls | None, info: ValidationInfo) -> Tls | None:
        return checks.tls(value, info)

    @field_validator("redirect_port", "status_port")
    @classmethod
    def _ports_differ(cls, value: int | None, info: ValidationInfo) -> int | None:
        return checks.port(value, info)

    @field_validator("keys")
    @classmethod
    def _keys_differ(cls, value: Sequence[Key], info: ValidationInfo) -> tuple[Key, ...]:
        return checks.keys(value, info)

    @field_validator("users")
    @classmethod
    def _users_differ(cls, value: Sequence[User], info: ValidationInfo) -> tuple[User, ...]:
        return checks.users(value, info)

    @property
    def main_port(self) -> int:
        """The port that clients use."""
        return self.port or (443 if self.tls else 80)

    @property
    def ports(self) -> tuple[int, ...]:
        """All ports that clients may reach."""
        redirect = (self.redirect_port,) if self.tls and self.redirect_port else ()
        return (self.main_port, *redirect)
