"""Where a run's words go: the journal by stdout, the log file, and figures for Prometheus."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from ollama_tools import state

__all__ = ["log", "textfile"]

LOG = Path("/var/log/ollama-monitor.log")
# Where Debian's node exporter looks for figures of others.
TEXTFILES = Path("/var/lib/prometheus/node-exporter")
NAME = "pyinfra-ollama-monitor.prom"


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
    folder = folder or TEXTFILES
    if not folder.is_dir():
        return []
    ran, maintenance = (
        "pyinfra_ollama_monitor_last_run_timestamp_seconds",
        "pyinfra_ollama_maintenance",
    )
    text = (
        f"# HELP {ran} When ollama-monitor last finished.\n# TYPE {ran} gauge\n"
        f"{ran} {time.time() if now is None else now:.0f}\n"
        f"# HELP {maintenance} Whether the maintenance switch is on.\n"
        f"# TYPE {maintenance} gauge\n{maintenance} {int(on)}\n"
    )
    try:
        state.replace(folder / NAME, text, mode=0o644)
    except OSError as error:
        return [f"{folder / NAME} was not written: {error.strerror}"]
    return []
