"""One module per concern, each with one `@deploy` that reads as a checklist."""

from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
