"""What the tests about the repository itself share: its files, and its Python files parsed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or could be committed, relative to the root."""
    # The option serves a clone that belongs to somebody else than the user who tests it.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return tuple(sorted(Path(name) for name in set(listed) if name and (ROOT / name).is_file()))


def text(file: Path) -> str:
    """The file's text, or nothing where it has none (a picture)."""
    try:
        return (ROOT / file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def python(*places: str) -> tuple[Path, ...]:
    """The Python files under these folders (or these files), relative to the root."""
    return tuple(
        file
        for file in files()
        if file.suffix == ".py" and any(file.is_relative_to(place) for place in places)
    )


@cache
def tree(file: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(text(file), filename=str(file))


def module_name(file: Path) -> str:
    """`pyinfra_ollama/settings/__init__.py` -> `pyinfra_ollama.settings`."""
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Each module that the file imports, with its line; `from a import b` gives `a.b`."""
    package = module_name(file).split(".")
    if file.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of these packages or lies in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)
