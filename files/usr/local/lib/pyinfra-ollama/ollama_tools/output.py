"""Where a run's words go: the journal by stdout, the log file, and figures for Prometheus."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from ollama_tools import state

__all__ = ["log", "switched", "textfile"]

LOG = Path("/var/log/ollama-monitor.log")
# Where Debian's node exporter looks for figures of others.
TEXTFILES = Path("/var/lib/prometheus/node-exporter")
NAME = "pyinfra-ollama-monitor.prom"
MAINTENANCE = "pyinfra_ollama_maintenance"
# The lines besides that one: when the monitor last ran, or was set up.
OURS = re.compile(r"(?m)^(?:# (?:HELP|TYPE) )?pyinfra_ollama_monitor_.*\n")


def log(lines: Sequence[str], path: Path | None = None) -> list[str]:
    """Print, and append to the log; what went wrong, such as a full disk."""
    for line in lines:
        print(line, flush=True)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    text = "".join(f"{stamp} {line}\n" for line in lines)
    path = path or LOG
    try:
        file = state.appending(path)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)
    except OSError as error:
        return [f"{path} was not written: {error.strerror}"]
    return []


def textfile(*, on: bool, folder: Path | None = None, now: float | None = None) -> list[str]:
    """Write when the monitor last ran, where a node exporter is there to read it."""
    ran = "pyinfra_ollama_monitor_last_run_timestamp_seconds"
    text = (
        f"# HELP {ran} When ollama-monitor last finished.\n# TYPE {ran} gauge\n"
        f"{ran} {time.time() if now is None else now:.0f}\n"
    )
    return _figures(folder or TEXTFILES, text, on=on)


def switched(*, on: bool, folder: Path | None = None) -> list[str]:
    """Write how the maintenance switch stands now; when the monitor last ran stays as it was."""
    folder = folder or TEXTFILES
    return _figures(folder, "".join(OURS.findall(_there(folder / NAME))), on=on)


def _there(path: Path) -> str:
    """What a file says whose folder is not root's: through no link, and waiting for nobody."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return os.read(file, 4096).decode(errors="replace")
        finally:
            os.close(file)
    except OSError:
        return ""


def _figures(folder: Path, text: str, *, on: bool) -> list[str]:
    if not folder.is_dir():
        return []
    text += (
        f"# HELP {MAINTENANCE} Whether the maintenance switch is on.\n"
        f"# TYPE {MAINTENANCE} gauge\n{MAINTENANCE} {int(on)}\n"
    )
    try:
        state.replace(folder / NAME, text, mode=0o644)
    except OSError as error:
        return [f"{folder / NAME} was not written: {error.strerror}"]
    return []
