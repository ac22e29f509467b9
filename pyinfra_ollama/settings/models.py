"""Models and their options, as ``models=[Model("llama3.2:1b")]`` declares them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from .base import Setting, refusal, setting
from .kinds import Flag, Seconds
from .names import DEFAULT_HOST, NAME_SHAPE, ModelName, parse_name
from .options import EMBEDDING_OPTIONS, Options


def _name(value: str) -> str:
    try:
        parse_name(value)
    except ValueError as error:
        # Before an '@' there may be a password, as in a URL.
        seen = f"a name that ends in {'@' + value.rpartition('@')[2]!r}" if "@" in value else None
        raise refusal(accepted=NAME_SHAPE, remedy=f"correct the name: {error}", seen=seen) from None
    return value


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "model name"})]


class Model(Setting):
    """One model that the host has; ``Model("llama3.2:1b")`` is a whole declaration."""

    positional: ClassVar[tuple[str, ...]] = ("name",)
    moved: ClassVar[dict[str, str]] = {
        "num_ctx": "options=Options(num_ctx=8192)",
        "num_thread": "options=Options(num_thread=8)",
        "num_threads": "options=Options(num_thread=8)",
        "temperature": "options=Options(temperature=0.7)",
        "tag": "the tag in the name, as in Model('llama3.2:1b')",
        "parameters": "options=Options(...)",
        "keep_alive": "keep_alive='5m' in Ollama(...), which holds for all models",
    }

    name: Name = Field(
        kw_only=False,
        description=f"The model: {NAME_SHAPE}.",
        json_schema_extra={"example": '"10.0.0.5:5000/library/llama3.2:1b"'},
    )
    role: Literal["chat", "embedding"] = setting(
        "chat",
        "What the model is for; the verifier asks it for text or for a vector.",
        source="our choice because most models chat",
    )
    base: Name | None = setting(
        None,
        "The model that is pulled and given `options` under `name`; None pulls `name` itself.",
        source="our choice because most models are used as they come",
        example='"mistral:7b"',
    )
    options: Options | None = setting(
        None,
        "Options written into the model by /api/create; None leaves it as it was pulled. An "
        "option that is taken out later goes from a model with a `base`, else it stays.",
        source="our choice because the publisher's options fit most uses",
        example="Options(num_ctx=8192, num_thread=8)",
    )
    digest: str | None = setting(
        None,
        "SHA-256 of the manifest of what is pulled (64 hex digits, as /api/tags lists it); "
        "None trusts the registry's tag.",
        source="our choice because tags of Ollama's registry move",
    )
    insecure: Flag = setting(
        False,
        "Whether the registry may be asked over plain HTTP. For a registry of your own only.",
        source="Ollama 0.33.0 server/images.go: HTTPS unless a pull says otherwise",
        validate_default=True,
    )
    pull_timeout_seconds: Seconds = setting(
        7200,
        "How long one pull may take, in seconds.",
        source="our choice because 40 GB at 50 Mbit/s take just under two hours",
    )
    pull_attempts: Annotated[int, Field(strict=True, ge=1, le=20)] = setting(
        5,
        "How often a pull that breaks off is tried; each resumes where the last one stopped.",
        source="our choice because Ollama itself gives up a part after six short retries",
    )

    @field_validator("base")
    @classmethod
    def _base_is_another(cls, value: str | None, info: ValidationInfo) -> str | None:
        name = info.data.get("name")
        if value is not None and name and parse_name(value).key == parse_name(name).key:
            raise refusal(
                accepted="a model other than the name itself",
                remedy="remove base=..., or give the changed model a name of its own",
            )
        return value

    @field_validator("options")
    @classmethod
    def _options_fit_role(cls, value: Options | None, info: ValidationInfo) -> Options | None:
        chosen = set() if value is None else set(value.parameters())
        if info.data.get("role") == "embedding" and chosen - EMBEDDING_OPTIONS:
            raise refusal(
                accepted=f"for role='embedding': {', '.join(sorted(EMBEDDING_OPTIONS))}",
                remedy="remove the options that only shape generated text",
                seen=", ".join(sorted(chosen - EMBEDDING_OPTIONS)),
            )
        return value

    @field_validator("digest")
    @classmethod
    def _digest_can_hold(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        bare = value.removeprefix("sha256:").lower()
        if len(bare) != 64 or not set(bare) <= set("0123456789abcdef"):
            raise refusal(
                accepted="64 hex digits, with or without 'sha256:' before them",
                remedy="copy the digest from /api/tags of a host that has the model",
            )
        if info.data.get("options") is not None and info.data.get("base", "") is None:
            raise refusal(
                accepted="a digest of what is pulled, under a name that is not changed afterwards",
                remedy="add base='THE PULLED MODEL' and give the changed one its own name: "
                "options written into a model change its digest",
            )
        return bare

    @field_validator("insecure")
    @classmethod
    def _insecure_fits_names(cls, value: bool, info: ValidationInfo) -> bool:
        texts = [t for t in (info.data.get("name"), info.data.get("base")) if t]
        source = texts[-1] if texts else None
        plain = next((t for t in texts if t.startswith("http://")), None)
        if plain and not value:
            raise refusal(
                accepted="insecure=True with a name that starts with http://",
                remedy="add insecure=True when the registry is yours and the network is trusted",
                seen=f"insecure=False with {plain!r}",
            )
        encrypted = next((t for t in texts if t.startswith("https://")), None)
        if value and encrypted:
            raise refusal(
                accepted="insecure=False with a name that starts with https://",
                remedy="remove insecure=True: it turns the pull into plain HTTP",
                seen=f"insecure=True with {encrypted!r}",
            )
        if value and source and parse_name(source).is_default_host:
            raise refusal(
                accepted=f"insecure=True only for a registry other than {DEFAULT_HOST}",
                remedy="remove insecure=True, or put your registry's host into the name",
                seen=f"insecure=True with {source!r}",
            )
        return value

    @property
    def registry(self) -> ModelName:
        """The declared name in its parts (scheme, host, namespace, model, tag)."""
        return self._parts(self.name)

    @property
    def pulled(self) -> ModelName:
        """What is pulled, in its parts: `base`, or else the name."""
        return self._parts(self.base or self.name)

    @property
    def canonical(self) -> str:
        """The declared name as /api/tags lists it: ``llama3.2:1b``, ``mistral:latest``."""
        return self.registry.listed

    def _parts(self, text: str) -> ModelName:
        name = parse_name(text)
        return name._replace(scheme="http") if self.insecure else name
