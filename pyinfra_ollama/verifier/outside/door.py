"""One gateway's address, asked over HTTP(S) by `requests` through a way; and what it says.

No proxy, netrc or certificate store of the environment is used. A request has no query and no
cookie; its secret is in a header, which no exception and no log line of `requests` shows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from pyinfra_ollama.channels import NotOpenedError
from pyinfra_ollama.verifier.outside.callers import NOBODY, Caller
from pyinfra_ollama.verifier.outside.pool import CONNECT_SECONDS, Adapter, Place, Trust, bracketed
from pyinfra_ollama.verifier.outside.way import Way

__all__ = ["Door", "DoorError", "Said"]

ANSWER_SECONDS = 15.0
_PATIENCE = 4
_LONGEST_WAIT = 3.0
_MOST_BYTES = 1_000_000


class DoorError(Exception):
    """No answer; the text is the reason in one line."""


@dataclass(frozen=True)
class Said:
    """An answer; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """What the access log calls the request."""
        return self.headers.get("x-request-id", "")

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")


class Door:
    """Asks one gateway; use it as a context manager.

    + trust: None for plain HTTP
    """

    def __init__(self, way: Way, place: Place, trust: Trust | None) -> None:
        self._base = f"{'https' if trust else 'http'}://{bracketed(place.name)}:{place.port}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.mount(f"{self._base}/", Adapter(way, place, trust))
        self.ids: list[str] = []

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def ask(
        self,
        method: str,
        path: str,
        caller: Caller = NOBODY,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Said:
        """One request. Raises `DoorError`.

        + patient: waits as Retry-After says and asks again when the rate was above its limit
        """
        with self.asking(
            method, path, caller, body=body, headers=headers, patient=patient
        ) as response:
            try:
                content = response.raw.read(_MOST_BYTES, decode_content=True)
            except Exception as error:
                raise DoorError(_reason(error)) from None
            return Said(response.status_code, _named(response), content)

    @contextmanager
    def asking(
        self,
        method: str,
        path: str,
        caller: Caller = NOBODY,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
        seconds: float = ANSWER_SECONDS,
    ) -> Iterator[requests.Response]:
        """A request whose answer is read by the caller. Raises `DoorError` when there is none."""
        given = {"Content-Type": "application/json"} if body is not None else {}
        given |= {**caller.headers, **(headers or {})}
        for _ in range(_PATIENCE):
            try:
                response = self._sent(method, path, given, body, seconds)
            except (requests.RequestException, NotOpenedError, OSError) as error:
                raise DoorError(_reason(error)) from None
            if not patient or response.status_code != requests.codes.too_many_requests:
                break
            response.close()
            time.sleep(min(_seconds(response.headers.get("Retry-After", "")), _LONGEST_WAIT))
        self.ids.append(response.headers.get("X-Request-Id", ""))
        with response:
            yield response

    def _sent(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> requests.Response:
        def send() -> requests.Response:
            return self._session.request(
                method,
                self._base + path,
                headers=headers,
                data=body,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, seconds),
            )

        try:
            return send()
        except requests.ConnectionError as error:
            if isinstance(error, requests.Timeout):
                raise
            # A connection that was kept may have been closed by a reload a moment ago.
            return send()


def _named(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 1.0


def _reason(error: BaseException) -> str:
    """The innermost reason, without the long sentences of requests and urllib3."""
    while (inner := error.__cause__ or _inner(error)) is not None:
        error = inner
    return " ".join((str(error) or type(error).__name__).split())[:200]


def _inner(error: BaseException) -> BaseException | None:
    found = (*error.args, getattr(error, "reason", None))
    return next((one for one in found if isinstance(one, BaseException) and one is not error), None)
