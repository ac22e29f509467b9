"""The cases of messages.txt: group data, a divider, then exactly what is said about it.

Rewrite the expected lines after a change with ``python -m tests.unit.settings.cases``, and read
the difference: each line is a sentence to a person.
"""

from __future__ import annotations

from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pyinfra_ollama import settings

from . import gateways

FILE = Path(__file__).with_name("messages.txt")
_BETWEEN = "\n====\n"
_DIVIDER = "\n----\n"


def read() -> list[tuple[str, str]]:
    """Return declaration and expected message of each case."""
    cases = FILE.read_text(encoding="utf-8").rstrip("\n").split(_BETWEEN)
    return [tuple(case.split(_DIVIDER)) for case in cases]  # type: ignore[misc]


def messages(declaration: str) -> str:
    """Return what ``load`` says about group data, one problem per line."""
    names = {name: getattr(settings, name) for name in settings.__all__}
    data = dict(names)
    with TemporaryDirectory() as folder, chdir(folder):
        if ".pem" in declaration:
            data |= _certificates(Path(folder))
        exec(declaration, data)
        del data["__builtins__"]
        try:
            settings.load([("gpu01", data)])
        except settings.SettingsError as error:
            return "\n".join(str(problem) for problem in error.problems)
    return "no problem"


def _certificates(folder: Path) -> dict[str, object]:
    """Write own.pem, other.pem and old.pem, which expired long ago; return their keys as texts."""
    gateways.certificate(folder, "a.example.com", name="own")
    gateways.certificate(folder, "a.example.com", name="other")
    gateways.certificate(folder, "a.example.com", name="old", ends=datetime(2020, 1, 2, tzinfo=UTC))
    texts = {f"{name.upper()}_KEY": folder / f"{name}.key" for name in ("own", "other", "old")}
    return {name: path.read_text() for name, path in texts.items()}


def main() -> None:
    """Write the file anew with what is said now."""
    written = [f"{declaration}{_DIVIDER}{messages(declaration)}" for declaration, _ in read()]
    FILE.write_text(_BETWEEN.join(written) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
