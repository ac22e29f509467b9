"""A plan as text for people, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

from collections.abc import Callable

from pyinfra_ollama.planner.reporters.document import document
from pyinfra_ollama.planner.reporters.markdown import markdown
from pyinfra_ollama.planner.reporters.text import text
from pyinfra_ollama.planner.results import Report

__all__ = ["RENDERERS", "document", "markdown", "text"]

RENDERERS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "markdown": markdown,
    "json": document,
}
