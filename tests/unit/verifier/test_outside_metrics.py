"""Metrics as seen from outside: told to observers, and to nobody else."""

from __future__ import annotations

import socket
import threading

import pytest

from pyinfra_ollama.verifier.checks import metrics as checks
from pyinfra_ollama.verifier.outside.metrics import Reached, _answers
from pyinfra_ollama.verifier.outside.pool import Place
from pyinfra_ollama.verifier.outside.way import Direct
from tests.unit.decide.monitored import monitored
from tests.unit.exporter.standin import answering

SERVER = monitored()
CLOSED = {"node": False, "nginx": False}


@pytest.mark.parametrize(
    ("reached", "wanted"),
    [
        (Reached("10.0.0.1", "10.0.0.9", True, CLOSED), "pass"),
        (Reached("10.0.0.1", "10.0.0.8", False, CLOSED), "pass"),
        (Reached("10.0.0.1", "10.0.0.8", True, CLOSED), "fail"),
        (Reached("10.0.0.1", "10.0.0.9", False, CLOSED), "fail"),
        (Reached("10.0.0.1", "10.0.0.8", False, {**CLOSED, "node": True}), "fail"),
        (Reached("10.0.0.1", None, False, CLOSED), "skipped"),
        (Reached("10.0.0.1", None, False, {**CLOSED, "nginx": True}), "fail"),
        (None, "skipped"),
    ],
)
def test_from_outside_observers_are_answered_and_nobody_else(
    reached: Reached | None, wanted: str
) -> None:
    assert SERVER.metrics is not None
    assert checks.outside(SERVER.metrics, reached, []).status == wanted
    if wanted == "fail":
        assert checks.outside(SERVER.metrics, reached, ["exporter-ports"]).status == "warn"


@pytest.mark.parametrize(("source", "wanted"), [("10.0.0.1", "pass"), ("10.0.0.8", "fail")])
def test_a_host_that_looks_at_its_own_address_is_answered(source: str, wanted: str) -> None:
    own = monitored(metrics={"listen": "10.0.0.1"}).metrics
    assert own is not None
    assert checks.outside(own, Reached("10.0.0.1", source, True, CLOSED), []).status == wanted


def test_a_way_tells_an_answer_from_being_hung_up_on() -> None:
    assert SERVER.metrics is not None
    with answering({"/stamp": "x"}) as port, socket.create_server(("127.0.0.1", 0)) as deaf:
        assert _answers(Direct(), Place("127.0.0.1", port, "127.0.0.1"))

        def hang_up() -> None:
            # One try of the port, one question, and the question again.
            for _ in range(3):
                deaf.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert not _answers(Direct(), Place("127.0.0.1", deaf.getsockname()[1], "127.0.0.1"))
        thread.join()
    assert not _answers(Direct(), Place("127.0.0.1", port, "127.0.0.1"))
