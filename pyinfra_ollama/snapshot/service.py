"""Parse what is said about the service, its API and the GPUs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyinfra_ollama.snapshot.lines import many, pairs
from pyinfra_ollama.snapshot.manifests import stored
from pyinfra_ollama.snapshot.model import ApiState, GpuState, UnitState
from pyinfra_ollama.snapshot.stats import Stat

# What the script has curl write after each answer.
END_OF_ANSWER = "|\n"
PCI_VENDORS = {"0x10de": "nvidia", "0x1002": "amd"}


def unit_state(sections: Mapping[str, list[str]], found: Mapping[str, Stat]) -> UnitState:
    """systemd's view of the unit, and the process it runs."""
    unit, running = pairs(sections["unit"]), pairs(sections["process"])
    pid = running.get("pid")
    program = found.get(f"/proc/{pid}/exe")
    return UnitState(
        loaded=unit.get("LoadState") == "loaded",
        active=unit.get("ActiveState", "unknown"),
        enabled=unit.get("UnitFileState", ""),
        needs_reload=unit.get("NeedDaemonReload") == "yes",
        managed=unit.get("FirstLine", "").startswith("# Managed by pyinfra-ollama"),
        exists="UnitFile" in unit,
        official_library="OfficialLibrary" in unit,
        foreign_environment=tuple(sections["environment"]),
        pid=int(pid) if pid else None,
        exe=(program.target if program else "") if pid else None,
        environment=running.get("environment", "").split(" ")[0] or None,
    )


def api_state(sections: Mapping[str, list[str]]) -> ApiState:
    """What the server answered, or what lies in the declared folder where it did not."""
    answers = "\n".join([*sections["api"], ""]).split(END_OF_ANSWER)[:-1]
    version = _json(answers[0]).get("version") if answers else None
    if len(answers) < 2 or not answers[1]:
        stored_there = stored(sections["manifests"])
        return replace(stored_there, version=str(version) if version else None)
    tags = _json(answers[1]).get("models")
    rows = tags or []
    parameters, weights = {}, {}
    # After an answer that did not come, curl asks no more.
    for model, text in zip(sections["asked"], answers[2:], strict=False):
        answer = _json(text)
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


def _json(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
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
