"""The server: which version, which models, and every variable it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from . import environment as free
from . import network
from .base import refusal, setting
from .environ import Environ, server_environ
from .gpu import GpuSelection
from .kinds import Flag, HostPath, Size
from .models import Model
from .units import DURATION_SHAPE, parse_duration
from .version import DEFAULT_VERSION, check_version

_ENVCONFIG = "Ollama 0.33.0 envconfig/config.go"


def _duration(value: object) -> str:
    try:
        parse_duration(value)
    except ValueError:
        raise refusal(
            accepted=DURATION_SHAPE, remedy="write a number and a unit, as in '5m'"
        ) from None
    return str(value).strip()


Duration = Annotated[str, BeforeValidator(_duration)]
Text = Annotated[str, AfterValidator(free.check_value)]


class Ollama(GpuSelection):
    """The Ollama server of a host; ``Ollama()`` alone is a private server without models."""

    moved: ClassVar[dict[str, str]] = {
        "num_ctx": "context_length=8192 (or num_ctx in the Options of one model)",
        "ctx_size": "context_length=8192",
        "num_threads": "num_thread in the Options of a model: Options(num_thread=8)",
        "num_thread": "num_thread in the Options of a model: Options(num_thread=8)",
        "temperature": "temperature in the Options of a model: Options(temperature=0.7)",
        "model": "models=[Model('NAME')]",
        "http_proxy": "https_proxy='...': Ollama's FAQ says that HTTP_PROXY can break the "
        "connections of clients, and pulls do not use it",
        "env": "environment={...}",
        "api_key": "nothing: Ollama has no authentication; put a gateway in front",
        "memory_max": "service = Service(memory_max='12G')",
        "swap": "swap = Swap(size='8G')",
    }

    allow_vulnerable: Flag = setting(
        False,
        "Whether a version with known serious advisories may be installed.",
        source="our choice because a hole should be opened knowingly",
    )
    version: str = setting(
        DEFAULT_VERSION,
        "Version to install, X.Y.Z or X.Y.Z-rcN; below 0.17.1 only with `allow_vulnerable`.",
        source="our choice because it is the newest this package was tested with",
    )
    no_cloud: Flag = setting(
        True,
        "Whether cloud models, web search and every contact with ollama.com's cloud are off.",
        source="our choice because a private server should not call out (Ollama: off)",
    )
    models: Sequence[Model] = setting(
        (),
        "Models the host has, pulled in this order; models not named are left alone.",
        source="our choice because which models to serve is a decision",
        example='[Model("llama3.2:1b"), Model("nomic-embed-text", role="embedding")]',
    )
    allow_non_loopback: Flag = setting(
        False,
        "Whether `host` may be an address that other machines can reach.",
        source="our choice because Ollama has no authentication",
    )
    host: str = setting(
        "127.0.0.1",
        "IP address the server listens on.",
        source=_ENVCONFIG,
        example='"10.0.0.5"',
    )
    port: Annotated[int, Field(strict=True, ge=1024, le=65535)] = setting(
        11434,
        "TCP port the server listens on; below 1024 the service's user may not.",
        source=_ENVCONFIG,
    )
    origins: tuple[str, ...] = setting(
        (),
        f"Browser origins let in besides Ollama's own (localhost): {network.ORIGIN_SHAPE}.",
        source=_ENVCONFIG,
        example='["https://chat.example.com"]',
    )
    models_dir: HostPath = setting(
        "/usr/share/ollama/.ollama/models",
        "Folder of the models on the host.",
        source="official installer: the home of its user is /usr/share/ollama",
        example='"/srv/ollama/models"',
    )
    keep_alive: Duration = setting(
        "5m",
        "How long an idle model stays in memory: a Go duration or seconds; 0 unloads at once, a "
        "negative value never.",
        source=_ENVCONFIG,
        example='"30m"',
    )
    load_timeout: Duration = setting(
        "5m",
        "How long loading a model may stand still: a Go duration or seconds; 0 or less is for "
        "ever.",
        source=_ENVCONFIG,
    )
    num_parallel: Annotated[int, Field(strict=True, ge=1, le=1024)] = setting(
        1,
        "Requests one model answers at once; each needs a context of memory.",
        source=_ENVCONFIG,
    )
    max_loaded_models: Annotated[int, Field(strict=True, ge=0, le=1024)] = setting(
        0,
        "Models in memory at once; 0 is three per GPU, or three on the CPU.",
        source=_ENVCONFIG,
    )
    max_queue: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = setting(
        512,
        "Requests that may wait; the next one is answered 503.",
        source=_ENVCONFIG,
    )
    context_length: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] = setting(
        0,
        "Context window in tokens for models that set none; 0 lets Ollama choose (4096 on CPU).",
        source=_ENVCONFIG,
        example="8192",
    )
    flash_attention: Flag | None = setting(
        None,
        "Flash attention on or off; None lets Ollama choose by GPU.",
        source=_ENVCONFIG,
        example="True",
    )
    kv_cache_type: Literal["f16", "q8_0", "q4_0"] | None = setting(
        None,
        "Number format of the KV cache (None is f16); q8_0 takes half of it, q4_0 a quarter. "
        "Both need flash_attention=True.",
        source=_ENVCONFIG,
        example='"q8_0"',
    )
    debug: Annotated[int, Field(strict=True, ge=0, le=2)] = setting(
        0, "Log level: 0 normal, 1 debug, 2 trace.", source=_ENVCONFIG
    )
    no_prune: Flag = setting(
        False, "Whether blobs that no model uses are kept at a start.", source=_ENVCONFIG
    )
    gpu_overhead: Size = setting(
        0, "Video memory left free per GPU, in bytes.", source=_ENVCONFIG, example='"512M"'
    )
    sched_spread: Flag = setting(
        False, "Whether each model is spread over all GPUs.", source=_ENVCONFIG
    )
    llm_library: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")] | None = setting(
        None, "GPU library to load; None detects it.", source=_ENVCONFIG, example='"cuda_v13"'
    )
    https_proxy: SecretStr | None = setting(
        None,
        "Proxy for pulls; kept secret, because it may hold a password.",
        source=_ENVCONFIG,
        example='os.environ["PROXY_URL"]',
    )
    no_proxy: tuple[str, ...] = setting(
        (),
        "Hosts, '.domains' and networks reached without the proxy (localhost always is).",
        source=_ENVCONFIG,
        example='["10.0.0.0/8", ".example.com"]',
    )
    environment: dict[Annotated[str, AfterValidator(free.check_name)], Text] = setting(
        {},
        "Further variables of the server, by their real names.",
        source="our choice because most servers need none",
        example='{"LLAMA_ARG_CACHE_RAM": "1024"}',
    )

    @field_validator("version")
    @classmethod
    def _version_is_safe(cls, value: str, info: ValidationInfo) -> str:
        return check_version(value, allow_vulnerable=info.data.get("allow_vulnerable"))

    @field_validator("models")
    @classmethod
    def _models_differ(cls, value: Sequence[Model], info: ValidationInfo) -> tuple[Model, ...]:
        seen: dict[str, tuple[int, str]] = {}
        for position, model in enumerate(value):
            first = seen.setdefault(model.registry.key, (position, model.name))
            if first[0] != position:
                raise refusal(
                    accepted="each model once",
                    remedy=f"remove one of them: both are {model.canonical} to Ollama",
                    seen=f"[{first[0]}] {first[1]!r} and [{position}] {model.name!r}",
                )
            if model.pulled.is_cloud and info.data.get("no_cloud"):
                raise refusal(
                    accepted="models that run on the host itself, while no_cloud is on",
                    remedy="choose a local tag, or write no_cloud=False",
                    seen=f"[{position}] {model.name!r}",
                )
        return tuple(value)

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

    @field_validator("kv_cache_type")
    @classmethod
    def _cache_needs_flash(cls, value: str | None, info: ValidationInfo) -> str | None:
        flash = info.data.get("flash_attention", True)
        if value in ("q8_0", "q4_0") and flash is not True:
            raise refusal(
                accepted="'f16' or None while flash_attention is not True",
                remedy="add flash_attention=True (llama.cpp quantises the cache only with it), or "
                "write kv_cache_type='f16'",
                seen=f"{value!r} with flash_attention={flash}",
            )
        return value

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

    @property
    def has_secrets(self) -> bool:
        """Whether :meth:`environ` holds a value that must not be shown or world-readable."""
        return bool(self.environ().secret_names)

    def environ(self) -> Environ:
        """Return the variables of the service: what differs from Ollama's own defaults, and
        always OLLAMA_HOST, OLLAMA_MODELS and, when on, OLLAMA_NO_CLOUD."""
        return server_environ(self)
