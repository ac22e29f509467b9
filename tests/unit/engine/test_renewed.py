"""A second connection: made as the first, closed whatever happens, refused where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import ConnectError
from pyinfra.connectors.ssh import SSHConnector

from pyinfra_ollama import engine
from pyinfra_ollama.engine import renewed


class Client:
    """Notes that it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Connector(SSHConnector):
    """Opens nothing; answers as a test says."""

    made: list[Connector]
    failing: Exception | None

    def __init__(self, *_: object) -> None:
        self.client: Any = None
        self.made.append(self)

    def connect(self) -> None:
        self.client = Client()
        if self.failing is not None:
            raise self.failing

    def run_shell_command(self, command: Any, *_: object, **__: object) -> Any:
        lines = {"stdout_lines": [command.get_raw_value()], "stderr_lines": []}
        return True, type("Said", (), lines)()


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A host whose first connection is up."""
    Connector.made, Connector.failing = [], None
    monkeypatch.setattr(renewed, "SSHConnector", Connector)
    monkeypatch.setattr(renewed, "root_arguments", lambda _: {})
    return type("Host", (), {"connector": Connector(), "state": None})()


def test_a_command_runs_over_another_connection_that_is_closed(host: Any) -> None:
    output = engine.run_over_new_connection(host, StringCommand("id"), timeout_seconds=5)
    assert (output.succeeded, output.stdout) == (True, ["id"])
    first, second = Connector.made
    assert first.client is None
    assert second.client.closed


@pytest.mark.parametrize("error", [ConnectError("timed out"), EOFError(), OSError("no route")])
def test_what_does_not_connect_is_told_and_closed(host: Any, error: Exception) -> None:
    Connector.failing = error
    with pytest.raises(engine.HostError, match=str(error) or type(error).__name__):
        engine.run_over_new_connection(host, StringCommand("id"), timeout_seconds=5)
    assert Connector.made[1].client.closed


def test_hosts_that_are_not_reached_over_ssh(host: Any) -> None:
    host.connector = object()
    assert not engine.is_over_ssh(host)
    with pytest.raises(engine.HostError, match="not reached over SSH"):
        engine.run_over_new_connection(host, StringCommand("id"), timeout_seconds=5)
