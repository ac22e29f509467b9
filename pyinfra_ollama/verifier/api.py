"""Questions to a server's API, answered with a value, a complaint, or "could not tell".

Relies on Ollama 0.33.0 (0.32.15 the same): routes and shapes of /api/version, /api/tags,
/api/status, /api/generate and /api/embed; errors inside a stream come with status 200.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import requests

from pyinfra_ollama.transport import CONNECT_SECONDS, BrokenError
from pyinfra_ollama.verifier.replies import Answer, Cloud, Embedded, Generated

__all__ = ["Api"]

ANSWER_SECONDS = 15.0
# After the model is loaded; 16 tokens take a slow CPU some seconds.
GENERATE_SECONDS = 120.0
_NS = 1e9

T = TypeVar("T")


class Api:
    """The API at `base_url`, asked through `session`; one HTTP connection per question.

    + is_alive: whether the way to the host still works; asked when an answer fails to come, so
      that a lost connection is no complaint about the server
    """

    def __init__(
        self, session: requests.Session, base_url: str, is_alive: Callable[[], bool]
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._is_alive = is_alive

    def version(self) -> Answer[str]:
        return self._ask(lambda: str(self._get("/api/version")["version"]))

    def tags(self) -> Answer[dict[str, str]]:
        """Listed names and their digests."""
        return self._ask(lambda: {m["name"]: m["digest"] for m in self._get("/api/tags")["models"]})

    def cloud(self) -> Answer[Cloud]:
        """Whether the cloud is off; a cloud model is asked for only where the server says so."""

        def asking() -> Cloud:
            said = self._get("/api/status")["cloud"]
            disabled, source = bool(said["disabled"]), str(said["source"])
            if not disabled:
                return Cloud(disabled, source)
            body = {"model": "pyinfra-ollama-verify:cloud", "prompt": "", "stream": False}
            with self._post("/api/generate", body, ANSWER_SECONDS) as response:
                return Cloud(disabled, source, response.status_code)

        return self._ask(asking)

    def generate(
        self, model: str, *, prompt: str, max_tokens: int, load_seconds: float
    ) -> Answer[Generated]:
        """Generate up to `max_tokens`; `load_seconds` bounds the wait for the first one."""
        body = {
            "model": model,
            "prompt": prompt,
            "stream": True,
            "options": {"num_predict": max_tokens},
        }

        def asking() -> Generated:
            start, first, text = time.monotonic(), 0.0, []
            with self._post("/api/generate", body, load_seconds) as response:
                for chunk in _lines(response):
                    piece = f"{chunk.get('response', '')}{chunk.get('thinking', '')}"
                    now = time.monotonic() - start
                    if piece and not first:
                        first = now
                    text.append(piece)
                    if chunk.get("done"):
                        return _generated(chunk, "".join(text), first)
                    if now > load_seconds + GENERATE_SECONDS:
                        raise _ComplaintError(f"still generating after {now:.0f} s")
            raise _ComplaintError("the answer ended before it was done")

        return self._ask(asking)

    def embed(self, model: str, *, text: str, load_seconds: float) -> Answer[Embedded]:
        def asking() -> Embedded:
            body = {"model": model, "input": text}
            with self._post("/api/embed", body, load_seconds) as response:
                said = _checked(response)
            vector = said["embeddings"][0]
            return Embedded(
                dimension=len(vector),
                is_zero=not any(vector),
                load_seconds=said.get("load_duration", 0) / _NS,
                total_seconds=said.get("total_duration", 0) / _NS,
            )

        return self._ask(asking)

    def _get(self, path: str) -> Any:
        timeout = (CONNECT_SECONDS, ANSWER_SECONDS)
        with self._session.get(self._base_url + path, timeout=timeout) as response:
            return _checked(response)

    def _post(self, path: str, body: Mapping[str, Any], seconds: float) -> requests.Response:
        timeout = (CONNECT_SECONDS, seconds)
        return self._session.post(self._base_url + path, json=body, stream=True, timeout=timeout)

    def _ask(self, asking: Callable[[], T]) -> Answer[T]:
        try:
            return Answer(asking())
        except BrokenError as error:
            return Answer(error=str(error), told=False)
        except _ComplaintError as error:
            return Answer(error=str(error))
        except requests.RequestException as error:
            return Answer(error=str(error), told=self._is_alive())
        except (KeyError, TypeError, ValueError, IndexError) as error:
            return Answer(error=f"an answer of another shape: {error!r}")


class _ComplaintError(Exception):
    """The server said no, or not enough."""


def _checked(response: requests.Response) -> Any:
    """The JSON of a good answer, the server's own words of a bad one."""
    if response.status_code != requests.codes.ok:
        raise _ComplaintError(f"HTTP {response.status_code}{_words(response.text)}")
    try:
        said = response.json()
    except ValueError:
        raise _ComplaintError(f"no JSON{_words(response.text)}") from None
    if isinstance(said, dict) and "error" in said:
        raise _ComplaintError(str(said["error"]))
    return said


def _words(text: str) -> str:
    try:
        words = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        words = " ".join(text.split())[:200]
    return f": {words}" if words else " without a reason"


def _lines(response: requests.Response) -> Iterator[dict[str, Any]]:
    if response.status_code != requests.codes.ok:
        raise _ComplaintError(f"HTTP {response.status_code}{_words(response.text)}")
    for line in response.iter_lines(chunk_size=512):
        if line:
            chunk = json.loads(line)
            if "error" in chunk:
                raise _ComplaintError(f"in the stream: {chunk['error']}")
            yield chunk


def _generated(last: Mapping[str, Any], text: str, first: float) -> Generated:
    seconds = last.get("eval_duration", 0) / _NS
    tokens = int(last.get("eval_count", 0))
    return Generated(
        text=text,
        tokens=tokens,
        load_seconds=last.get("load_duration", 0) / _NS,
        first_token_seconds=first,
        tokens_per_second=tokens / seconds if seconds else 0.0,
    )
