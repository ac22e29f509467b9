"""HTTP to this machine only, without proxies, with a limit on time and size."""

from __future__ import annotations

import http.client
import json
from typing import Any

LARGEST = 8 << 20


class UnansweredError(Exception):
    """Nothing usable came back."""


def ask(address: str, port: int, path: str, *, seconds: float = 2.0, body: object = None) -> bytes:
    """The body of an answer of 200; `body` is sent as JSON by POST.

    UnansweredError for any other outcome. `seconds` is the limit of each wait, and the answers
    that are asked for here come at once or not at all.
    """
    link = http.client.HTTPConnection(address, port, timeout=seconds)
    try:
        if body is None:
            link.request("GET", path)
        else:
            link.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = link.getresponse()
        text = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as error:
        raise UnansweredError(f"{address}:{port}{path}: {error!r}") from error
    finally:
        link.close()
    if answer.status != 200 or len(text) > LARGEST:
        raise UnansweredError(f"{address}:{port}{path}: {answer.status}, {len(text)} bytes")
    return text


def ask_json(
    address: str, port: int, path: str, *, seconds: float = 2.0, body: object = None
) -> dict[str, Any]:
    """The same for an answer that is a JSON object."""
    text = ask(address, port, path, seconds=seconds, body=body)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UnansweredError(f"{path}: no JSON") from error
    if not isinstance(found, dict):
        raise UnansweredError(f"{path}: no JSON object")
    return found
