"""Whether rules on trial are kept: only a command over a new connection decides that."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama import engine
from pyinfra_ollama.engine.connection import Output
from pyinfra_ollama.operations import firewall

from .fakes import Host

KEPT = Output(True, [], [])
TRIAL = "0123456789abcdef"


def confirmed(
    monkeypatch: pytest.MonkeyPatch, new: Output | Exception, undo: Output | Exception = KEPT
) -> tuple[bool, str, list[str]]:
    """What came of it, what was said, and what was run over the connection that was there."""
    ran: list[str] = []

    def over_new(_host: Any, command: Any, **_: object) -> Output:
        assert TRIAL in command.get_raw_value()
        if isinstance(new, Exception):
            raise new
        return new

    def over_old(_host: Any, script: str, **_: object) -> Output:
        ran.append(script)
        if isinstance(undo, Exception):
            raise undo
        return undo

    monkeypatch.setattr(engine, "run_over_new_connection", over_new)
    monkeypatch.setattr(engine, "run_script", over_old)
    host = Host()
    good = firewall.confirm(None, host, TRIAL)  # type: ignore[arg-type]
    return good, host.text, ran


def test_a_new_connection_came_through(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confirmed(monkeypatch, KEPT) == (True, "confirmed by a new SSH connection", [])


def test_none_came_through(monkeypatch: pytest.MonkeyPatch) -> None:
    good, said, ran = confirmed(monkeypatch, engine.HostError("Could not connect (timed out)"))
    assert not good
    assert said == (
        "no new SSH connection comes through the new rules: Could not connect (timed out); "
        "the old rules are back"
    )
    [undo] = ran
    assert undo.endswith(f"sh /run/pyinfra-ollama-firewall/undo {TRIAL}")


@pytest.mark.parametrize("undo", [engine.HostError("gone"), Output(False, [], ["no"])])
def test_the_old_connection_is_gone_as_well(
    monkeypatch: pytest.MonkeyPatch, undo: Output | Exception
) -> None:
    good, said, _ = confirmed(monkeypatch, engine.HostError("timed out"), undo)
    assert not good
    assert said.endswith("the host undoes them by itself within 60 s")


def test_it_came_through_but_the_host_did_not_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    over = "firewall: the trial is over: its rules were undone"
    good, said, ran = confirmed(monkeypatch, Output(False, [], [over]))
    assert not good
    assert said == f"{over}; the old rules are back"
    assert len(ran) == 1
