"""A report as text for people (plain or as a table), as JSON and as JUnit's XML."""

from __future__ import annotations

from collections.abc import Callable

from pyinfra_ollama.verifier.reporters.document import document
from pyinfra_ollama.verifier.reporters.junit import junit
from pyinfra_ollama.verifier.reporters.plain import plain
from pyinfra_ollama.verifier.results import Report

__all__ = ["RENDERERS", "document", "junit", "plain"]

RENDERERS: dict[str, Callable[[Report], str]] = {
    "table": plain,
    "json": document,
    "junit": junit,
}
