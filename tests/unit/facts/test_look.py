"""How long the answer of a host is kept: never longer than nothing was done there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyinfra.api.arguments import pop_global_arguments
from pyinfra.api.command import FunctionCommand, StringCommand
from pyinfra.api.config import Config
from pyinfra.api.exceptions import DeployError
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State
from pyinfra.context import ctx_host, ctx_state

from pyinfra_ollama.engine import touching
from pyinfra_ollama.facts import snapshot
from pyinfra_ollama.facts.snapshot import GATHER, look, looked_at
from pyinfra_ollama.snapshot import question_for
from tests.unit.decide.hosts import declared

ANSWER = (Path(__file__).parent.parent / "snapshot/converged.txt").read_text().splitlines()
QUESTION = question_for(declared())


def hosts(answer: Any) -> tuple[Host, Host]:
    """Two hosts that give this answer; with one alone, its failure would end the run."""
    responses = {"@@pyinfra-ollama": answer}
    data = {"fake_delay": 0.0, "fake_delay_jitter": 0.0, "fake_responses": responses}
    inventory = Inventory((["@fake/one", "@fake/other"], data))  # type: ignore[no-untyped-call]
    state = State(inventory, Config())  # type: ignore[no-untyped-call]
    one, other = state.inventory
    for host in (one, other):
        state.activate_host(host)
    return one, other


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A converged host that counts what it is told to run."""
    monkeypatch.delenv(GATHER, raising=False)
    host, _ = hosts(ANSWER)
    with ctx_state.use(host.state), ctx_host.use(host):  # type: ignore[no-untyped-call]
        yield host


def questions(host: Host) -> int:
    return sum("@@pyinfra-ollama" in command for command in host.connector.executed_commands)  # type: ignore[attr-defined]


def test_a_host_is_asked_once(host: Host) -> None:
    assert looked_at() == 0
    first = look(QUESTION)
    assert all(look(QUESTION) is first for _ in range(20))
    assert questions(host) == 1
    assert looked_at() == first.now


@pytest.mark.parametrize(
    "touch",
    [
        lambda host: host.run_shell_command(StringCommand("rm -f /swapfile")),
        lambda host: host.put_file(BytesIO(b"text"), "/etc/motd"),
        lambda host: FunctionCommand(lambda state, host: True, [], {}).execute(None, host, {}),
    ],
    ids=["command", "upload", "function"],
)
def test_what_was_done_there_makes_it_stale(host: Host, touch: Callable[[Host], object]) -> None:
    look(QUESTION)
    touch(host)
    look(QUESTION)
    look(QUESTION)
    assert questions(host) == 2


def test_another_question_is_another_answer(host: Host) -> None:
    look(QUESTION)
    look(replace(QUESTION, port=11500))
    assert questions(host) == 2


@pytest.mark.parametrize("given", [{"_sudo": True}, {"_su_user": "a"}, {"_env": {"A": "1"}}])
def test_an_operation_that_asks_in_another_way_shares_nothing(
    host: Host, given: dict[str, Any]
) -> None:
    """Global arguments of one operation: what root sees, another may not."""
    look(QUESTION)
    host.current_op_global_arguments, _ = pop_global_arguments(host.state, host, dict(given))
    look(QUESTION)
    look(QUESTION)
    assert questions(host) == 2
    host.current_op_global_arguments, _ = pop_global_arguments(host.state, host, {})
    look(QUESTION)
    assert questions(host) == 3


def test_operations_with_the_same_arguments_share(host: Host) -> None:
    look(QUESTION)
    for name in ("one", "two"):
        given = {"name": name}
        host.current_op_global_arguments, _ = pop_global_arguments(host.state, host, given)
        look(QUESTION)
    assert questions(host) == 1


def test_inside_a_function_of_somebody_else_nothing_is_kept(host: Host) -> None:
    look(QUESTION)
    host.nested_executing_op_hash = "an operation that python.call called"
    look(QUESTION)
    look(QUESTION)
    assert questions(host) == 3


def test_a_person_who_waits_at_the_prompt(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    look(QUESTION)
    later = snapshot.time.monotonic() + snapshot.KEEP_SECONDS
    monkeypatch.setattr(snapshot.time, "monotonic", lambda: later)
    look(QUESTION)
    assert questions(host) == 2


def test_hosts_do_not_share(host: Host) -> None:
    look(QUESTION)
    other = next(found for found in host.state.inventory if found is not host)
    with ctx_host.use(other):  # type: ignore[no-untyped-call]
        look(QUESTION)
    assert (questions(host), questions(other)) == (1, 1)


def test_it_can_be_turned_off(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GATHER, "off")
    first = look(QUESTION)
    assert look(QUESTION) == first
    assert questions(host) == 2
    monkeypatch.setenv(GATHER, "on")
    look(QUESTION)
    assert questions(host) == 2


def test_a_word_that_is_neither_on_nor_off(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GATHER, "0")
    with pytest.raises(DeployError, match=r"PYINFRA_OLLAMA_GATHER is '0' .* or off"):
        look(QUESTION)


def test_where_nobody_counts_nothing_is_kept(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a pyinfra that was not tested."""
    monkeypatch.setattr(touching, "_installed", False)
    look(QUESTION)
    look(QUESTION)
    assert questions(host) == 2


@pytest.mark.parametrize("gather", ["on", "off"])
@pytest.mark.parametrize("answer", [ANSWER[:-1], [], {"success": False, "stderr": "sh: not found"}])
def test_a_question_that_fails_is_pyinfras_usual_error(
    answer: Any, gather: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GATHER, gather)
    host, _ = hosts(answer)
    with ctx_state.use(host.state), ctx_host.use(host):  # type: ignore[no-untyped-call]
        with pytest.raises(DeployError, match="did not answer"):
            look(QUESTION)
        with pytest.raises(DeployError, match="did not answer"):
            look(QUESTION)
    assert questions(host) == 2
    assert (host in host.state.failed_hosts) == (answer != [])
