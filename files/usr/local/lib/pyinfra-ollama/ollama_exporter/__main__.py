"""The command ollama-exporter."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from .collecting import Collector
from .door import Door
from .settings import read

PLACE = Path("/etc/pyinfra-ollama/exporter.json")


def main(arguments: list[str] | None = None) -> int:
    """Serve until ended; 2: the configuration cannot be used, 1: the port cannot be had."""
    parser = argparse.ArgumentParser(
        prog="ollama-exporter",
        description="Metrics of this host's Ollama and its gateway for Prometheus.",
    )
    parser.add_argument("--config", type=Path, default=PLACE, help="default: %(default)s")
    parser.add_argument("--once", action="store_true", help="print the metrics and end")
    given = parser.parse_args(arguments)
    try:
        settings = read(given.config)
    except (OSError, ValueError, TypeError) as error:
        print(f"ollama-exporter: {given.config}: {error}", file=sys.stderr)
        return 2
    if given.once:
        collector = Collector(settings)
        sys.stdout.write(collector.page().decode())
        collector.close()
        return 0
    try:
        door = Door(settings)
    except OSError as error:
        place = f"{settings.address} port {settings.port}"
        print(f"ollama-exporter: {place}: {error.strerror}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _end)
    try:
        door.serve_forever(poll_interval=60)
    except KeyboardInterrupt:
        pass
    finally:
        door.server_close()
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
