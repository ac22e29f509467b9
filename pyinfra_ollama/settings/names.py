"""Names of models, read as Ollama 0.33.0 reads them (``types/model/name.go``).

``[scheme://][host/][namespace/]model[:tag]``, filled up with registry.ollama.ai, library and
latest. Two names that differ only in case are the same model to Ollama.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DEFAULT_HOST = "registry.ollama.ai"
DEFAULT_NAMESPACE = "library"
DEFAULT_TAG = "latest"

NAME_SHAPE = (
    "[host[:port]/namespace/]model[:tag]: letters, digits, '_', '-', '.' (no dot in the "
    "namespace), each part starting with a letter, digit or '_' and at most 80 characters "
    "long (host 350)"
)

_FIRST = "[A-Za-z0-9_]"
_PARTS = {
    "host": re.compile(rf"{_FIRST}[A-Za-z0-9_.:-]{{0,349}}"),
    "namespace": re.compile(rf"{_FIRST}[A-Za-z0-9_-]{{0,79}}"),
    "model": re.compile(rf"{_FIRST}[A-Za-z0-9_.-]{{0,79}}"),
    "tag": re.compile(rf"{_FIRST}[A-Za-z0-9_.-]{{0,79}}"),
}


class ModelName(NamedTuple):
    """One model name with every part filled in."""

    scheme: str
    host: str
    namespace: str
    model: str
    tag: str

    @property
    def is_default_host(self) -> bool:
        """Whether the model comes from Ollama's own registry."""
        return self.host.casefold() == DEFAULT_HOST

    @property
    def listed(self) -> str:
        """The name as /api/tags prints it.

        Only registry.ollama.ai is left out, and ``library/`` only there:
        ``llama3.2:1b``, ``me/model:latest``, ``10.77.0.2:5000/library/smollm2:135m``.
        """
        name = f"{self.model}:{self.tag}"
        if not self.is_default_host:
            return f"{self.host}/{self.namespace}/{name}"
        if self.namespace.casefold() != DEFAULT_NAMESPACE:
            return f"{self.namespace}/{name}"
        return name

    @property
    def key(self) -> str:
        """What two spellings of one model have in common."""
        return self.listed.casefold()

    @property
    def base_url(self) -> str:
        """The registry: ``https://registry.ollama.ai``."""
        return f"{self.scheme}://{self.host}"

    @property
    def manifest_url(self) -> str:
        """Where the registry serves the manifest, whose layers carry the sizes."""
        return f"{self.base_url}/v2/{self.namespace}/{self.model}/manifests/{self.tag}"

    @property
    def manifest_path(self) -> str:
        """Where the manifest lies below the models folder."""
        return f"manifests/{self.host}/{self.namespace}/{self.model}/{self.tag}"

    @property
    def is_cloud(self) -> bool:
        """Whether ollama.com runs the model (``:cloud``, ``:120b-cloud``)."""
        return self.tag == "cloud" or self.tag.endswith("-cloud")


def parse_name(text: str) -> ModelName:
    """Return the parts of a model name, or raise ``ValueError`` saying which part is wrong."""
    if not text:
        raise ValueError("the name is empty")
    if "@" in text:
        raise ValueError("a digest does not belong in the name; write digest='...' beside it")
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "https", text
    elif scheme not in ("http", "https"):
        raise ValueError(f"the scheme is {scheme!r}; only http and https are registries")
    tag = DEFAULT_TAG
    # A colon before the last slash is a port of the host.
    if rest.rfind(":") > rest.rfind("/"):
        rest, _, tag = rest.rpartition(":")
    pieces = rest.split("/")
    if len(pieces) > 3:
        raise ValueError("there are more than two slashes")
    looks_like_host = len(pieces) == 2 and set(pieces[0]) & {":", "."}
    if looks_like_host or (separator and len(pieces) < 3):
        registry = pieces[0] if len(pieces) > 1 else "HOST"
        raise ValueError(
            f"a name with a registry host needs a namespace as well, as in "
            f"'{registry}/{DEFAULT_NAMESPACE}/{pieces[-1]}'"
        )
    model = pieces[-1]
    namespace = pieces[-2] if len(pieces) > 1 else DEFAULT_NAMESPACE
    host = pieces[-3] if len(pieces) > 2 else DEFAULT_HOST
    name = ModelName(scheme, host, namespace, model, tag)
    for part, pattern in _PARTS.items():
        value = getattr(name, part)
        if not pattern.fullmatch(value):
            raise ValueError(_wrong_part(part, value))
    port = host.rpartition(":")[2] if ":" in host else "443"
    if host.count(":") > 1 or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"the host {host!r} has no valid port")
    return name


def _wrong_part(part: str, value: str) -> str:
    if not value:
        return f"the {part} is empty"
    longest = 350 if part == "host" else 80
    if len(value) > longest:
        return f"the {part} has {len(value)} characters, more than {longest}"
    if not re.match(_FIRST, value):
        return f"the {part} starts with {value[0]!r}"
    allowed = _PARTS[part]
    wrong = next(letter for letter in value if not allowed.fullmatch("a" + letter))
    return f"the {part} holds {wrong!r}"
