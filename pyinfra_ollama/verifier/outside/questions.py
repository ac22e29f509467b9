"""The questions of the outside checks, several at a time; each answer with who asked for what."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.verifier.gateway.endpoints import NEVER, RANKS, Endpoint, endpoints, may
from pyinfra_ollama.verifier.outside.asked import Asked
from pyinfra_ollama.verifier.outside.callers import NOBODY, Caller, able, wrong
from pyinfra_ollama.verifier.outside.door import Door, DoorError, Said
from pyinfra_ollama.verifier.outside.together import at_once

__all__ = ["Questions"]

_AT_ONCE = 6
_MOST_ORIGINS = 5
_ELSEWHERE = "https://elsewhere.invalid"

_Asking = tuple[Caller, str, str, bytes | None]


class Questions:
    """Asks one gateway.

    + everyone: the declared callers, with the policies they have from here
    """

    def __init__(self, door: Door, settings: GatewaySettings, everyone: tuple[Caller, ...]) -> None:
        self._door = door
        self._settings = settings
        self._everyone = everyone
        gateway = settings.gateway
        self._closed = bool(gateway.keys or gateway.users)

    def strangers(self) -> list[Asked]:
        """Those whom nobody knows, and nobody in particular at every endpoint."""
        asked: list[_Asking] = [(one, "GET", "/api/version", None) for one in (NOBODY, *wrong())]
        if self._closed:
            known = endpoints(self._settings)
            asked += [(NOBODY, one.method, one.path, one.body) for one in known]
        return self._each(asked)

    def declared(self) -> list[Asked]:
        """Every caller whose secret is known."""
        return self._each((one, "GET", "/api/version", None) for one in self._everyone)

    def offered(self) -> list[tuple[Asked, tuple[int, ...]]]:
        """Each endpoint that somebody may use, and what a backend answers."""
        asked: list[tuple[Caller, Endpoint]] = []
        for one in endpoints(self._settings):
            caller = able(self._everyone, one.kind)
            if caller is not None:
                asked.append((caller, one))
        answers = self._each((caller, one.method, one.path, one.body) for caller, one in asked)
        wanted = (one.answers for _, one in asked)
        return list(zip(answers, wanted, strict=True))

    def refused(self) -> list[Asked]:
        """What nobody may have, and for one caller of each policy what it is too small for."""
        known = tuple(endpoints(self._settings))
        asked: list[_Asking] = [(NOBODY, method, path, None) for method, path in NEVER]
        for policy in RANKS:
            caller = next((one for one in self._everyone if one.policy == policy), None)
            if caller is None:
                continue
            asked += [
                (caller, one.method, one.path, one.body)
                for one in known
                if not may(policy, one.kind)
            ]
            asked += [(caller, method, path, None) for method, path in NEVER]
        return self._each(asked)

    def kinds(self) -> dict[str, Said]:
        """One answer of each kind, by what it is."""
        found = {"a refused path": self._door.ask("GET", NEVER[0][1])}
        if self._closed:
            found["a caller unknown"] = self._door.ask("GET", "/api/version")
        if self._everyone:
            found["an answer"] = self._door.ask("GET", "/api/version", self._everyone[0])
        return found

    def foreign(self) -> Said:
        """An answer to a page of nobody's."""
        caller = self._everyone[0] if self._everyone else NOBODY
        return self._door.ask("GET", "/api/version", caller, headers={"Origin": _ELSEWHERE})

    def pages(self) -> dict[str, Said]:
        """What a browser is told that asks for each declared page whether it may call."""
        cors = self._settings.gateway.cors
        wish = {"Access-Control-Request-Method": "POST"}
        return {
            origin: self._door.ask("OPTIONS", "/api/chat", headers={"Origin": origin, **wish})
            for origin in (cors.origins[:_MOST_ORIGINS] if cors else ())
        }

    def _each(self, asked: Iterable[_Asking]) -> list[Asked]:
        return at_once(lambda one: self._one(*one), tuple(asked), count=_AT_ONCE)

    def _one(self, caller: Caller, method: str, path: str, body: bytes | None) -> Asked:
        try:
            said = self._door.ask(method, path, caller, body=body)
        except DoorError as error:
            return Asked(caller.name, method, path, None, str(error))
        return Asked(caller.name, method, path, said)
