"""Whether a host is fit for what is declared, before anything on it is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pyinfra_ollama import layout
from pyinfra_ollama.decide import archive, existing, graphics, occupied, reach, release, swap
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.parts import findings as of_roles
from pyinfra_ollama.decide.reach import Answer, Ask
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared, HostSettings, Preflight, human_size, rough_memory
from pyinfra_ollama.snapshot import Snapshot

SUPPORTED = {("debian", "12"), ("debian", "13"), ("ubuntu", "22.04"), ("ubuntu", "24.04")}
# zstd at Ollama's level unpacks 1.1 GB to about 4.5 GB with all GPU libraries (peers' figures,
# 2026), so archive plus tree is at most this many times the archive.
UNPACKED_FACTOR = 6


def findings(
    declared: Declared,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer] | None,
) -> tuple[Finding, ...]:
    """Everything worth saying about this host; `answers=None`: the network was not asked."""
    if snapshot.uid != 0:
        # What others' processes and folders are is for root to see.
        return tuple(_system(declared.preflight, snapshot))
    found = [*_system(declared.preflight, snapshot)]
    if declared.server:
        found += _of_server(declared.server, snapshot, asked, answers)
    found += of_roles(declared, snapshot)
    return tuple(found)


def _of_server(
    settings: HostSettings,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer] | None,
) -> tuple[Finding, ...]:
    return (
        *_resources(settings, snapshot, asked, answers or {}),
        *_port(settings, snapshot),
        *existing.findings(settings, snapshot),
        *occupied.findings(settings, snapshot),
        *archive.findings(settings, snapshot),
        *_network(asked, answers),
        graphics.finding(snapshot),
    )


def _system(declared: Preflight, snapshot: Snapshot) -> Iterator[Finding]:
    system = (snapshot.os.get("ID", "unknown"), snapshot.os.get("VERSION_ID", "unknown"))
    name = snapshot.os.get("PRETTY_NAME", " ".join(system))
    accepted = "Debian 12 or 13, Ubuntu 22.04 or 24.04"
    if system in SUPPORTED:
        yield Finding("ok", "system", name)
    elif declared.force_os:
        yield Finding("warning", "system", f"{name} is not supported, but force_os is set")
    else:
        yield Finding("failure", "system", name, f"use {accepted}, or Preflight(force_os=True)")
    try:
        yield Finding("ok", "machine", release.architecture(snapshot.machine))
    except RefusedError as refusal:
        yield Finding("failure", "machine", snapshot.machine, str(refusal))
    if snapshot.init != "systemd":
        yield Finding("failure", "systemd", f"process 1 is {snapshot.init}", "boot with systemd")
    if snapshot.uid != 0:
        yield Finding("failure", "root", f"uid {snapshot.uid}", "connect as root or set _sudo")
    if snapshot.localhost_status != 0:
        yield Finding(
            "failure",
            "localhost",
            "the name localhost does not resolve at once, so every model load waits about 10 s",
            "add '127.0.0.1 localhost' to /etc/hosts",
        )
    if "apt-get" not in snapshot.tools:
        yield Finding("failure", "apt", "apt-get is not there", f"use {accepted}")


def _resources(
    settings: HostSettings,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer],
) -> Iterator[Finding]:
    archives, pulls = reach.sizes(asked, answers) if answers else (0, {})
    planned = release.plan(settings, snapshot)
    if not release.installed(planned, snapshot):
        archives += planned.local_bytes
    wanted = [
        (layout.OPT, archives * UNPACKED_FACTOR),
        (settings.ollama.models_dir, sum(pulls.values())),
    ]
    if settings.swap:
        wanted.append((swap.folder(settings.swap), swap.growth(settings, snapshot)))
    by_mount: dict[str, int] = {}
    for path, size in wanted:
        mount, _ = snapshot.disk[path]
        by_mount[mount] = by_mount.get(mount, 0) + size
    free = dict(snapshot.disk.values())
    for mount, size in by_mount.items():
        needed = size + settings.preflight.free_margin
        text = f"{human_size(free[mount])} free on {mount}, {human_size(needed)} needed"
        short = size > 0 and free[mount] < needed
        remedy = "free space, declare fewer models or move models_dir" if short else ""
        yield Finding("failure" if short else "ok", "disk", text, remedy)

    total = snapshot.memory["MemTotal"]
    minimum = settings.preflight.min_memory
    by_pulled = {**snapshot.api.sizes, **pulls}
    by_model = {
        model.canonical: by_pulled[model.pulled.listed]
        for model in settings.ollama.models
        if model.pulled.listed in by_pulled
    }
    needed = minimum if minimum is not None else rough_memory(settings.ollama, by_model)
    text = f"{human_size(total)} of memory, {human_size(needed)} needed"
    if total >= needed:
        yield Finding("ok", "memory", text)
    else:
        remedy = "use smaller models, or set Preflight(min_memory=...)"
        yield Finding("failure", "memory", text, remedy)


def _port(settings: HostSettings, snapshot: Snapshot) -> Iterator[Finding]:
    port = settings.ollama.port
    if snapshot.port_holders is None:
        yield Finding("warning", "port", f"nobody could be asked who holds {port} (no ss)")
        return
    for line in snapshot.port_holders:
        named = re.findall(r'\("([^"]+)",pid=(\d+)', line)
        strangers = [(name, pid) for name, pid in named if int(pid) != snapshot.unit.pid]
        if strangers or not named:
            who = " and ".join(f"{name} (pid {pid})" for name, pid in strangers) or "a process"
            yield Finding(
                "failure",
                "port",
                f"{port} is held by {who}",
                "stop it, or set another port in Ollama(port=...)",
            )
            return
    yield Finding("ok", "port", f"{port} is free or ours")


def _network(asked: tuple[Ask, ...], answers: Mapping[str, Answer] | None) -> Iterator[Finding]:
    if not asked:
        yield Finding("ok", "network", "nothing has to be fetched")
        return
    if answers is None:
        yield Finding("warning", "network", "not asked")
        return
    for ask in asked:
        answer = answers[ask.url]
        if answer.good:
            continue
        if answer.code == "404":
            seen, remedy = f"{ask.url} does not exist", f"check the {ask.named}"
        else:
            said = answer.reason or f"status {answer.code}"
            seen, remedy = f"{ask.url} does not answer: {said}", "check the address and the network"
        yield Finding("failure", "network", f"{ask.purpose}: {seen}", remedy)
    if all(answers[ask.url].good for ask in asked):
        yield Finding("ok", "network", f"{len(asked)} addresses answer")
