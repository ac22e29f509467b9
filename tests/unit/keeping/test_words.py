"""`pyinfra-ollama restore` hands on to pyinfra what it was given."""

from __future__ import annotations

from typing import Any

from pyinfra_ollama.keeping import commands


def test_pyinfra_gets_every_option_that_this_command_was_given() -> None:
    given: dict[str, Any] = {
        "inventory": "hosts.py",
        "data": ("a=1", "b=2"),
        "group_data": ("more",),
        "config": "c.py",
        "sudo": True,
        "sudo_user": "root",
        "same_sudo_password": True,
        "ssh_user": "me",
        "ssh_key": "/key",
        "ssh_port": 2222,
    }
    words = " ".join(commands.deploy_words(["a", "b"], given))
    assert words == (
        "-y --limit a --limit b --data a=1 --data b=2 --group-data more --config c.py "
        "--sudo-user root --ssh-user me --ssh-key /key --ssh-port 2222 --sudo "
        "--same-sudo-password hosts.py deploy.py"
    )
