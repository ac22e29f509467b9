"""Requests that try to reach what a gateway does not offer, as the bytes of a connection.

Every one carries a key that may use the models. None may show in Ollama's own log, but those that
`honest` is said of: a gateway has to answer them, and what they hide must not come out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fleet.hidden import hidden
from tests.fleet.trick import Trick, request

DIGEST = "sha256:" + "ab" * 32
FORBIDDEN = (
    ("POST", "/api/pull"),
    ("POST", "/api/push"),
    ("POST", "/api/create"),
    ("POST", "/api/copy"),
    ("DELETE", "/api/delete"),
    ("POST", "/api/show"),
    ("HEAD", f"/api/blobs/{DIGEST}"),
    ("POST", f"/api/blobs/{DIGEST}"),
    ("POST", "/api/me"),
    ("POST", "/api/signout"),
    ("DELETE", "/api/user/keys/abc"),
    ("POST", "/api/experimental/web_search"),
    ("GET", "/api/experimental/model-recommendations"),
    ("GET", "/api/status"),
)


def _spellings(path: str) -> Iterator[str]:
    """A path in the ways in which two programs may read it differently."""
    first, _, rest = path[1:].partition("/")
    last = path.rpartition("/")[2]
    head = path[: -len(last)]
    yield path
    yield f"/{path}"
    yield f"//{first}//{rest}"
    yield f"{path}/"
    yield f"/{first}/./{rest}"
    yield f"/api/chat/..{path[4:]}"
    yield f"/api/chat/../..{path}"
    yield f"/v1/..{path}"
    yield f"/{first}%2f{rest}"
    yield f"/%61{first[1:]}/{rest}"
    yield f"{head}%{ord(last[0]):02x}{last[1:]}"
    yield f"{head}%25{ord(last[0]):02x}{last[1:]}"
    yield f"/api/chat%2f..%2f{rest}"
    yield f"/api/chat/%2e%2e/{rest}"
    yield f"/api/chat%252f%252e%252e%252f{rest}"
    yield path.upper()
    yield f"{path}?stream=false"
    yield f"/api/chat;{path}"
    yield f"{path}%00"
    yield f"{path}%0a"
    yield f"{path}%20"
    yield f"{path};x"
    yield f"{path}#x"
    yield path.replace("/", "\\")
    yield f"http://localhost:11434{path}"
    yield f"https://llm.example.com{path}"


def _spelled(key: str) -> Iterator[Trick]:
    for method, path in FORBIDDEN:
        for target in dict.fromkeys(_spellings(path)):
            yield Trick(f"{method} {target}", request(method, target, key))


def _allowed_but_misspelled(key: str) -> Iterator[Trick]:
    """What is offered is offered by its own name only."""
    for target in (
        "//api/tags",
        "/api//tags",
        "/api/tags/",
        "/api/./tags",
        "/api/x/../tags",
        "/api/%74ags",
        "/api%2ftags",
        "/API/tags",
        "/api/tags%00",
        "/api/tags%0d%0aX-A:%20b",
        "/api/tags%20HTTP/1.1%0d%0aHost:%20localhost%0d%0a%0d%0aPOST%20/api/pull%20HTTP/1.1",
        "/api/tags%3f",
        "/api/tags#",
        "/api/tags;a=b",
        "http://llm.example.com/api/tags",
        "/v1/models/../../api/tags",
        "/v1/models/x",
        "/v1/models/x%2f..%2f..%2fapi%2fpull",
        "*",
        "",
        "api/tags",
        "?",
        "/api/tags\xff",
        "/api/t\xc0\xafags",
        "/%ef%bc%8fapi/tags",
    ):
        yield Trick(f"GET {target}", request("GET", target, key, body=b""))


def _methods(key: str) -> Iterator[Trick]:
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "post", "POSTPOST", "P0ST"):
        yield Trick(f"{method} /api/chat", request(method, "/api/chat", key))
    for method in ("POST", "PUT", "DELETE", "TRACE", "PROPFIND", "get"):
        yield Trick(f"{method} /api/tags", request(method, "/api/tags", key))
    yield Trick("CONNECT", request("CONNECT", "127.0.0.1:11434", key))
    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        sent = request("GET", "/api/pull", key, headers=(f"{header}: POST",))
        yield Trick(f"GET /api/pull with {header}", sent)


def _headers(key: str) -> Iterator[Trick]:
    """Headers by which some servers are led elsewhere: the request itself is an honest one."""
    for header in (
        "X-Original-URL: /api/pull",
        "X-Rewrite-URL: /api/pull",
        "X-Forwarded-Path: /api/pull",
        "X-Accel-Redirect: /api/pull",
        "Forwarded: for=127.0.0.1;host=localhost;proto=http",
        "X-Forwarded-Host: localhost",
        "Connection: close, Authorization",
        "Upgrade: h2c",
        "Max-Forwards: 0",
    ):
        sent = request("GET", "/api/version", key, body=b"", headers=(header,))
        yield Trick(f"GET /api/version with {header}", sent, ('GET "/api/version"',))


def tricks(key: str) -> list[Trick]:
    """All of them."""
    return [
        *_spelled(key),
        *_allowed_but_misspelled(key),
        *_methods(key),
        *_headers(key),
        *hidden(key),
    ]
