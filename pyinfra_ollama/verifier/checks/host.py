"""The machine around the server: `localhost`, `permissions`, `swap`, `disk`, `memory`."""

from __future__ import annotations

from pyinfra_ollama.settings import HostSettings, Swap
from pyinfra_ollama.verifier.answers import Probe, Swappiness
from pyinfra_ollama.verifier.checks.base import (
    HOME,
    USER,
    failed,
    listed,
    passed,
    size,
    skipped,
    unknown,
    warned,
)
from pyinfra_ollama.verifier.results import Result

__all__ = ["disk", "localhost", "memory", "permissions", "swap"]

AT_ONCE_MILLISECONDS = 1000
# mkswap keeps one page of the file for itself; the largest page size of a supported machine.
_PAGE = 65536


def localhost(probe: Probe) -> Result:
    """`localhost` resolves at once: Ollama resolves it before it starts each runner."""
    said = probe.localhost
    if said is None:
        return unknown("localhost", probe.why("localhost"), look="getent ahosts localhost")
    expected = f"127.0.0.1 or ::1 within {AT_ONCE_MILLISECONDS} ms"
    look = "getent ahosts localhost; cat /etc/hosts"
    found = f"{listed(said.addresses, 'nothing')} in {said.milliseconds} ms"
    loopback = [a for a in said.addresses if a == "::1" or a.startswith("127.")]
    if said.status != 0 or not loopback or said.milliseconds > AT_ONCE_MILLISECONDS:
        return failed("localhost", expected=expected, found=found, look=look)
    if not said.in_hosts_file:
        found = f"{found}, but not from /etc/hosts, which Ollama may ask alone"
        return warned("localhost", expected=expected, found=found, look=look)
    return passed("localhost", found, expected=expected)


def permissions(settings: HostSettings, probe: Probe) -> Result:
    """The service's user owns its home and the models; others can read neither."""
    folder = settings.ollama.models_dir
    look = f"stat -c '%A %U:%G %n' {HOME} {folder}"
    if probe.paths is None:
        return unknown("permissions", probe.why("paths"), look=look)
    expected = f"{HOME} 0700, {folder} closed to others, both owned by {USER}"
    wrong = []
    seen = []
    for path, forbidden in ((HOME, 0o077), (folder, 0o007)):
        state = probe.paths.get(path)
        if state is None:
            wrong.append(f"no {path}")
            continue
        seen.append(f"{path} {state.mode:04o} {state.user}")
        if state.user != USER or state.mode & forbidden or state.kind != "directory":
            wrong.append(f"{path} is a {state.kind}, {state.mode:04o} of {state.user}")
    if wrong:
        return failed("permissions", expected=expected, found=listed(wrong), look=look)
    return passed("permissions", listed(seen), expected=expected)


def swap(settings: HostSettings, probe: Probe) -> Result:
    """The declared swap file is active, kept in fstab and closed; or it is gone."""
    declared = settings.swap
    if declared is None:
        return skipped("swap", "no swap is declared")
    if probe.swaps is None or probe.fstab is None or probe.paths is None:
        return unknown("swap", probe.why("swaps", "fstab", "paths"), look="swapon --show")
    path = declared.path
    look = f"swapon --show; grep swap /etc/fstab; ls -l {path}"
    file = probe.paths.get(path)
    # Containers see all swap of their machine: another's may have the same path.
    active = probe.swaps.get(path) if file else None
    kept = [line for line in probe.fstab if line.split()[0] == path]
    wrong = []
    if not declared.size:
        expected = f"no {path}"
        if active is not None:
            wrong.append(f"{path} is active with {size(active)}")
        if kept:
            wrong.append(f"{path} is in /etc/fstab")
        if file is not None:
            wrong.append(f"{path} is still there with {size(file.size)}")
    else:
        expected = f"{path} of {size(declared.size)} active, 0600, once in /etc/fstab"
        if active is None:
            wrong.append(f"{path} is not active")
        elif not declared.size - _PAGE <= active <= declared.size:
            wrong.append(f"{path} is active with {size(active)}")
        if len(kept) != 1:
            wrong.append(f"{path} is {len(kept)} times in /etc/fstab")
        if file is not None and (file.mode & 0o177 or file.user != "root"):
            wrong.append(f"{path} is {file.mode:04o} of {file.user}")
    if wrong:
        return failed("swap", expected=expected, found=listed(wrong), look=look)
    return _swappiness(declared, probe.swappiness, expected)


def _swappiness(declared: Swap, said: Swappiness | None, expected: str) -> Result:
    if not declared.size:
        return passed("swap", "none", expected=expected)
    look = "sysctl vm.swappiness; grep -r swappiness /etc/sysctl.d"
    expected = f"{expected}; vm.swappiness {declared.swappiness}, now and after a boot"
    if said is None:
        return unknown("swap", "vm.swappiness could not be read", look=look)
    found = f"active; vm.swappiness {said.now}, after a boot {said.kept or 'not set'}"
    if said.kept != str(declared.swappiness):
        return failed("swap", expected=expected, found=found, look=look)
    if said.now == declared.swappiness:
        return passed("swap", found, expected=expected)
    if not said.writable:
        found = f"{found}; this host's kernel settings are read-only (a container)"
        return warned("swap", expected=expected, found=found, look=look)
    return failed("swap", expected=expected, found=found, look=look)


def disk(settings: HostSettings, probe: Probe) -> Result:
    """The file systems of models and releases have the declared space free."""
    wanted = settings.verify.min_free_disk
    folder = settings.ollama.models_dir
    look = f"df -h {folder} /opt; du -xsh {folder} /opt/ollama"
    if not probe.disks:
        return unknown("disk", probe.why("disk"), look=look)
    expected = f"{size(wanted)} free under models and releases"
    found = listed(f"{size(d.free)} of {size(d.size)} free on {d.mount}" for d in probe.disks)
    least = min(one.free for one in probe.disks)
    if least < wanted:
        return failed("disk", expected=expected, found=found, look=look, free_bytes=least)
    return passed("disk", found, expected=expected, free_bytes=least)


def memory(settings: HostSettings, probe: Probe) -> Result:
    """MemAvailable, once the models are loaded, is at least the declared one."""
    wanted = settings.verify.min_free_memory
    available = (probe.memory or {}).get("MemAvailable")
    if available is None:
        return unknown("memory", probe.why("memory"), look="free -h")
    total = (probe.memory or {}).get("MemTotal", 0)
    expected = f"{size(wanted)} available"
    found = f"{size(available)} of {size(total)} available"
    look = "free -h; ps -eo rss,pid,comm --sort=-rss | head"
    if available < wanted:
        return failed(
            "memory", expected=expected, found=found, look=look, available_bytes=available
        )
    return passed("memory", found, expected=expected, available_bytes=available)
