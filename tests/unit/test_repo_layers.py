"""The layers of docs/architecture.md hold: who may import what, and how operations are called."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType

import pytest

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
    "pyinfra_ollama/layout.py",
    "pyinfra_ollama/render.py",
    "pyinfra_ollama/exits.py",
    "pyinfra_ollama/steps.py",
)

# What may run without, and must not know, the deployment's own code.
VERIFIER = (
    "pyinfra_ollama/verifier",
    "pyinfra_ollama/channels.py",
    "pyinfra_ollama/engine",
    "pyinfra_ollama/transport.py",
)

OPERATIONS = ("pyinfra_ollama.operations", "pyinfra.operations")


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
        "pyinfra_ollama.settings",
        "pyinfra_ollama.transport",
        "pyinfra_ollama.verifier",
    )
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python(*VERIFIER)
        for line, name in repo.imports(file)
        if repo.within(name, "tasks", "lab")
        or (repo.within(name, "pyinfra_ollama") and not repo.within(name, *shared))
    ]
    assert not wrong, problems(*wrong)


def test_the_planner_can_change_nothing() -> None:
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python("pyinfra_ollama/planner")
        for line, name in repo.imports(file)
        if repo.within(name, "tasks", "pyinfra_ollama.operations", "pyinfra.operations")
    ]
    assert not wrong, problems(*wrong)


def test_nothing_that_production_uses_imports_the_lab_or_the_tests() -> None:
    wrong = [
        f"{file}:{line} imports {name}"
        for file in repo.python("pyinfra_ollama", "tasks", "deploy.py")
        for line, name in repo.imports(file)
        if repo.within(name, "lab", "tests")
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


def operation_calls(file: Path) -> list[ast.Call]:
    """Calls in the file of operations, which are known by pyinfra's mark on them."""
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(repo.tree(file))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if repo.within(f"{node.module}.{alias.name}", *OPERATIONS)
    }
    calls = []
    for node in ast.walk(repo.tree(file)):
        if isinstance(node, ast.Call):
            first, _, rest = ast.unparse(node.func).partition(".")
            if first in imported and hasattr(
                resolve_name(f"{imported[first]}.{rest}".strip(".")), "_inner"
            ):
                calls.append(node)
    return calls


def test_every_operation_call_has_a_name_and_only_keyword_arguments() -> None:
    calls = [(file, call) for file in repo.python("tasks") for call in operation_calls(file)]
    wrong = [
        f"{file}:{call.lineno} {ast.unparse(call.func)}: {fault}"
        for file, call in calls
        for fault, present in (
            ("has no name=", not any(word.arg == "name" for word in call.keywords)),
            ("has positional arguments", bool(call.args)),
        )
        if present
    ]
    assert calls, "no operation call found under tasks/: this test would prove nothing"
    assert not wrong, problems(*wrong)


def operation_modules() -> list[ModuleType]:
    return [
        import_module(repo.module_name(file)) for file in repo.python("pyinfra_ollama/operations")
    ]


def test_no_operation_parameter_shadows_an_argument_that_pyinfra_takes_itself() -> None:
    from pyinfra.api.arguments import AllArguments

    reserved = {*AllArguments.__annotations__, "name"}
    operations = {
        f"{module.__name__}.{name}": function
        for module in operation_modules()
        for name, function in vars(module).items()
        if hasattr(function, "_inner")
    }
    wrong = [
        f"{name}: {sorted(taken)}"
        for name, function in operations.items()
        if (taken := reserved & set(inspect.signature(function._inner).parameters))
    ]
    assert operations, "no operation found: this test would prove nothing"
    assert not wrong, problems(*wrong)


@pytest.mark.parametrize(
    "file", [file for file in repo.python("tasks") if file.name != "__init__.py"], ids=str
)
def test_a_task_file_holds_one_deploy_of_its_own_name(file: Path) -> None:
    deploys = [
        node.name
        for node in repo.tree(file).body
        if isinstance(node, ast.FunctionDef)
        and any("deploy" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    assert deploys == [file.stem]
