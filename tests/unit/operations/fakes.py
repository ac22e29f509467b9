"""A server that answers what a test says, a host that remembers what it is told, a clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

URL = "http://127.0.0.1:11434"


class Answer:
    """One streamed answer: events, or raw lines, or an error while it is read."""

    def __init__(self, events: Iterable[Any], status: int = 200) -> None:
        self.events, self.status_code = events, status

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def iter_lines(self) -> Iterator[bytes]:
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event if isinstance(event, bytes) else json.dumps(event).encode()


class Server:
    """Answers posts one after the other, the last one for ever; remembers what was asked."""

    def __init__(self, *answers: Any, digests: dict[str, str] | None = None) -> None:
        self.answers = list(answers)
        self.digests = digests or {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def post(self, url: str, json: dict[str, Any], **_: object) -> Answer:
        self.asked.append((url.removeprefix(URL), json))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Answer) else Answer(answer)

    def get(self, url: str, **_: object) -> Any:
        rows = [{"name": name, "digest": digest} for name, digest in self.digests.items()]
        return type("Tags", (), {"json": lambda self: {"models": rows}})()


class Host:
    """Remembers what it is told to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def log(self, text: str, **_: object) -> None:
        self.said.append(text)

    log_styled = log

    @property
    def text(self) -> str:
        return "\n".join(self.said)


class Clock:
    """Time passes only when somebody sleeps, or by `step` at each look."""

    def __init__(self, step: float = 0) -> None:
        self.now, self.step = 1000.0, step
        self.slept: list[float] = []

    def monotonic(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
