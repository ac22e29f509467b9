"""What is found faster is what pyinfra finds."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pyinfra
import pytest
from pyinfra.api import arguments, util
from pyinfra.api.config import Config
from pyinfra.api.exceptions import ArgumentTypeError
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State

from pyinfra_ollama.engine import pace


def both(state: Any) -> tuple[list[Any], list[Any]]:
    return util.get_operation_order_from_stack(state), pace.order_from_stack(state)


def deeper(state: Any, levels: int) -> tuple[list[Any], list[Any]]:
    return deeper(state, levels - 1) if levels else both(state)


@pytest.mark.parametrize("is_cli", [True, False])
@pytest.mark.parametrize("deploy_file", [__file__, pytest.__file__, "elsewhere.py", None])
def test_the_order_of_an_operation(
    monkeypatch: pytest.MonkeyPatch, deploy_file: str | None, is_cli: bool
) -> None:
    monkeypatch.setattr(pyinfra, "is_cli", is_cli)
    state = SimpleNamespace(current_deploy_filename=deploy_file, current_op_file_number=3)
    own, ours = deeper(state, 4)
    assert ours == own
    if deploy_file == __file__:
        assert len(ours) == 7 + is_cli
    # Through a frame of pyinfra itself, which is left out.
    memoized = util.memoize(lambda: both(state))
    own, ours = memoized()
    assert ours == own


def test_it_is_the_one_in_use() -> None:
    operation = import_module("pyinfra.api.operation")
    assert operation.get_operation_order_from_stack is pace.order_from_stack


def test_the_global_arguments() -> None:
    assert arguments.all_global_arguments() == pace._pyinfra_arguments()
    assert arguments.all_global_arguments() is arguments.all_global_arguments()


LAYERS: tuple[dict[str, Any], ...] = (
    {},
    {"_sudo": True, "_env": {"A": "group"}, "ollama": "data of ours", "_sudo_user": "group"},
)


@pytest.mark.parametrize("in_deploy", [None, {"_su_user": "deploy", "_if": [lambda: True]}])
@pytest.mark.parametrize(
    "given", [{}, {"_sudo": False, "name": "x", "more": 1, "_env": {"B": "2"}}]
)
@pytest.mark.parametrize("group", LAYERS)
def test_what_they_are_for_an_operation(
    group: dict[str, Any], given: dict[str, Any], in_deploy: dict[str, Any] | None
) -> None:
    """From each layer that pyinfra takes them from, with what it leaves to the operation."""
    inventory = Inventory(([("@fake/a", {"_sudo_user": "host", "_timeout": 9})], group))
    state = State(inventory, Config(RETRY=4))
    host = next(iter(state.inventory))
    host.current_deploy_kwargs = in_deploy
    host.data._chdir = "/set/in/the/deploy"
    own, ours = dict(given), dict(given)
    expected = pace._pyinfra_pop(state, host, own)
    assert pace.pop_global_arguments(state, host, ours) == expected
    assert ours == own
    assert expected[0]["_sudo_user"] == "host"
    assert expected[0]["_chdir"] == "/set/in/the/deploy"


def test_a_wrong_one_is_refused() -> None:
    state = State(Inventory((["@fake/a"], {})), Config())
    host = next(iter(state.inventory))
    for pop in (pace._pyinfra_pop, pace.pop_global_arguments):
        with pytest.raises(ArgumentTypeError, match="Invalid argument `_sudo`"):
            pop(state, host, {"_sudo": "perhaps"})


@pytest.mark.parametrize("module", ["deploy", "facts", "operation"])
def test_they_are_the_ones_in_use(module: str) -> None:
    found = import_module(f"pyinfra.api.{module}")
    assert found.pop_global_arguments is pace.pop_global_arguments
