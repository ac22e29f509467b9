"""Requests behind another one, for whom two programs disagree about where they begin."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fleet.trick import Trick, request


def hidden(key: str) -> Iterator[Trick]:
    """A second request behind the first, for whom the two disagree about where it begins."""
    inner = request("POST", "/api/pull", key)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner)
    for name, headers, body in (
        (
            "length and chunks",
            (f"Content-Length: {len(inner)}", "Transfer-Encoding: chunked"),
            inner,
        ),
        ("chunks and length", ("Transfer-Encoding: chunked", "Content-Length: 4"), chunked),
        ("two lengths", ("Content-Length: 0", f"Content-Length: {len(inner)}"), inner),
        ("two equal lengths", (f"Content-Length: {len(inner)}",) * 2, inner),
        ("a signed length", (f"Content-Length: +{len(inner)}",), inner),
        ("a length of words", ("Content-Length: 0, 7",), inner),
        ("a hexadecimal length", ("Content-Length: 0x0",), inner),
        ("an empty length", ("Content-Length:",), inner),
        ("unknown coding", ("Transfer-Encoding: xchunked",), inner),
        ("coding twice", ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"), inner),
        ("coding list", ("Transfer-Encoding: chunked, identity",), inner),
        ("coding with a tab", ("Transfer-Encoding:\tchunked",), b"0\r\n\r\n"),
        ("coding with a space before", ("Transfer-Encoding : chunked",), inner),
        ("folded coding", ("Transfer-Encoding:\r\n chunked",), inner),
        ("a header without a name", (": x",), inner),
        ("a bare line feed", ("X: y\nTransfer-Encoding: chunked",), inner),
        ("a bad chunk size", ("Transfer-Encoding: chunked",), b"zz\r\n" + inner),
        ("a negative chunk", ("Transfer-Encoding: chunked",), b"-1\r\n" + inner),
        ("a huge chunk", ("Transfer-Encoding: chunked",), b"fffffffffffffffff\r\n" + inner),
        ("a chunk's extension", ("Transfer-Encoding: chunked",), b"0;\n\r\n\r\n" + b""),
    ):
        sent = request(
            "GET", "/api/version", key, body=body, headers=headers, length=False, close=False
        )
        # An honest answer to the first request is no harm.
        yield Trick(name, sent, ('GET "/api/version"',))
    first = request("GET", "/api/version", key, body=b"", close=False)
    yield Trick("pipelined", first + inner, ('GET "/api/version"',))
    tunnelled = request("GET", "/api/version", key, body=inner)
    yield Trick("in the body of a GET", tunnelled, ('GET "/api/version"',))
    yield Trick("behind HTTP/1.0", request("GET", "/api/pull", key, version="HTTP/1.0"))
    yield Trick("HTTP/0.9", b"GET /api/tags\r\n")
    yield Trick("HTTP/2.0 in words", request("GET", "/api/tags", key, version="HTTP/2.0"))
    yield Trick("HTTP/1.2", request("POST", "/api/pull", key, version="HTTP/1.2"))
    yield Trick("two spaces", request("POST", " /api/pull", key))
    yield Trick("a tab", request("POST\t/api/pull\tHTTP/1.1\r\nX:", "y", key))
