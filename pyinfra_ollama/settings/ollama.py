"""The server: which version, which models, and every variable it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ValidationInfo, field_validator

from . import environment as free
from .base import refusal, setting
from .environ import Environ, server_environ
from .gpu import GpuSelection
from .kinds import SERVICE_HOME, Flag, HostPath, check_stays
from .listening import Listening
from .models import Model
from .tuning import Tuning
from .version import DEFAULT_VERSION, check_version

# The deployment makes the service's user the owner of the models' folder.
_SHARED_FOLDERS = frozenset(
    [
        "/bin",
        "/boot",
        "/etc",
        "/lib",
        "/lib64",
        "/media",
        "/mnt",
        "/opt",
        "/sbin",
        "/srv",
        "/usr",
        "/usr/bin",
        "/usr/lib",
        "/usr/local",
        "/usr/local/bin",
        "/usr/share",
        "/var",
        "/var/lib",
        "/var/log",
    ]
)

# The one place in the home of the service's user: with it, models go only when they are to.
_AT_HOME = f"{SERVICE_HOME}/.ollama/models"

Text = Annotated[str, AfterValidator(free.check_value)]


class Ollama(Listening, Tuning, GpuSelection):
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
    models_dir: HostPath = setting(
        _AT_HOME,
        "Folder of the models on the host.",
        source="official installer: the home of its user is /usr/share/ollama",
        example='"/srv/ollama/models"',
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

    @field_validator("models_dir")
    @classmethod
    def _is_for_models(cls, value: str) -> str:
        if value.startswith(("/home/", "/root/")) or value in ("/home", "/root"):
            raise refusal(
                accepted="a path outside /home and /root, which the service's sandbox hides",
                remedy="choose a path such as '/srv/ollama/models'",
            )
        if value != _AT_HOME:
            check_stays(value)
        if value in _SHARED_FOLDERS:
            raise refusal(
                accepted="a folder that belongs to the models alone: the service becomes its owner",
                remedy=f"choose a folder inside it, such as '{value}/ollama-models'",
            )
        return value

    @field_validator("environment")
    @classmethod
    def _version_reads_it(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        return free.check_versions(value, version=info.data.get("version"))

    @property
    def has_secrets(self) -> bool:
        """Whether :meth:`environ` holds a value that must not be shown or world-readable."""
        return bool(self.environ().secret_names)

    def environ(self) -> Environ:
        """Return the variables of the service: what differs from Ollama's own defaults, and
        always OLLAMA_HOST, OLLAMA_MODELS and, when on, OLLAMA_NO_CLOUD."""
        return server_environ(self)
