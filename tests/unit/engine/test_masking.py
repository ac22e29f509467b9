"""pyinfra's own prints, without passwords."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from pyinfra import logger
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import OperationMeta
from pyinfra.api.state import State, StateOperationHostData
from pyinfra_cli import prints

from pyinfra_ollama.engine import masking
from pyinfra_ollama.settings import Secret

DATA = {
    "ssh_user": "deploy",
    "_sudo": True,
    "_sudo_password": "canary",
    "ssh_password": "canary",
    "ssh_key_password": "canary",
    "_su_password": None,
    "nested": {"_sudo_password": "left to whoever nests it"},
}


def test_only_secret_names_with_a_value_are_hidden() -> None:
    shown = masking.masked(DATA)
    assert "canary" not in str(shown)
    assert {key for key, value in shown.items() if value == masking.MASK} == {
        "_sudo_password",
        "ssh_password",
        "ssh_key_password",
    }
    assert shown["_su_password"] is None


def test_a_secret_shows_where_it_is_kept() -> None:
    secret = Secret.env("SUDO")
    assert masking.masked({"_sudo_password": secret}) == {"_sudo_password": secret}


def test_debug_inventory_shows_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    state = State(Inventory((["@local"], DATA)), None)
    prints.print_inventory_json(state)
    prints.print_inventory(state)
    shown = capsys.readouterr()
    assert "canary" not in shown.out + shown.err
    assert json.loads(shown.out)[0]["data"]["ssh_user"] == "deploy"


def test_debug_operations_shows_no_password() -> None:
    arguments: Any = {"_sudo": True, "_sudo_password": "canary", "_stdin": "canary", "_env": {}}
    operation = StateOperationHostData(lambda: iter(()), arguments, OperationMeta("hash", False))
    assert "canary" not in repr(operation)
    assert "'_sudo': True" in repr(operation)


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("group %s: %r", ("all", DATA)),
        ("Connecting to: %s (%r)", ("host", {"username": "me", "password": "canary"})),
        ("%r", ({"password": "canary"},)),
        ("%(user)s", ({"user": "me", "password": "canary"},)),
        ("nothing to say", ()),
    ],
)
def test_debug_lines_show_no_password(
    words: str, arguments: tuple[object, ...], caplog: pytest.LogCaptureFixture
) -> None:
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG, logger="pyinfra"):
            logger.debug(words, *arguments)
    finally:
        logger.removeHandler(caplog.handler)
    assert caplog.messages
    assert "canary" not in caplog.text
