"""Passwords and keys for SSH, declared by where they are kept."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from pyinfra.api.config import Config
from pyinfra.api.exceptions import ConnectError
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State
from pyinfra.connectors.ssh import SSHConnector

import pyinfra_ollama.engine  # noqa: F401
from pyinfra_ollama.settings import Secret

PASSPHRASE = "can'ary $PATH"


def connector(**data: object) -> SSHConnector:
    """The connector of a host with this data."""
    state = State(Inventory((["web1"], data)), Config())  # type: ignore[no-untyped-call]
    found = next(iter(state.inventory)).connector
    assert isinstance(found, SSHConnector)
    return found


def arguments(**data: object) -> dict[str, Any]:
    """What paramiko gets."""
    return connector(**data).make_paramiko_kwargs()


def refused(**data: object) -> str:
    """Why the host cannot be connected."""
    with pytest.raises(ConnectError) as caught:
        arguments(**data)
    assert "canary" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(params=["rsa", "ecdsa", "ed25519"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A key, and the same with a passphrase."""
    plain, closed = tmp_path / "plain", tmp_path / "closed"
    make = ["ssh-keygen", "-q", "-t", request.param, "-N", "", "-f", plain]
    subprocess.run(make, check=True)
    closed.write_text(plain.read_text())
    closed.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", PASSPHRASE, "-f", closed], check=True)
    return plain, closed


def test_a_password() -> None:
    found = arguments(ssh_password=Secret.value("canary"))
    assert found["password"] == "canary"


def test_a_private_key_open_or_closed(keys: tuple[Path, Path]) -> None:
    plain, closed = keys
    kept = Secret.value(PASSPHRASE)
    found = [
        arguments(ssh_key=str(plain)),
        arguments(ssh_key=Secret.file(plain)),
        arguments(ssh_key=Secret.file(closed), ssh_key_password=kept),
        arguments(ssh_key=str(closed), ssh_key_password=kept),
    ]
    assert len({one["pkey"].fingerprint for one in found}) == 1
    ways = [{name: value for name, value in one.items() if name != "pkey"} for one in found]
    assert ways == [ways[0]] * len(ways), "but for the key, paramiko is told what pyinfra tells it"


def test_what_is_kept_is_the_source() -> None:
    one = connector(ssh_password=Secret.value("canary"), ssh_key_password=Secret.env("NOT_THERE"))
    assert one.data["ssh_key_password"] == "Secret.env('NOT_THERE')"
    with pytest.raises(ConnectError):
        one.make_paramiko_kwargs()
    assert "canary" not in str(one.data)


def test_what_is_missing_or_wrong_is_told(keys: tuple[Path, Path]) -> None:
    plain, closed = keys
    said = refused(ssh_password=Secret.env("NOT_THERE"))
    assert said.startswith("ssh_password: seen no variable NOT_THERE in the environment")
    said = refused(ssh_key=Secret.file(closed))
    assert said.endswith(f"{str(closed)!r}) is encrypted; set ssh_key_password")
    said = refused(ssh_key=Secret.file(closed), ssh_key_password=Secret.value("canary"))
    assert said.endswith("ECDSA or Ed25519, or ssh_key_password is not its passphrase")
    said = refused(ssh_key=Secret.value("canary"))
    assert (
        said == "ssh_key: what Secret.value(...) gives is no private key of RSA, ECDSA or Ed25519"
    )
    assert plain.exists()


def test_texts_are_left_to_pyinfra() -> None:
    found = arguments(ssh_password="typed", ssh_user="me")
    assert (found["password"], found["username"]) == ("typed", "me")
