"""What is looked at: one `Check` each, with the codes of the monitoring-plugins convention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from ollama_tools import measures
from ollama_tools.asking import Answer, ask
from ollama_tools.config import Config, Service
from ollama_tools.disks import disks
from ollama_tools.listening import elsewhere
from ollama_tools.units import Unit, show

__all__ = ["ORDER", "Check", "Seen", "Status", "human", "look", "resources", "worst"]

CPU_SECONDS = 0.5
# Beyond the threshold there is this much left before it is critical.
_CRITICAL_PERCENT = 97


class Status(IntEnum):
    """Exit codes of the monitoring-plugins convention."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; units of `figures` are in their names."""

    name: str
    status: Status
    text: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """One service: its unit, and its answer when it was asked."""

    service: Service
    unit: Unit
    answer: Answer | None

    @property
    def answers(self) -> bool:
        return self.answer is not None and self.answer.kind == "good"


# What counts for all: critical before a warning before what could not be told.
ORDER = (Status.OK, Status.UNKNOWN, Status.WARNING, Status.CRITICAL)


def worst(checks: Iterable[Check]) -> Status:
    """The status of all; unknown when there is nothing to go by."""
    return max((check.status for check in checks), key=ORDER.index, default=Status.UNKNOWN)


def look(service: Service, *, seconds: float) -> Seen:
    """Ask systemd, and the service itself where it runs."""
    unit = show(service.unit, start_seconds=service.start_seconds)
    asked = unit.verdict in ("running", "starting", "unknown")
    answer = ask(service, service.path, seconds=seconds) if asked else None
    if answer is not None and answer.kind == "refused":
        answer = elsewhere(service, unit) or answer
    return Seen(service, unit, answer)


def human(count: float) -> str:
    """Bytes for people, binary."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def services(seen: Iterable[Seen]) -> Iterable[Check]:
    """The unit and the answer of each."""
    for one in seen:
        yield _unit(one)
        if one.answer is not None:
            yield _answer(one, one.answer)


def _unit(seen: Seen) -> Check:
    name, unit = seen.service.unit.removesuffix(".service"), seen.unit
    status = {
        "running": Status.OK,
        "starting": Status.OK,
        "between": Status.WARNING,
        "stopped": Status.CRITICAL,
        "down": Status.CRITICAL,
        "looping": Status.CRITICAL,
        "disabled": Status.CRITICAL,
        "missing": Status.CRITICAL,
        "unknown": Status.UNKNOWN,
    }[unit.verdict]
    return Check(name, status, f"{name} is {unit.text}", {"restarts": unit.restarts})


def _answer(seen: Seen, answer: Answer) -> Check:
    name = f"{seen.service.unit.removesuffix('.service')}-api"
    if answer.kind == "good":
        milliseconds = round(answer.seconds * 1000, 1)
        return Check(name, Status.OK, "answers", {"answer_ms": milliseconds})
    status = Status.WARNING if seen.unit.verdict == "starting" else Status.CRITICAL
    return Check(name, status, f"{seen.service.unit}: {answer.text}")


def models(config: Config, server: Service) -> Iterable[Check]:
    """The declared models are listed; which are loaded, and how big they are."""
    tags = ask(server, "/api/tags", seconds=config.answer_seconds)
    loaded = ask(server, "/api/ps", seconds=config.answer_seconds)
    try:
        listed = {row["name"] for row in tags.json()["models"]}
        rows = loaded.json()["models"] or []
        sizes = {row["name"]: int(row["size"]) for row in rows}
    except (TypeError, KeyError, ValueError):
        reason = tags.text if tags.kind != "good" else loaded.text
        yield Check(
            "models", Status.UNKNOWN, f"models could not be told: {' '.join(reason.split())[:200]}"
        )
        return
    missing = [name for name in config.models if name not in listed]
    figures = {"listed": len(listed), "loaded": len(sizes), "loaded_bytes": sum(sizes.values())}
    words = ", ".join(f"{name} ({human(size)})" for name, size in sizes.items()) or "none"
    text = f"{len(listed)} listed, loaded: {words}"
    if missing:
        yield Check(
            "models", Status.CRITICAL, f"models are missing: {', '.join(missing)}; {text}", figures
        )
    else:
        yield Check("models", Status.OK, text, figures)


def _against(percent: float, limit: int) -> Status:
    if percent >= max(limit, _CRITICAL_PERCENT):
        return Status.CRITICAL
    return Status.WARNING if percent >= limit else Status.OK


def resources(config: Config, seen: Iterable[Seen], *, sample: bool) -> Iterable[Check]:
    """Memory, swap, disks, queue, processor time and GPUs; `sample` takes the time for the CPU."""
    said = measures.memory()
    total, available = said["MemTotal"], said["MemAvailable"]
    used = round(100 * (total - available) / total)
    text = f"{used} % of memory in use, {human(available)} of {human(total)} available"
    figures = {"used_percent": used, "available_bytes": available}
    yield Check("memory", _against(used, config.memory_percent), text, figures)
    swap, free = said.get("SwapTotal", 0), said.get("SwapFree", 0)
    text = f"{human(swap - free)} of {human(swap)} of swap in use" if swap else "none"
    yield Check("swap", Status.OK, text, {"used_bytes": swap - free})
    for disk in disks(config.disks):
        if not disk.is_known:
            text = f"{disk.path}: only root can tell how full it is"
            yield Check(f"disk {disk.path}", Status.UNKNOWN, text)
            continue
        percent = max(disk.percent, disk.inodes_percent)
        more = f", {disk.inodes_percent} % of inodes" if disk.inodes_percent > disk.percent else ""
        text = f"{disk.path}: {disk.percent} % in use{more}, {human(disk.free)} free"
        figures = {"used_percent": percent, "free_bytes": disk.free}
        yield Check(f"disk {disk.path}", _against(percent, config.disk_percent), text, figures)
    for one in seen:
        yield from _of_service(config, one, sample=sample)
    for gpu in measures.gpus():
        text = f"{gpu.name}: {gpu.busy_percent} % busy, {human(gpu.used)} of {human(gpu.total)}"
        figures = {"busy_percent": gpu.busy_percent, "used_bytes": gpu.used}
        yield Check("gpu", Status.OK, text, figures)


def _of_service(config: Config, seen: Seen, *, sample: bool) -> Iterable[Check]:
    queue = seen.service.queue
    if queue:
        held = measures.connections(seen.service.port)
        percent = round(100 * held / queue)
        text = f"{held} connections to the server, {queue} requests may wait"
        status = _against(percent, config.queue_percent)
        yield Check("queue", status, text, {"connections": held, "used_percent": percent})
    if not sample or not queue:
        return
    cpu = measures.cpu_percent(seen.unit.cgroup, seconds=CPU_SECONDS)
    held = measures.group_memory(seen.unit.cgroup) or 0
    if cpu is None:
        yield Check(
            "cpu", Status.UNKNOWN if seen.unit.cgroup else Status.OK, "no process of it was found"
        )
    else:
        text = f"{cpu} % of a core, {human(held)} of memory, by Ollama and its runners"
        yield Check("cpu", Status.OK, text, {"core_percent": cpu, "memory_bytes": held})
