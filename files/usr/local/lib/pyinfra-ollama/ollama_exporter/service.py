"""The service's processes and its runners' own counters.

Relied on (llama.cpp b10488 as of Ollama 0.33.0): with LLAMA_ARG_ENDPOINT_METRICS=1 a runner
answers /metrics on its loopback port; it counts tokens when a request ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .asking import UnansweredError, ask
from .counting import Totals
from .processes import TICKS, Process, boot_time, cgroup, numbers, processes
from .settings import Settings
from .text import Family, values

COUNTED = {
    "prompt_tokens": ("prompt_tokens_total", "Prompt tokens that were processed."),
    "prompt_seconds": ("prompt_seconds_total", "Time spent on prompts."),
    "generated_tokens": ("tokens_predicted_total", "Tokens that were generated."),
    "generated_seconds": ("tokens_predicted_seconds_total", "Time spent on generating."),
}
SHOWN = {
    "requests_processing": ("requests_processing", "Requests that runners work on."),
    "requests_deferred": ("requests_deferred", "Requests that wait for a slot of a runner."),
    "kv_cache_usage_ratio": ("kv_cache_usage_ratio", "How full the KV cache is."),
}
# One that is busy with a prompt answers after a step of it; and all of them together.
RUNNER_SECONDS, RUNNERS_SECONDS = 1.0, 2.0


class Service:
    """Reads processes and runners; sums up what they count."""

    def __init__(
        self,
        settings: Settings,
        *,
        proc: Path = Path("/proc"),
        cgroups: Path | None = None,
        page: Callable[[int], str] | None = None,
    ) -> None:
        self._settings, self._proc, self._cgroups = settings, proc, cgroups
        self._page = page or _page
        self._totals = Totals()
        self._boot = boot_time(proc)
        # What ran before this exporter has counted into the series of the one before it.
        self._seen_before = {each.key for each in self._processes()}

    def families(self, weights: Mapping[str, str], models: Iterable[str] | None) -> list[Family]:
        """What is now; `weights` tells the loaded model of a file, `models` all there are.

        Where these are not known (None), the counters of all stay.
        """
        found = self._processes()
        names = {each.pid: weights.get(each.weights, "") for each in found}
        known = set(models or ()) | {name for name in names.values() if name}
        for model in sorted(known):
            self._totals.begin(model, COUNTED)
        runners = [each for each in found if each.role == "runner"]
        gauges = self._of_runners(runners, names)
        for each in found:
            self._count(each, f"/{each.role}", {"cpu": each.cpu_seconds})
        self._totals.forget(each.key for each in found)
        if known and models is not None:
            self._totals.drop({*known, "/server", "/runner", "/other"})
        self._seen_before &= {each.key for each in found}
        return [*self._of_processes(found, names), *self._of_cgroup(), *gauges, *self._counters()]

    def _processes(self) -> list[Process]:
        return processes(self._settings.unit, self._proc, self._cgroups)

    def _count(self, source: Process, owner: str, counted: Mapping[str, float]) -> None:
        if source.key in self._seen_before and not self._totals.knows(source.key, owner):
            self._totals.note(source.key, owner, counted)
        self._totals.take(source.key, owner, counted)

    def _of_runners(self, runners: list[Process], names: Mapping[int, str]) -> list[Family]:
        gauges = {key: Family(f"ollama_runner_{key}", "gauge", t) for key, (_, t) in SHOWN.items()}
        readable = Family("ollama_runner_up", "gauge", "Whether a runner tells its metrics.")
        deadline = time.monotonic() + RUNNERS_SECONDS
        for runner in runners:
            model = names[runner.pid]
            if not model:
                # It loads, or leaves: what it counted is counted when its model is known.
                continue
            try:
                page = values(self._page(runner.port)) if time.monotonic() < deadline else {}
            except UnansweredError:
                page = {}
            readable.add(float(bool(page)), model=model)
            found = {key: page.get(f"llamacpp:{theirs}") for key, (theirs, _) in COUNTED.items()}
            self._count(runner, model, {k: v for k, v in found.items() if v is not None})
            for key, (theirs, _) in SHOWN.items():
                if f"llamacpp:{theirs}" in page:
                    gauges[key].add(page[f"llamacpp:{theirs}"], model=model)
        return [readable, *gauges.values()]

    def _counters(self) -> list[Family]:
        made = []
        for key, (_, text) in COUNTED.items():
            family = Family(f"ollama_runner_{key}_total", "counter", text)
            for model, value in sorted(self._totals.sums(key).items()):
                family.add(value, model=model)
            made.append(family)
        cpu = Family("ollama_process_cpu_seconds_total", "counter", "Processor time, by role.")
        for owner, value in sorted(self._totals.sums("cpu").items()):
            cpu.add(value, role=owner.removeprefix("/"))
        return [*made, cpu]

    def _of_processes(self, found: list[Process], names: Mapping[int, str]) -> list[Family]:
        resident = Family(
            "ollama_process_resident_memory_bytes", "gauge", "Resident memory of a process."
        )
        started = Family(
            "ollama_process_start_time_seconds", "gauge", "When the server was started."
        )
        count = Family("ollama_processes", "gauge", "Processes of the service, by role.")
        for role in ("server", "runner", "other"):
            count.add(sum(each.role == role for each in found), role=role)
        # Two runners of one model, or two unknown ones, are one series.
        sizes: dict[tuple[str, str], int] = {}
        for each in found:
            place = each.role, names[each.pid]
            sizes[place] = sizes.get(place, 0) + each.resident
        begun = [each.started for each in found if each.role == "server"]
        if begun:
            started.add(self._boot + min(begun) / TICKS)
        for (role, model), size in sorted(sizes.items()):
            resident.add(size, role=role, model=model)
        return [count, resident, started]

    def _of_cgroup(self) -> list[Family]:
        folder = cgroup(self._settings.unit, self._cgroups)
        made = []
        for file, key, name, kind, text in (
            ("memory.current", "", "memory_bytes", "gauge", "Memory of the service."),
            ("memory.max", "", "memory_limit_bytes", "gauge", "What it may use at most."),
            ("memory.swap.current", "", "swap_bytes", "gauge", "Of it in swap."),
            ("memory.events", "oom_kill", "oom_kills_total", "counter", "Ended for memory."),
        ):
            family = Family(f"ollama_service_{name}", kind, text)
            found = numbers(folder / file)
            if key in found:
                family.add(found[key])
            made.append(family)
        return made


def _page(port: int) -> str:
    if not port:
        raise UnansweredError("no port in its command line")
    return ask("127.0.0.1", port, "/metrics", seconds=RUNNER_SECONDS).decode(errors="replace")
