"""What the gateway lets through: each path spelled out, its methods, and who may use it.

Routes of Ollama 0.33.0 (`server/routes.go`, 2026-11). What is not listed here is refused by nginx
itself: `/api/me`, `/api/signout` and `/api/user/keys` call ollama.com even without its cloud,
`/api/experimental/*` and `/api/status` are nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pyinfra_ollama.decide.gateway.routing import ADMIN, EVERYONE, Routing
from pyinfra_ollama.settings import GatewaySettings, parse_name

Kind = Literal["read_only", "inference", "admin"]

POST, GET, LOOK, DELETE = ("POST",), ("GET",), ("GET", "HEAD"), ("DELETE",)


@dataclass(frozen=True)
class Endpoint:
    """One path that is forwarded as it stands here, whatever a client spelled.

    `kind`: the least policy that may use it. `body`: whether a request body is handed on.
    `pattern`: a regular expression that the path is matched with instead; `target` is then what
    is forwarded, made of what the expression caught.
    """

    path: str
    methods: tuple[str, ...]
    kind: Kind
    body: bool = True
    pattern: str = ""
    target: str = ""
    long: bool = False
    pool: str = EVERYONE

    @property
    def names_model(self) -> bool:
        """Whether its body is JSON that names a model, by which a request can be routed."""
        return self.kind != "admin" and self.methods == POST

    @property
    def is_list(self) -> bool:
        """Whether backends answer it with what they have."""
        return self.path in _LISTS

    @property
    def location(self) -> str:
        """nginx's words for the path: exact, case included."""
        return f'~ "{self.pattern}"' if self.pattern else f'= "{self.path}"'

    @property
    def forwarded(self) -> str:
        """The path that the backend is asked for."""
        return self.target or self.path

    @property
    def allowed(self) -> str:
        """The methods as a regular expression, and our word for a browser that asks first."""
        return f"^(?:PREFLIGHT|{'|'.join(self.methods)})\\z"


_INFERENCE = (
    "/api/generate",
    "/api/chat",
    "/api/embed",
    "/api/embeddings",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/responses",
    "/v1/messages",
)
_LOOKED_AT = ("/", "/api/version", "/api/tags")
_LISTS = ("/api/tags", "/api/ps", "/v1/models")
_ADMIN = ("/api/pull", "/api/push", "/api/create", "/api/copy")


def endpoints(settings: GatewaySettings, routed: Routing) -> Iterator[Endpoint]:
    """All that a gateway lets through, under the policies that its callers have."""
    for path in _LOOKED_AT:
        yield Endpoint(path, LOOK, "read_only", body=False)
    for path in ("/api/ps", "/v1/models"):
        yield Endpoint(path, GET, "read_only", body=False)
    # A model's name in a path is a client's spelling, so the declared ones are listed.
    for name in settings.models:
        pool = routed.by_model.get(parse_name(name).key, EVERYONE)
        for spelled in dict.fromkeys((name, name.removesuffix(":latest"))):
            if "/" not in spelled:
                path = f"/v1/models/{spelled}"
                yield Endpoint(path, GET, "read_only", body=False, pool=pool)
    if settings.gateway.show:
        yield Endpoint("/api/show", POST, "read_only")
    else:
        yield Endpoint("/api/show", POST, "admin", pool=ADMIN)
    for path in _INFERENCE:
        yield Endpoint(path, POST, "inference")
    if not routed.reads:
        # Its body is a form, in which nobody looks for a model.
        yield Endpoint("/v1/audio/transcriptions", POST, "inference")
    for path in _ADMIN:
        yield Endpoint(path, POST, "admin", pool=ADMIN)
    yield Endpoint("/api/delete", DELETE, "admin", pool=ADMIN)
    yield Endpoint(
        "/api/blobs",
        ("HEAD", "POST"),
        "admin",
        pattern=r"^/api/blobs/sha256:(?<gateway_digest>[0-9a-f]{64})\z",
        target="/api/blobs/sha256:$gateway_digest",
        long=True,
        pool=ADMIN,
    )
