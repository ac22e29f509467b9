"""Where the server listens, who may call it from a browser, and how it reaches out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from . import network
from .base import ENVCONFIG, Setting, refusal, setting
from .kinds import Flag
from .secrets import Secret, SecretValue, known


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
    https_proxy: SecretValue | None = setting(
        None,
        "Proxy for pulls, a URL; without a login in it, a plain text will do. With one, the server "
        "logs warnings only (OLLAMA_DEBUG=-1), for it would log its environment at start.",
        source=ENVCONFIG,
        example='Secret.env("OLLAMA_HTTPS_PROXY")',
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

    @field_validator("https_proxy", mode="before")
    @classmethod
    def _without_a_login_it_is_no_secret(cls, value: object) -> object:
        if isinstance(value, str) and not network.has_login(value):
            return Secret.value(value)
        return value

    @field_validator("https_proxy")
    @classmethod
    def _proxy_is_a_url(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        url = known(value, info)
        if url is not None:
            network.check_proxy(url)
            if network.has_login(url) and info.data.get("debug"):
                raise refusal(
                    accepted="debug=0 while the proxy's URL holds a login",
                    remedy="write debug=0, or use a proxy without a login: Ollama would write the "
                    "URL into the journal at each start",
                    seen=f"a hidden value with debug={info.data['debug']}",
                )
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
