"""A report as one JSON document; its shape is in docs/verify.md and changes with `schema`."""

from __future__ import annotations

import json
from typing import Any

from pyinfra_ollama.verifier.results import HostReport, Report, Result

__all__ = ["SCHEMA", "document"]

SCHEMA = 1


def document(report: Report) -> str:
    return json.dumps(report.document(SCHEMA, _host), indent=2) + "\n"


def _host(host: HostReport) -> dict[str, Any]:
    return {
        "host": host.name,
        "status": host.status,
        "seconds": host.seconds,
        "unreachable": host.unreachable,
        "checks": [_result(result) for result in host.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "check": result.check,
        "subject": result.subject,
        "status": result.status,
        "expected": result.expected,
        "found": result.found,
        "next": result.next,
        "details": dict(result.details),
    }
