"""With a pyinfra that was not tested nothing of it is replaced, and a run says so once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Before anything of pyinfra: its version as this package will read it.
OTHER = """
import importlib.metadata as metadata
real = metadata.version
metadata.version = lambda name: "3.11.0" if name == "pyinfra" else real(name)
import pyinfra_cli
"""
REPLACED = """
from importlib import import_module
from inspect import unwrap
from pyinfra.api.command import FunctionCommand
from pyinfra.api.host import Host
from pyinfra.connectors.sshuserclient.client import SSHClient
from pyinfra_ollama import engine
arguments, operation, *others = (
    import_module(f"pyinfra.api.{name}") for name in ("arguments", "operation", "deploy", "facts")
)
found = [module.pop_global_arguments for module in (arguments, operation, *others)]
found += [operation.get_operation_order_from_stack, FunctionCommand.execute, SSHClient.connect]
found += [Host.put_file, Host.rsync, Host.run_shell_command]
print(sum("/pyinfra_ollama/engine/" in one.__code__.co_filename for one in found), len(found))
print(arguments.all_global_arguments is unwrap(arguments.all_global_arguments))
"""
RUN = """
import sys
from pyinfra_cli.main import main
sys.argv = ["pyinfra", *sys.argv[1:]]
main()
"""
INVENTORY = """
from pyinfra_ollama.settings import Ollama
data = {"ollama": Ollama(), "fake_delay": 0.0, "fake_delay_jitter": 0.0}
hosts = (["@fake/one", "@fake/two"], data)
"""


def python(code: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, check=True, cwd=cwd, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_nothing_is_replaced() -> None:
    assert python(OTHER + REPLACED).stdout.split() == ["0", "10", "True"]


def test_with_the_tested_one_all_is() -> None:
    """So the test above looks at the right places."""
    assert python(f"import pyinfra_cli\n{REPLACED}").stdout.split() == ["10", "10", "False"]


@pytest.mark.parametrize(("version", "warnings"), [(OTHER, 1), ("", 0)])
def test_a_run_says_so_once(tmp_path: Path, version: str, warnings: int) -> None:
    """Not once for each host, and no more than that."""
    (tmp_path / "inventory.py").write_text(INVENTORY)
    (tmp_path / "deploy.py").write_text(
        "from pyinfra_ollama.declared import declaration\ndeclaration()\n"
    )
    ran = python(version + RUN, "inventory.py", "deploy.py", "--dry", cwd=tmp_path)
    told = " ".join(ran.stderr.split())
    assert told.count("this package was tested with 3.10.x") == warnings
    assert told.count("asks its host anew") == warnings
    assert "Traceback" not in ran.stderr
