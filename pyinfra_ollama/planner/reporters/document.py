"""A plan as one JSON document; its shape is in docs/plan.md and changes with `schema`."""

from __future__ import annotations

import json
from typing import Any

from pyinfra_ollama.decide.files import FileChange
from pyinfra_ollama.decide.plan import Change
from pyinfra_ollama.planner.results import HostReport, Report

__all__ = ["SCHEMA", "document"]

SCHEMA = 1


def document(report: Report) -> str:
    return json.dumps(report.document(SCHEMA, _host), indent=2, ensure_ascii=False) + "\n"


def _host(host: HostReport) -> dict[str, Any]:
    plan = host.plan
    return {
        "host": host.name,
        "status": host.status,
        "seconds": host.seconds,
        "unknown": host.unknown,
        "findings": [
            {"level": f.level, "check": f.check, "seen": f.seen, "next": f.remedy}
            for f in (plan.findings if plan else ())
        ],
        "operations": [str(operation) for operation in (plan.operations if plan else ())],
        "changes": [_change(change) for change in (plan.changes if plan else ())],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "operation": str(change.operation),
        "action": change.action,
        "subject": change.subject,
        "note": change.note,
        "why": list(change.why),
        "details": dict(change.details),
        "file": _file(change.file) if change.file else None,
    }


def _file(file: FileChange) -> dict[str, Any]:
    return {"before": file.before, "after": file.after, "hidden": file.hidden, "diff": file.diff}
