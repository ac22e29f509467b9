"""Streams, rates and callers: what is told from what was seen, without a gateway."""

from __future__ import annotations

from typing import Any

import bcrypt
import pytest

from pyinfra_ollama.settings import Secret, Verify
from pyinfra_ollama.verifier.outside.callers import able, callers, unknown_password
from pyinfra_ollama.verifier.outside.rate import rate
from pyinfra_ollama.verifier.outside.reached import reached, took
from pyinfra_ollama.verifier.outside.streaming import Stream, judge
from tests.unit.decide.gateways import gateway, key


@pytest.mark.parametrize(
    ("stream", "streams"),
    [
        (Stream(pieces=16, spread=0.15, writing=0.16), True),
        (Stream(pieces=16, spread=0.06, writing=0.16), True),
        (Stream(pieces=16, spread=0.001, writing=0.16), False),
        (Stream(pieces=1, spread=0.0, writing=0.16), False),
        (Stream(pieces=3, spread=0.1, writing=0.12), None),
        (Stream(pieces=16, spread=0.1, writing=0.0), None),
        (Stream(pieces=0, spread=0.0, writing=0.0), None),
    ],
)
def test_whether_it_streams(stream: Stream, streams: bool | None) -> None:
    assert stream.streams is streams
    status = {True: "pass", False: "fail", None: "unknown"}[streams]
    assert judge("m", [stream], "look", ()).status == status


def test_one_good_try_is_enough_and_red_checks_explain_a_bad_one() -> None:
    held, good = Stream(16, 0.001, 0.16), Stream(16, 0.15, 0.16)
    assert judge("m", [held, good], "look", ()).status == "pass"
    assert judge("m", [held, held], "look", ("gateway-config",)).status == "warn"


def test_who_calls() -> None:
    hashed = bcrypt.hashpw(b"canary password", bcrypt.gensalt(8)).decode()
    declared = gateway(
        keys=[key("chat", models=["A"], burst=0), key("ops", policy="admin")],
        users=[
            {"name": "ada", "password": Secret.value("canary password")},
            {"name": "bob", "password": Secret.value(hashed)},
        ],
    ).gateway
    everyone = tuple(callers(declared))
    assert [one.name for one in everyone] == ["key chat", "key ops", "user ada"]
    assert [one.pace for one in everyone] == [(10, 0), (10, 20), (10, 20)]
    assert unknown_password(declared) == ("bob",)
    assert "canary" not in repr(everyone)
    found = {kind: able(everyone, kind) for kind in ("read_only", "inference", "admin")}  # type: ignore[arg-type]
    # Keys kept to models come last.
    assert [one.name for one in found.values() if one] == ["user ada", "user ada", "key ops"]
    assert able(everyone[:1], "inference", "a:latest") is everyone[0]
    assert able(everyone[:1], "inference", "b") is None
    assert able(everyone[:1], "admin") is None


def test_nobody_has_to_say_who() -> None:
    (one,) = callers(gateway(keys=[], listen=["127.0.0.1"]).gateway)
    assert (one.name, one.policy, one.headers) == ("anybody", "inference", {})


@pytest.mark.parametrize(
    ("fields", "most", "words"),
    [
        ({}, 0, "rate_requests=0"),
        ({"limits": {"rate_per_key": 1000, "rate_per_address": 1000}}, 100, "more than"),
        ({"keys": [], "users": [{"name": "ada", "password": None}]}, 100, "no caller"),
    ],
)
def test_a_rate_that_is_not_tried(fields: dict[str, Any], most: int, words: str) -> None:
    if "users" in fields:
        hashed = bcrypt.hashpw(b"canary password", bcrypt.gensalt(8)).decode()
        fields = {"keys": [], "users": [{"name": "ada", "password": Secret.value(hashed)}]}
    declared = gateway(**fields).gateway
    door: Any = None
    result = rate(door, declared, callers(declared), Verify(rate_requests=most), ())
    assert result.status == "skipped"
    assert words in result.found


def test_backends_by_the_words_of_the_log() -> None:
    lines = [
        {"backend": "a:1"},
        {"backend": "a:1, b:2"},
        {"backend": "a:1 : b:2"},
        {"backend": "ollama"},
    ]
    assert took([*lines, {}]) == {"a:1": 3, "b:2": 2}


class Door:
    """Has asked already."""

    ids = ("x",)


@pytest.mark.parametrize(
    ("lines", "fields", "public", "status"),
    [
        ([{"backend": "127.0.0.1:11434"}], {}, False, "pass"),
        ([], {}, False, "fail"),
        ([], {}, True, "unknown"),
        (None, {}, False, "unknown"),
        ([{"backend": "127.0.0.1:9"}], {}, False, "fail"),
        ([], {"balance": "sticky"}, False, "pass"),
    ],
)
def test_which_backends_were_reached(
    lines: Any, fields: dict[str, Any], public: bool, status: str
) -> None:
    door: Any = Door()
    result = reached(door, gateway(**fields), (), lambda _: lines, (), public=public)
    assert result.status == status
