"""How operations are declared and called, and what a task file holds."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType

import pytest

from tests.unit import repo

OPERATIONS = ("pyinfra_ollama.operations", "pyinfra.operations")


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
    places = repo.python("tasks", "bench/plain")
    calls = [(file, call) for file in places for call in operation_calls(file)]
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
    assert not wrong, "\n".join(wrong)


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
    assert not wrong, "\n".join(wrong)


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
