"""The documents name what exists: links, make targets, settings and commands."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.unit import repo

# Words before an equals sign in documents that are pyinfra's, its operations' or a Secret's.
NOT_SETTINGS = {"field", "name", "ssh_strict_host_key_checking", "timeout_seconds"}

DOCUMENTS = [file for file in repo.files() if file.suffix == ".md"]


@pytest.mark.parametrize("file", DOCUMENTS, ids=str)
def test_links_inside_the_repository_lead_somewhere(file: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", repo.text(file))
    broken = [
        target
        for target in targets
        if "://" not in target and not (repo.ROOT / file.parent / target).exists()
    ]
    assert not broken


@pytest.mark.parametrize("file", DOCUMENTS, ids=str)
def test_headings_that_are_linked_to_exist(file: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", repo.text(file))
    broken = [
        f"{target}#{anchor}"
        for target, anchor in links
        if "://" not in target and anchor not in anchors(file.parent / target if target else file)
    ]
    assert not broken


def anchors(file: Path) -> set[str]:
    """The names that a Markdown viewer gives to the headings of a document."""
    headings = re.findall(r"(?m)^#+ (.+)$", repo.text(file))
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def test_the_checks_that_troubleshooting_names_are_the_verifiers() -> None:
    named = set(re.findall(r"\[`([a-z-]+)`\]", repo.text(Path("docs/troubleshooting.md"))))
    results = {"passed", "failed", "warned", "unknown", "skipped"}
    known = {
        node.args[0].value
        for file in repo.python("pyinfra_ollama/verifier")
        for node in ast.walk(repo.tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in results
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert named
    unknown = named - known
    assert not unknown


def test_the_settings_that_a_document_names_exist() -> None:
    from pydantic import BaseModel

    from pyinfra_ollama import settings

    fields = {
        field
        for model in (getattr(settings, name) for name in settings.__all__)
        if isinstance(model, type) and issubclass(model, BaseModel)
        for field in model.model_fields
    }
    named = {
        field
        for file in DOCUMENTS
        for code in re.findall(r"`([^`\n]+)`", repo.text(file))
        for field in re.findall(r"(?<![\w.\"])([a-z][a-z_]+)=(?!=)", code)
    }
    assert "models_dir" in named
    unknown = named - fields - NOT_SETTINGS
    assert not unknown


def test_every_make_target_that_a_document_names_exists() -> None:
    makefile = (repo.ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?m)^([a-z-]+):", makefile))
    named = {
        target
        for file in DOCUMENTS
        for target in re.findall(r"(?:`|^|\s{2,})make ([a-z][a-z-]*)", repo.text(file), re.M)
    }
    assert not named - targets


def test_every_make_target_is_listed_and_declared() -> None:
    makefile = (repo.ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?m)^([a-z-]+):", makefile))
    documented = set(re.findall(r"(?m)^([a-z-]+):.*## ", makefile))
    phony = set(re.findall(r"(?m)^\.PHONY: (.+)$", makefile)[0].split())
    assert targets == documented == phony


@pytest.mark.parametrize("command", ["make demo", "make test", "pyinfra-ollama verify"])
def test_the_readme_gives_the_commands_that_matter(command: str) -> None:
    assert command in repo.text(Path("README.md"))


def test_the_readme_gives_the_test_command_that_ci_runs() -> None:
    assert "make test" in repo.text(Path(".ci/run"))
