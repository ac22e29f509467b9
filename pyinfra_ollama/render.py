"""What is put on hosts: Jinja2 with undefined names as errors, and files as they are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def _environment(folder: Path) -> Environment:
    # These are configuration files for root, not HTML.
    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def plain(templates: Path, path: str) -> str:
    """The text of a file that needs no values: in `files/` beside the templates, as on the host."""
    return (templates.parent / "files" / path.lstrip("/")).read_text(encoding="utf-8")


def render(folder: Path, template: str, **values: object) -> str:
    """The text of `folder/template`; jinja2's own errors name the template and line."""
    return _environment(folder).get_template(template).render(**values)
