"""Where the server listens, who may call it from a browser, and how it reaches out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from . import network
from .base import ENVCONFIG, Setting, setting
from .kinds import Flag


class Listening(Setting):
    """The part of the server's settings that concerns the network."""

    allow_non_loopback: Flag = setting(
        False,
        "Whether `host` may be an address that other machines can reach.",
        source="our choice because Ollama has no authentication",
    )
    host: str = setting(
        "127.0.0.1",
        "IP address the server listens on.",
        source=ENVCONFIG,
        example='"10.0.0.5"',
    )
    port: Annotated[int, Field(strict=True, ge=1024, le=65535)] = setting(
        11434,
        "TCP port the server listens on; below 1024 the service's user may not.",
        source=ENVCONFIG,
    )
    origins: tuple[str, ...] = setting(
        (),
        f"Browser origins let in besides Ollama's own (localhost): {network.ORIGIN_SHAPE}.",
        source=ENVCONFIG,
        example='["https://chat.example.com"]',
    )
    https_proxy: SecretStr | None = setting(
        None,
        "Proxy for pulls; kept secret, because it may hold a password.",
        source=ENVCONFIG,
        example='os.environ.get("PROXY_URL")',
    )
    no_proxy: tuple[str, ...] = setting(
        (),
        "Hosts, '.domains' and networks reached without the proxy (localhost always is).",
        source=ENVCONFIG,
        example='["10.0.0.0/8", ".example.com"]',
    )

    @field_validator("host")
    @classmethod
    def _host_is_private(cls, value: str, info: ValidationInfo) -> str:
        return network.check_host(value, allow_non_loopback=info.data.get("allow_non_loopback"))

    @field_validator("origins")
    @classmethod
    def _origins_start(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        host = info.data.get("host")
        return network.check_origins(
            value, exposed=host is not None and not network.is_loopback(host)
        )

    @field_validator("https_proxy")
    @classmethod
    def _proxy_is_a_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            network.check_proxy(value.get_secret_value())
        return value

    @field_validator("no_proxy")
    @classmethod
    def _no_proxy_is_known_to_go(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return network.check_no_proxy(value)

    @property
    def listen(self) -> tuple[str, int]:
        """The address and port the server binds."""
        return self.host, self.port

    @property
    def base_url(self) -> str:
        """The address to ask on the host itself: ``http://127.0.0.1:11434``."""
        return network.base_url(self.host, self.port)
