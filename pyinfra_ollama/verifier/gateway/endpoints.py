"""What a gateway lets through, written a second time on purpose, and how to ask it harmlessly.

Each request here changes nothing even where a broken gateway forwards it (Ollama 0.33.0,
`server/routes.go`): bodies are no JSON, so handlers that read one answer 400; paths that call
ollama.com are asked with a method for which Ollama has no route.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pyinfra_ollama.settings import GatewaySettings

__all__ = ["NEVER", "RANKS", "Endpoint", "Kind", "endpoints", "may"]

Kind = Literal["read_only", "inference", "admin"]
RANKS: tuple[Kind, ...] = ("read_only", "inference", "admin")
NO_JSON = b"{"


@dataclass(frozen=True)
class Endpoint:
    """One path that is let through to callers of a kind.

    `location` is nginx's word for it where that is no plain path; `answers` are the statuses of
    a backend that got the harmless request.
    """

    method: str
    path: str
    kind: Kind
    answers: tuple[int, ...] = (200,)
    body: bytes | None = None
    location: str = ""


def endpoints(settings: GatewaySettings) -> Iterator[Endpoint]:
    """All that is let through, in the order of the least policy for it."""
    for path in ("/", "/api/version", "/api/tags", "/api/ps", "/v1/models"):
        yield Endpoint("GET", path, "read_only")
    for model in settings.models:
        for spelled in dict.fromkeys((model, model.removesuffix(":latest"))):
            if "/" not in spelled:
                yield Endpoint("GET", f"/v1/models/{spelled}", "read_only", (200, 404))
    inference = ["/api/generate", "/api/chat", "/api/embed", "/api/embeddings"]
    inference += [f"/v1/{name}" for name in ("chat/completions", "completions", "embeddings")]
    inference += ["/v1/responses", "/v1/messages"]
    if not settings.reads_models:
        inference.append("/v1/audio/transcriptions")
    for path in inference:
        yield _posted(path, "inference")
    yield _posted("/api/show", "read_only" if settings.gateway.show else "admin")
    for name in ("pull", "push", "create", "copy"):
        yield _posted(f"/api/{name}", "admin")
    yield Endpoint("DELETE", "/api/delete", "admin", (400,), NO_JSON)
    digest = "0" * 64
    blobs = "~ ^/api/blobs/sha256:(?<gateway_digest>[0-9a-f]{64})\\z"
    yield Endpoint("HEAD", f"/api/blobs/sha256:{digest}", "admin", (200, 404), location=blobs)


def _posted(path: str, kind: Kind) -> Endpoint:
    return Endpoint("POST", path, kind, (400,), NO_JSON)


def may(policy: Kind, kind: Kind) -> bool:
    """Whether callers of a policy may use endpoints of a kind."""
    return RANKS.index(policy) >= RANKS.index(kind)


# What nobody is let through to, and ways of spelling what only some are.
NEVER = (
    ("GET", "/api/me"),
    ("GET", "/api/signout"),
    ("GET", "/api/user/keys/x"),
    ("GET", "/api/status"),
    ("GET", "/api/experimental/aliases"),
    ("GET", "/metrics"),
    ("GET", "/debug/pprof/"),
    ("GET", "/api%2fstatus"),
    ("GET", "/api//status"),
    ("GET", "/api/status/"),
    ("GET", "/API/version"),
)
