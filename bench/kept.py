"""Results of one kind and schema as JSON: a list a line, since there are hundreds of numbers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def write(results: DataclassInstance, path: Path) -> None:
    """Write them; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows: list[str] = []
    for name, value in dataclasses.asdict(results).items():
        if isinstance(value, tuple):
            inside = ",\n".join(f"    {json.dumps(row)}" for row in value)
            rows.append(f'  "{name}": [\n{inside}\n  ]' if value else f'  "{name}": []')
        else:
            rows.append(f'  "{name}": {json.dumps(value)}')
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n")


def read(path: Path, kind: str, schema: int) -> dict[str, Any]:
    """What `write` wrote; ValueError when it is of another kind or schema."""
    data: dict[str, Any] = json.loads(path.read_text())
    if (data.get("kind"), data.get("schema")) != (kind, schema):
        raise ValueError(f"{path} holds no results of {kind}, schema {schema}: measure anew")
    return data
