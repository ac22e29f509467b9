"""Counts and times of requests, from the gateway's log.

Its lines are JSON (the `log_format gateway` of the deployment's nginx.conf). Clients choose paths
and methods, so labels have values of the declaration only, and whatever else there is counts as
"other": who by name of key or user, endpoints by path, statuses by number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .settings import Settings
from .text import Family, number

# A first token takes from a tenth of a second to minutes: cold loads, queues.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
# Label sets of one metric; what would be one more counts as "other" in all labels.
MOST = 1000
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STATUS = re.compile(r"[1-5]\d\d")
OTHER = "other"
# Any other answer begins when all of it is made, so its first byte tells how long it is.
STREAMED = ("application/x-ndjson", "text/event-stream")


class Histogram:
    """How often a time was at most each bound, by labels."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], tuple[list[int], float]] = {}

    def take(self, labels: tuple[str, ...], seconds: float) -> None:
        """Count one time."""
        counts, total = self.rows.get(labels) or ([0] * (len(BOUNDS) + 1), 0.0)
        place = next((i for i, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        counts[place] += 1
        self.rows[labels] = counts, total + seconds

    def family(self, name: str, text: str) -> Family:
        """As Prometheus has histograms: each bucket holds those below it too."""
        family = Family(name, "histogram", text)
        for labels, (counts, total) in sorted(self.rows.items()):
            named = dict(zip(LABELS, labels, strict=True))
            running = 0
            for bound, count in zip((*map(number, BOUNDS), "+Inf"), counts, strict=True):
                running += count
                family.add(running, "_bucket", **named, le=bound)
            family.add(total, "_sum", **named)
            family.add(running, "_count", **named)
        return family


LABELS = ("who", "endpoint", "status")


class Gateway:
    """Sums of everything read so far."""

    def __init__(self, settings: Settings) -> None:
        self._callers, self._endpoints = set(settings.callers), set(settings.endpoints)
        self._requests: dict[tuple[str, ...], int] = {}
        self._bytes: dict[str, int] = {}
        self._times, self._first = Histogram(), Histogram()
        self._busy = self._unread = 0

    def take(self, lines: Iterable[bytes]) -> None:
        """Count lines; what is no line of ours is counted as such."""
        for line in lines:
            try:
                # The path of GET /%ff is no UTF-8, and nginx writes it as it is.
                row = json.loads(line.decode(errors="replace"))
                self._count(row, str(row["path"]))
            except (ValueError, KeyError, TypeError):
                self._unread += 1

    def _count(self, row: dict[str, Any], path: str) -> None:
        code = str(row["status"])
        seconds, size = float(row["seconds"]), int(row["bytes"])
        status = code if _STATUS.fullmatch(code) else OTHER
        labels = (self._who(str(row["who"])), self._endpoint(path), status)
        if labels not in self._requests and len(self._requests) >= MOST:
            labels = (OTHER, OTHER, OTHER)
        self._requests[labels] = self._requests.get(labels, 0) + 1
        self._bytes[labels[0]] = self._bytes.get(labels[0], 0) + size
        # Refusals are quick and many: by class they still are a series each.
        grouped = (*labels[:2], f"{status[0]}xx" if status != OTHER else OTHER)
        self._times.take(grouped, seconds)
        waited = _seconds(str(row.get("first_byte_seconds", "")))
        kind = str(row.get("type", "")).partition(";")[0].strip()
        if waited is not None and kind in STREAMED:
            self._first.take(grouped, waited)
        self._busy += "503" in _NUMBER.findall(str(row.get("backend_status", "")))

    def _who(self, who: str) -> str:
        if not who or who == "-":
            return "nobody"
        return who if who in self._callers else OTHER

    def _endpoint(self, path: str) -> str:
        return path if path in self._endpoints else OTHER

    def families(self, readable: bool) -> Iterator[Family]:
        """What was counted, for Prometheus."""
        there = Family("ollama_gateway_log_readable", "gauge", "Whether the log can be read.")
        there.add(float(readable))
        requests = Family(
            "ollama_gateway_requests_total", "counter", "Requests that were answered."
        )
        for labels, count in sorted(self._requests.items()):
            requests.add(count, **dict(zip(LABELS, labels, strict=True)))
        sent = Family("ollama_gateway_sent_bytes_total", "counter", "Bytes sent to clients.")
        for who, size in sorted(self._bytes.items()):
            sent.add(size, who=who)
        busy = Family(
            "ollama_gateway_backend_busy_total", "counter", "Requests that a full queue refused."
        )
        busy.add(self._busy)
        unread = Family(
            "ollama_gateway_log_unread_lines_total", "counter", "Lines that are not the gateway's."
        )
        unread.add(self._unread)
        yield from (there, requests, sent, busy, unread)
        yield self._times.family(
            "ollama_gateway_request_duration_seconds", "From the request to the end of its answer."
        )
        yield self._first.family(
            "ollama_gateway_first_byte_seconds",
            "Until a backend began a streamed answer, tries included.",
        )


def _seconds(text: str) -> float | None:
    """nginx writes one number for each backend that was tried, and "-" for none."""
    found = _NUMBER.findall(text)
    return sum(map(float, found)) if found else None
