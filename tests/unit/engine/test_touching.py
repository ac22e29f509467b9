"""Whatever may change a host is counted."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pyinfra.api.command import FunctionCommand, RsyncCommand, StringCommand
from pyinfra.api.config import Config
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State
from pyinfra.context import ctx_host
from pyinfra.context import host as pyinfra_host

from pyinfra_ollama.engine import touches, touching

AT_ONCE = {"fake_delay": 0.0, "fake_delay_jitter": 0.0}


@pytest.fixture
def host() -> Host:
    """A host that does nothing, with success."""
    state = State(Inventory((["@fake/one"], AT_ONCE)), Config())  # type: ignore[no-untyped-call]
    found: Host = next(iter(state.inventory))
    return found


def call(host: Host) -> None:
    FunctionCommand(lambda state, host: None, [], {}).execute(host.state, host, {})


def call_through_the_current_one(host: Host) -> None:
    with ctx_host.use(host):  # type: ignore[no-untyped-call]
        FunctionCommand(lambda state, host: None, [], {}).execute(host.state, pyinfra_host, {})


def fail(host: Host) -> None:
    def broken(state: State, host: Host) -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        FunctionCommand(broken, [], {}).execute(host.state, host, {})


def synchronise(host: Host) -> None:
    # The connector cannot, and says so after it was counted.
    with pytest.raises(NotImplementedError):
        RsyncCommand("a", "b", []).execute(host.state, host, {})


@pytest.mark.parametrize(
    "touch",
    [
        lambda host: host.run_shell_command(StringCommand("true")),
        lambda host: host.put_file(BytesIO(b"text"), "/etc/motd"),
        synchronise,
        call,
        call_through_the_current_one,
        fail,
    ],
)
def test_what_reaches_a_host_is_counted(host: Host, touch: Callable[[Host], object]) -> None:
    before = touches(host)
    assert before == touches(host) is not None
    touch(host)
    after = touches(host)
    assert after is not None
    assert after > before


def test_other_hosts_are_not(host: Host) -> None:
    state = State(Inventory((["@fake/a", "@fake/b"], AT_ONCE)), Config())  # type: ignore[no-untyped-call]
    one, other = state.inventory
    one.run_shell_command(StringCommand("true"))
    assert (touches(one), touches(other)) == (2, 0)


def test_nobody_counts_what_a_function_does_by_itself(host: Host) -> None:
    host.nested_executing_op_hash = "in python.call"
    assert touches(host) is None


def test_installing_twice_counts_once(host: Host) -> None:
    touching.install()
    host.run_shell_command(StringCommand("true"))
    assert touches(host) == 2
