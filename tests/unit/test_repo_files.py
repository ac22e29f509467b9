"""The rules of CONTRIBUTING.md that any file can break."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.unit import repo

# Written in parts, so that this file holds none of them whole.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("ports", "ubuntu", "com"),
        ("registry", "npmjs", "org"),
        ("registry-1", "docker", "io"),
        ("index", "docker", "io"),
        ("crates", "io"),
        ("rubygems", "org"),
    )
)
MACHINE_PATHS = tuple(f"/{folder}/" for folder in ("work", "farm", "workspace"))
UNFINISHED = tuple("".join(parts) for parts in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))

# The one place where a length is agreed to; each entry says why, and goes when it is not needed.
LONGER_THAN_200_LINES: dict[str, str] = {}

CODE = {".py", ".sh", ".j2"}


@pytest.mark.parametrize("word", REGISTRY_HOSTS)
def test_no_file_names_a_package_registry(word: str) -> None:
    # A host below one counts; a longer word that only begins or ends like one does not.
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE)
    assert not found(pattern)


@pytest.mark.parametrize("word", MACHINE_PATHS)
def test_no_file_names_a_path_of_somebodys_machine(word: str) -> None:
    assert not found(re.compile(rf"(?<![\w.}}*]){re.escape(word)}"))


@pytest.mark.parametrize("word", UNFINISHED)
def test_nothing_is_left_to_be_done_in_a_comment(word: str) -> None:
    assert not found(re.compile(rf"\b{word}\b"))


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern stands, as `file:line`."""
    return [
        f"{file}:{number}: {line.strip()}"
        for file in repo.files()
        for number, line in enumerate(repo.text(file).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_files_are_short_but_for_those_with_a_reason() -> None:
    longer = {
        str(file)
        for file in repo.files()
        if file.suffix in CODE and len(repo.text(file).splitlines()) > 200
    }
    assert longer == set(LONGER_THAN_200_LINES)


def test_nothing_built_or_downloaded_is_committed() -> None:
    assert not [file for file in repo.files() if (repo.ROOT / file).stat().st_size > 1_000_000]


@pytest.mark.parametrize(
    "file", repo.python("pyinfra_ollama", "lab", "bench", "tasks", "deploy.py"), ids=str
)
def test_every_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(repo.tree(file)) or not repo.text(file).strip()


@pytest.mark.parametrize("file", repo.python("pyinfra_ollama", "lab"), ids=str)
def test_all_names_what_exists(file: Path) -> None:
    tree = repo.tree(file)
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets)
    ]
    for names in listed:
        # Their order is ruff's to judge (RUF022).
        assert len(names) == len(set(names))
        assert not set(names) - defined(tree)


def defined(tree: ast.Module) -> set[str]:
    """The names that a module defines or imports at its top level."""
    names: set[str] = set()
    body = list(tree.body)
    if any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in body):
        # It imports what is written down for type checkers only when it is asked for.
        body += [each for node in tree.body if isinstance(node, ast.If) for each in node.body]
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names
