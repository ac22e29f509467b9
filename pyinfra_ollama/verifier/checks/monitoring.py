"""How a host looks after itself: `monitor`, `journal` and `log-rotation`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyinfra_ollama.settings import Declared, Monitoring, duration_seconds
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, size, unknown, warned
from pyinfra_ollama.verifier.results import Result

__all__ = ["Journal", "Monitor", "Rotation", "journal", "monitor", "rotation"]

_TIMER = "ollama-monitor.timer"
_LOGS = {
    "server": ("/var/log/ollama-monitor.log",),
    "gateway": ("/var/log/pyinfra-ollama/gateway*.log",),
}
# A run may take this long besides waiting for its turn.
_SPARE_SECONDS = 600
# journald finishes the file it writes before it takes an old one away.
_SPARE_BYTES = 128 * 1024**2


@dataclass(frozen=True)
class Monitor:
    """`seconds_ago`: when the last run began, None when none did since the boot."""

    timer: str
    enabled: str
    every: str
    result: str
    seconds_ago: float | None
    maintenance: bool
    configuration: Mapping[str, Any] | None


@dataclass(frozen=True)
class Journal:
    """Bounds as they are configured, whether journald read them, and bytes in use."""

    most: str
    retention: str
    is_read: bool
    used: int


@dataclass(frozen=True)
class Rotation:
    """logrotate's timer, what its dry run complains of and looks at, and sizes of logs."""

    timer: str
    enabled: str
    calendar: str
    errors: tuple[str, ...]
    patterns: tuple[str, ...]
    sizes: Mapping[str, int]


def monitor(
    host: Declared, declared: Monitoring, seen: Monitor | None, problems: Mapping[str, str]
) -> Result:
    """The timer is active, its last run is recent and went well, and it knows what is declared."""
    look = f"systemctl status {_TIMER} ollama-monitor.service; journalctl -u ollama-monitor -n 20"
    if seen is None:
        return unknown("monitor", _why(problems), look=look)
    interval = round(duration_seconds(declared.interval))
    expected = f"{_TIMER} active and enabled, every {interval} s, with the declared thresholds"
    wrong = list(_wrong(host, declared, seen, interval))
    if wrong:
        return failed("monitor", expected=expected, found=listed(wrong), look=look)
    ran = "not yet" if seen.seconds_ago is None else f"{seen.seconds_ago:.0f} s ago"
    found = f"active, last run {ran}"
    if seen.maintenance:
        found = f"{found}; maintenance is on: nothing is mended or told of"
        return warned("monitor", expected=expected, found=found, look="ollama-monitor --help")
    return passed("monitor", found, expected=expected)


def _wrong(host: Declared, declared: Monitoring, seen: Monitor, interval: int) -> Iterator[str]:
    if seen.timer != "active":
        yield f"{_TIMER} is {seen.timer}"
    if seen.enabled != "enabled":
        yield f"{_TIMER} does not start at boot"
    if seen.every != str(interval):
        yield f"it runs every {seen.every or '?'} s"
    if seen.result != "success":
        yield f"its last run ended with {seen.result}"
    if seen.seconds_ago is not None and seen.seconds_ago > 2 * interval + _SPARE_SECONDS:
        yield f"its last run was {seen.seconds_ago:.0f} s ago"
    if seen.configuration is None:
        yield "its configuration is missing or damaged"
        return
    for name, value in _told(host, declared).items():
        found = seen.configuration.get(name)
        if found != value:
            yield f"{name} is {found!r}, not {value!r}"


def _told(host: Declared, declared: Monitoring) -> dict[str, object]:
    """What the tools' configuration has to say, as far as it decides about trouble."""
    models = host.server.ollama.models if host.server else ()
    return {
        "memory_percent": declared.memory_percent,
        "disk_percent": declared.disk_percent,
        "queue_percent": declared.queue_percent,
        "repair": declared.repair,
        "models": [model.canonical for model in models],
    }


def journal(declared: Monitoring, seen: Journal | None, problems: Mapping[str, str]) -> Result:
    """journald has read the declared bounds and keeps to them."""
    look = "journalctl --disk-usage; systemd-analyze cat-config systemd/journald.conf"
    if seen is None:
        return unknown("journal", _why(problems), look=look)
    most, days = f"{declared.journal_max // 1024}K", f"{declared.journal_days}day"
    expected = f"at most {size(declared.journal_max)} and {declared.journal_days} days"
    wrong = []
    if (seen.most, seen.retention) != (most, days):
        wrong.append(f"configured are {seen.most or 'no size'} and {seen.retention or 'no age'}")
    elif not seen.is_read:
        wrong.append("journald has not read its bounds")
    if seen.used > declared.journal_max + _SPARE_BYTES:
        wrong.append(f"{size(seen.used)} in use")
    if wrong:
        return failed("journal", expected=expected, found=listed(wrong), look=look)
    return passed("journal", f"{size(seen.used)} in use", expected=expected, used_bytes=seen.used)


def rotation(
    host: Declared, declared: Monitoring, seen: Rotation | None, problems: Mapping[str, str]
) -> Result:
    """logrotate looks at our logs every hour and finds no fault with its configuration."""
    look = "logrotate -d /etc/logrotate.conf; systemctl status logrotate.timer"
    if seen is None:
        return unknown("log-rotation", _why(problems), look=look)
    expected = f"logs rotated hourly, from {size(declared.log_max)} on"
    ours = (*_LOGS["server"], *(_LOGS["gateway"] if host.gateway else ()))
    watched = " ".join(seen.patterns)
    wrong = [f"{path} is not rotated" for path in ours if path not in watched]
    wrong += [f"logrotate says: {text}" for text in seen.errors]
    if seen.timer != "active" or seen.calendar != "hourly":
        wrong.append(f"logrotate.timer is {seen.timer}, {seen.calendar or 'never'}")
    if seen.enabled != "enabled":
        wrong.append("logrotate.timer does not start at boot")
    # What an hour brings may come on top.
    large = {path: n for path, n in seen.sizes.items() if n > 2 * declared.log_max}
    wrong += [f"{path} has {size(count)}" for path, count in large.items()]
    if wrong:
        return failed("log-rotation", expected=expected, found=listed(wrong), look=look)
    most = max(seen.sizes.values(), default=0)
    return passed("log-rotation", f"the largest log has {size(most)}", expected=expected)


def _why(problems: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {why}" for name, why in problems.items()) or "the host did not say"
