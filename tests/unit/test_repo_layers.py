"""The layers of docs/architecture.md hold: who may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.unit import repo

# What pyinfra promises to keep; the rest of it is touched in one place only.
PYINFRA_PUBLIC = (
    "pyinfra.api",
    "pyinfra.connectors",
    "pyinfra.context",
    "pyinfra.facts",
    "pyinfra.logger",
    "pyinfra.operations",
)
PYINFRA_INTERNALS_ALLOWED = Path("pyinfra_ollama/engine")

# These decide, parse or render, and can be tried without a host or pyinfra.
PURE = (
    "pyinfra_ollama/settings",
    "pyinfra_ollama/decide",
    "pyinfra_ollama/snapshot",
    "pyinfra_ollama/layout",
    "pyinfra_ollama/render.py",
    "pyinfra_ollama/exits.py",
    "pyinfra_ollama/steps.py",
)

# What may run without, and must not know, the deployment's own code.
VERIFIER = (
    "pyinfra_ollama/verifier",
    "pyinfra_ollama/channels.py",
    "pyinfra_ollama/engine",
    "pyinfra_ollama/reports.py",
    "pyinfra_ollama/transport.py",
)


def problems(*found: str) -> str:
    return "\n" + "\n".join(found)


def test_pyinfra_is_used_by_its_public_modules_only() -> None:
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python("pyinfra_ollama", "tasks", "deploy.py")
        if not file.is_relative_to(PYINFRA_INTERNALS_ALLOWED)
        for line, name in repo.imports(file)
        if repo.within(name, "pyinfra", "pyinfra_cli") and not repo.within(name, *PYINFRA_PUBLIC)
    ]
    assert not wrong, problems(*wrong)


def test_pure_modules_import_no_pyinfra() -> None:
    modules = [repo.module_name(file) for file in repo.python(*PURE)]
    missing = [place for place in PURE if not repo.python(place)]
    assert not missing, f"PURE names what is not there: {missing}"
    script = (
        "import sys, importlib\n"
        "sys.modules['pyinfra'] = sys.modules['pyinfra_cli'] = None\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=repo.ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_the_verifier_shares_the_settings_and_nothing_else_with_the_deployment() -> None:
    shared = (
        "pyinfra_ollama.channels",
        "pyinfra_ollama.engine",
        "pyinfra_ollama.exits",
        "pyinfra_ollama.reports",
        "pyinfra_ollama.settings",
        "pyinfra_ollama.transport",
        "pyinfra_ollama.verifier",
    )
    others = ("tasks", "lab", "pyinfra_ollama")
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python(*VERIFIER)
        for line, name in repo.imports(file)
        if repo.within(name, *others) and not repo.within(name, *shared)
    ]
    assert not wrong, problems(*wrong)


def test_what_is_sent_to_hosts_needs_nothing_but_python() -> None:
    files = repo.python("files")
    packages = {file.parent.name for file in files}
    wrong = [
        f"{file}:{line} imports {name}"
        for file in files
        for line, name in repo.imports(file)
        if name.split(".")[0] not in sys.stdlib_module_names
        # Its own parts, by their place in the repository or by the one they have on a host.
        and name.split(".")[0] not in {"files", *packages}
    ]
    assert files, "nothing is sent as it is: this test would prove nothing"
    assert not wrong, problems(*wrong)


def test_the_planner_can_change_nothing() -> None:
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python("pyinfra_ollama/planner")
        for line, name in repo.imports(file)
        if repo.within(name, "tasks", "pyinfra_ollama.operations", "pyinfra.operations")
    ]
    assert not wrong, problems(*wrong)


def test_nothing_that_production_uses_imports_the_lab_the_bench_or_the_tests() -> None:
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python("pyinfra_ollama", "tasks", "deploy.py")
        for line, name in repo.imports(file)
        if repo.within(name, "lab", "bench", "picture", "tests")
    ]
    assert not wrong, problems(*wrong)


def test_tasks_read_settings_and_never_host_data() -> None:
    wrong = [
        f"{file}:{node.lineno} reads .data"
        for file in repo.python("tasks")
        for node in ast.walk(repo.tree(file))
        if isinstance(node, ast.Attribute) and node.attr == "data"
    ]
    assert not wrong, problems(*wrong)
