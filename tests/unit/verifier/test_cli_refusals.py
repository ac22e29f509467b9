"""What a person can get wrong on the command line and in an inventory: one clean message each."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama.exits import Exit

from .command import run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Usage:"),
        (("verfy",), "No such command 'verfy'"),
        (("verify",), "Missing argument 'INVENTORY'"),
        (("verify", "hosts.py", "--colour"), "No such option"),
        (("verify", "hosts.py", "--format", "xml"), "'xml' is not one of"),
        (("verify", "hosts.py", "--timeout", "0"), "0.0 is not in the range"),
        (("verify", "nowhere.py"), "error: there is no inventory file nowhere.py"),
        (("verify", "inventories/nowhere"), "error: there is no inventory file"),
        (("verify", "."), "error: . is a folder; name an inventory file in it"),
        (
            ("verify", "hosts.py", "--limit", "wbe*"),
            "no host and no group of hosts.py; its hosts are web1, web2, db1",
        ),
        (("verify", "hosts.py", "--limit", "web1", "--limit", "x"), "error: --limit 'x' matches"),
        (("verify", "hosts.py", "--data", "novalue"), "--data 'novalue' is not key=value"),
        (("verify", "hosts.py", "--config", "no.py"), "error: --config: there is no file no.py"),
        (("verify", "hosts.py", "--output", "no/where"), "--output no/where: there is no folder"),
        (("verify", "hosts.py", "--output", "."), "error: --output . is a folder; name a file"),
        (("check", "nowhere.py"), "error: there is no inventory file nowhere.py"),
    ],
)
def test_usage(inventory: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == Exit.USAGE
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "hosts.py, line 1: '[' was never closed"),
        ("\nimport nowhere_at_all", "hosts.py, line 2: ModuleNotFoundError: No module named"),
        ("x = 1 / 0", "hosts.py, line 1: ZeroDivisionError: division by zero"),
        ("raise SystemExit('no lab is up')", "hosts.py: no lab is up"),
        ("hosts = []", "hosts.py declares no hosts, so there is nothing to check"),
        ("hosts = ['web1']", "web1: ollama: seen nothing"),
        (
            "hosts = (['web1'], {'ollama': {'port': 'high', 'num_ctx': 1}})",
            "ollama.num_ctx",
        ),
        ("hosts = [('web1', {'ssh_port': 'x', 'ollama': {}})]", "ssh_port"),
    ],
)
def test_invalid_declarations(inventory: Path, text: str, message: str) -> None:
    inventory.write_text(text)
    for command in ("verify", "check"):
        result = run(command, "hosts.py")
        assert result.exit_code == Exit.INVALID
        assert message in result.stderr
        assert "Traceback" not in result.stderr
        assert result.stdout == ""


def test_a_broken_group_data_file_is_named(inventory: Path) -> None:
    folder = inventory.parent / "group_data"
    folder.mkdir()
    (folder / "web.py").write_text("x = \n")
    result = run("check", "hosts.py")
    assert result.exit_code == Exit.INVALID
    assert "group_data/web.py, line 1: invalid syntax" in result.stderr
