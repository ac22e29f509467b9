"""Parse the manifests of a models folder, where no server could be asked for its models.

Ollama 0.33.0 (`manifest/manifest.go`) lists what lies at manifests/HOST/NAMESPACE/MODEL/TAG and
can be read as JSON; a model's digest is the hash of that file, its parameters are a blob of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pyinfra_ollama.settings import ModelName
from pyinfra_ollama.snapshot.model import ApiState

PARAMETERS = "params|"
WEIGHTS = "application/vnd.ollama.image.model"


def stored(lines: Iterable[str]) -> ApiState:
    """What a server with this folder would list, under the names it would give."""
    models, sizes, parameters, weights = {}, {}, {}, {}
    name = ""
    for line in lines:
        if line.startswith(PARAMETERS):
            parameters[name] = _as_shown(_object(line.removeprefix(PARAMETERS)))
            continue
        path, digest, text = line.split("|", 2)
        host, namespace, model, tag = path.split("/")
        name = ModelName("https", host, namespace, model, tag).listed
        manifest = _object(text)
        if "layers" not in manifest:
            continue
        layers = [*(manifest["layers"] or []), manifest.get("config") or {}]
        models[name], parameters[name] = digest, ""
        sizes[name] = sum(int(layer.get("size", 0)) for layer in layers)
        files = (layer["digest"] for layer in layers if layer.get("mediaType") == WEIGHTS)
        weights[name] = str(next(files, ""))
    return ApiState(None, models, sizes, parameters, weights)


def _as_shown(values: dict[str, Any]) -> str:
    """Parameters as /api/show writes them: a line each, and a line for each value of a list."""
    lines = []
    for key, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            lines.append(f"{key} {json.dumps(one)}")
    return "\n".join(lines)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
