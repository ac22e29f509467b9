"""A report as one JSON document; its shape is in docs/verify.md and changes with `schema`."""

from __future__ import annotations

import json
from typing import Any

from pyinfra_ollama.verifier.results import HostReport, Report, Result, totals

__all__ = ["SCHEMA", "document"]

SCHEMA = 1


def document(report: Report) -> str:
    return json.dumps(_report(report), indent=2) + "\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "inventory": report.inventory,
        "started": report.started,
        "seconds": report.seconds,
        "exit_code": int(report.exit_code),
        "totals": totals(report.hosts),
        "hosts": [_host(host) for host in report.hosts],
    }


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
