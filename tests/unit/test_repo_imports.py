"""What a run imports for roles that few hosts have: nothing, until a host declares one."""

from __future__ import annotations

import subprocess
import sys

from tests.unit import repo

# Where such roles live, each of which takes a run some milliseconds to import.
LATER = (
    "decide.backup",
    "decide.firewall",
    "decide.gateway",
    "decide.monitoring",
    "decide.plan",
    "decide.removal",
    "decide.watching",
    "operations.backup",
    "operations.firewall",
    "operations.gateway",
    "operations.monitoring",
    "operations.watching",
    "settings.alerts",
    "settings.backup",
    "settings.metrics",
    "settings.monitoring",
    "settings.observer",
    "settings.observing",
    "snapshot.backup",
    "snapshot.firewall",
    "snapshot.gateway",
    "snapshot.monitoring",
    "snapshot.observing",
    "snapshot.watching",
    "verifier",
)


def test_a_run_imports_roles_when_a_host_declares_them() -> None:
    tasks = [repo.module_name(file) for file in repo.python("tasks")]
    code = (
        "import importlib, sys\n"
        f"for name in {['pyinfra_ollama.declared', *tasks]!r}: importlib.import_module(name)\n"
        f"later = {{f'pyinfra_ollama.{{name}}' for name in {LATER!r}}}\n"
        "early = {name for name in sys.modules if '.'.join(name.split('.')[:3]) in later\n"
        "         or '.'.join(name.split('.')[:2]) in later}\n"
        "sys.exit(' '.join(sorted(early)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=repo.ROOT
    )
    assert ran.stderr.strip() == ""


def test_all_of_them_are_there() -> None:
    known = {repo.module_name(file) for file in repo.python("pyinfra_ollama")}
    assert [name for name in LATER if f"pyinfra_ollama.{name}" not in known] == []
