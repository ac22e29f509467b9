"""Hundreds of requests that try to get past the gateway's list, judged by Ollama's own log."""

from __future__ import annotations

from collections import Counter

from tests.fleet import gatewaying
from tests.fleet.gatewaying import HOST, KEYS, Door
from tests.fleet.harness import Fleet
from tests.fleet.trick import Trick
from tests.fleet.tricks import tricks

TRICKS = tricks(KEYS["chat"])


def status(received: bytes) -> str:
    """The status of the first answer, "" for a connection that was closed without one."""
    return received.split(b" ", 2)[1].decode() if received.startswith(b"HTTP/") else ""


def test_no_trick_reaches_what_the_gateway_does_not_offer(fleet: Fleet, door: Door) -> None:
    assert len(TRICKS) >= 200
    mark = gatewaying.marked(fleet)
    answers = {trick.name: door.raw(trick.sent, timeout=3) for trick in TRICKS}
    assert door.ask("GET", "/api/tags", key="chat").status == 200
    reached = Counter(gatewaying.reached(fleet, mark))
    assert reached.pop('GET "/api/tags"') == 1, "the log does not tell what was asked"
    honest = Counter(line for trick in TRICKS for line in trick.honest)
    assert not reached - honest, "these reached Ollama"
    let_in = {trick.name: status(answers[trick.name]) for trick in TRICKS if not trick.honest}
    assert not {name: seen for name, seen in let_in.items() if seen[:1] not in ("", "4", "5")}


def refused(trick: Trick) -> bool:
    """Whether a trick is one request with a head that nginx can read."""
    return not trick.honest and trick.name.startswith(("POST /api", "DELETE /api"))


def test_what_is_refused_is_refused_in_json(door: Door) -> None:
    for trick in [trick for trick in TRICKS if refused(trick)][::9]:
        received = door.raw(trick.sent, timeout=3)
        assert b"content-type: application/json" in received.lower(), (trick.name, received)


def test_no_spelling_gets_through_over_http2_either(fleet: Fleet, door: Door) -> None:
    targets = [
        trick.sent.split(b" ", 2)[1].decode("latin-1")
        for trick in TRICKS
        if trick.name.startswith(("POST /", "DELETE /")) and "#" not in trick.name
    ]
    ask = (
        "while IFS= read -r target; do curl -sk --http2 --path-as-is -o /dev/null "
        f"-w '%{{http_version}} %{{http_code}}\\n' -d '{{}}' -H 'x-api-key: {KEYS['chat']}' "
        '"https://127.0.0.1$target"; done'
    )
    mark = gatewaying.marked(fleet)
    said = Counter(fleet.sh(HOST, ask, stdin="".join(f"{t}\n" for t in targets[::3])).splitlines())
    assert said.total() == len(targets[::3])
    assert set(said) <= {"2 403", "2 405", "2 400"}, said
    assert gatewaying.reached(fleet, mark) == []
