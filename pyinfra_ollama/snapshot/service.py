"""Parse what is said about the service, its API and the GPUs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pyinfra_ollama.snapshot.manifests import stored
from pyinfra_ollama.snapshot.model import ApiState, GpuState, UnitState

PCI_VENDORS = {"0x10de": "nvidia", "0x1002": "amd"}


def pairs(lines: Iterable[str]) -> dict[str, str]:
    """KEY=VALUE lines; the last of a key counts."""
    return dict(line.split("=", 1) for line in lines if "=" in line)


def many(lines: Iterable[str], key: str) -> list[str]:
    """All values of one key."""
    return [line.split("=", 1)[1] for line in lines if line.startswith(f"{key}=")]


def unit_state(lines: list[str], process: list[str]) -> UnitState:
    """systemd's view of the unit, and the process it runs."""
    unit, running = pairs(lines), pairs(process)
    pid = running.get("pid")
    return UnitState(
        loaded=unit.get("LoadState") == "loaded",
        active=unit.get("ActiveState", "unknown"),
        enabled=unit.get("UnitFileState", ""),
        needs_reload=unit.get("NeedDaemonReload") == "yes",
        managed=unit.get("FirstLine", "").startswith("# Managed by pyinfra-ollama"),
        exists="UnitFile" in unit,
        official_library="OfficialLibrary" in unit,
        foreign_environment=tuple(many(lines, "ForeignEnvironment")),
        pid=int(pid) if pid else None,
        exe=running.get("exe"),
        environment=running.get("environment", "").split(" ")[0] or None,
    )


def api_state(sections: Mapping[str, list[str]]) -> ApiState:
    """What the server answered, or what lies in the declared folder where it did not."""
    version = _json(sections.get("api", [])).get("version")
    tags = _json(sections.get("tags", [])).get("models")
    if "manifests" in sections:
        return replace(stored(sections["manifests"]), version=str(version) if version else None)
    rows = tags or []
    parameters, weights = {}, {}
    for line in sections.get("show", []):
        model, text = line.split("|", 1)
        answer = _json([text])
        if "parameters" in answer or "modelfile" in answer:
            parameters[model] = str(answer.get("parameters", ""))
            for text in re.findall(r"^FROM (/.*)$", str(answer.get("modelfile", "")), re.M)[:1]:
                weights[model] = text
    return ApiState(
        version=str(version) if version else None,
        models=None if tags is None else {row["name"]: row["digest"] for row in rows},
        sizes={row["name"]: int(row["size"]) for row in rows},
        parameters=parameters,
        weights=weights,
    )


def _json(lines: list[str]) -> dict[str, Any]:
    try:
        answer = json.loads("\n".join(lines))
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def gpu_state(lines: list[str]) -> GpuState:
    """The vendor that matters to Ollama: NVIDIA before AMD."""
    devices = [PCI_VENDORS.get(value.split()[0]) for value in many(lines, "pci")]
    nodes = many(lines, "node")
    tegra = many(lines, "tegra")
    if tegra:
        release = re.match(r"# R(\d+) ", tegra[0])
        return GpuState("nvidia", True, int(release[1]) if release else None)
    if "nvidia" in devices or "/dev/nvidiactl" in nodes:
        return GpuState("nvidia", "/dev/nvidiactl" in nodes)
    if "amd" in devices:
        return GpuState("amd", "/dev/kfd" in nodes)
    return GpuState(None, False)
