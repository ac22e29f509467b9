"""Asking a service over HTTP: it answers, refuses, or accepts and says nothing."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from ollama_tools.config import Service

__all__ = ["Answer", "ask"]

Kind = Literal["good", "bad", "refused", "elsewhere", "silent"]


@dataclass(frozen=True)
class Answer:
    """`refused`: nothing listens. `elsewhere`: it listens, but not where it is asked.

    `silent`: no answer in time. `bad`: one that is no good.
    """

    kind: Kind
    text: str
    seconds: float = 0.0

    def json(self) -> Any:
        """What it said, or None when that is no JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


def ask(service: Service, path: str, *, seconds: float) -> Answer:
    """GET a path; never raises. No proxy of the environment is used."""
    start = time.monotonic()
    connection = http.client.HTTPConnection(service.host, service.port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read(4_000_000).decode("utf-8", "replace")
    except ConnectionRefusedError:
        return Answer("refused", f"nothing listens on port {service.port}")
    except TimeoutError:
        return Answer("silent", f"no answer from port {service.port} within {seconds:g} s")
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        return Answer("bad", f"port {service.port} broke off: {reason}")
    finally:
        connection.close()
    took = time.monotonic() - start
    if response.status != http.client.OK:
        return Answer("bad", f"{path} answered with status {response.status}", took)
    return Answer("good", text, took)
