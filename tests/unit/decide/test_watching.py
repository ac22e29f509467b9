"""What makes a host look after itself, and what of it is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.plan import texts_to_read
from pyinfra_ollama.decide.verified import due
from pyinfra_ollama.decide.watching import need, tool_files
from pyinfra_ollama.settings import Secret
from pyinfra_ollama.steps import Step

from .gateways import having
from .hosts import NOW, declaration
from .planning import bare, plan, words
from .served import TEMPLATES
from .watched import configuration, files, looked_after, text, watched

ROOT = Path(__file__).resolve().parents[3]
JOURNALD = "/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf"
URL = "https://canary.example.com/hook"


def test_every_tool_of_the_repository_is_put_on_hosts() -> None:
    there = {
        f"/{p.relative_to(ROOT / 'files')}" for p in (ROOT / "files").rglob("*") if p.is_file()
    }
    ours = {p for p in there if "ollama_tools" in p or p.startswith("/usr/local/bin/ollama-")}
    ours = {path for path in ours if "__pycache__" not in path and "exporter" not in path}
    assert ours == set(layout.monitoring.TOOLS)


def test_modes() -> None:
    made = files(watched(notify={"webhook": Secret.value(URL)}))
    assert made["/usr/local/bin/ollama-health"].mode == "755"
    assert made["/etc/pyinfra-ollama/monitoring.json"].mode == "644"
    assert made["/etc/pyinfra-ollama/webhook"].mode == "600"


def test_a_webhook_is_in_its_own_file_alone() -> None:
    made = files(watched(notify={"webhook": Secret.value(URL)}))
    with_it = [path for path, file in made.items() if file.content and "canary" in file.content]
    assert with_it == ["/etc/pyinfra-ollama/webhook"]
    assert made["/etc/pyinfra-ollama/webhook"].secret
    assert files(watched())["/etc/pyinfra-ollama/webhook"].content is None


def test_what_the_tools_are_told() -> None:
    declared = declaration(
        ollama={"models": [{"name": "a"}, {"name": "b", "role": "embedding"}], "max_queue": 7},
        monitoring={"interval": "90s", "notify": {"command": ["/bin/true"], "repeat": "1h"}},
    )
    said = configuration(declared)
    assert said["services"] == [
        {
            "unit": "ollama.service",
            "url": "http://127.0.0.1:11434",
            "path": "/api/version",
            "start_seconds": 60,
            "queue": 7,
        }
    ]
    assert (said["models"], said["chat_models"]) == (["a:latest", "b:latest"], ["a:latest"])
    assert said["notify"] == {"command": ["/bin/true"], "webhook": None, "repeat_seconds": 3600}
    assert said["interval_seconds"] == 90
    assert "/usr/share/ollama/.ollama/models" in said["disks"]
    assert configuration(watched())["notify"] is None


def test_the_tools_read_what_they_are_told(tmp_path: Path) -> None:
    from ollama_tools.config import load

    path = tmp_path / "monitoring.json"
    host = declaration(
        monitoring={"notify": {"webhook": Secret.value(URL)}},
    )
    path.write_text(text(host, "/etc/pyinfra-ollama/monitoring.json"))
    read = load(path)
    assert read.server is not None
    assert (read.server.host, read.server.port) == ("127.0.0.1", 11434)
    assert read.notify is not None
    assert str(read.notify.webhook) == "/etc/pyinfra-ollama/webhook"
    assert len(read.prompts) == 3


def test_a_gateway_is_looked_after_too() -> None:
    declared = replace(having(), monitoring=watched().monitoring)
    units = [service["unit"] for service in configuration(declared)["services"]]
    assert units == ["ollama.service", "nginx.service"]
    alone = replace(declared, server=None)
    said = configuration(alone)
    assert [service["url"] for service in said["services"]] == ["http://127.0.0.1:9180"]
    assert said["disks"] == ["/", "/var/log"]


def test_units_and_bounds() -> None:
    declared = watched(interval="2m", journal_max="500M", log_max="50M", log_days=7)
    timer = text(declared, "/etc/systemd/system/ollama-monitor.timer")
    assert "OnUnitActiveSec=120\n" in timer
    assert "SystemMaxUse=512000K\nMaxRetentionSec=30day\n" in text(declared, JOURNALD)
    rotated = text(declared, "/etc/logrotate.d/pyinfra-ollama-monitor")
    assert "maxsize 51200k\n    rotate 7\n" in rotated


def test_logs_of_the_gateway_are_bounded_where_monitoring_is_declared() -> None:
    from .gateways import text as of_gateway

    plain = having().gateway
    assert plain is not None
    assert "maxsize" not in of_gateway(plain, "pyinfra-ollama-gateway")
    bounded = replace(plain, log_max=100 * 1024**2)
    assert "    daily\n    maxsize 102400k\n" in of_gateway(bounded, "pyinfra-ollama-gateway")


def test_a_host_as_declared_needs_nothing() -> None:
    declared = watched()
    snapshot = looked_after(declared)
    assert need(declared, snapshot, TEMPLATES).reasons == ()
    assert plan(declared, snapshot).changes == ()
    assert not due(declared, snapshot, TEMPLATES)


@pytest.mark.parametrize(
    ("state", "reason", "journald"),
    [
        ({"timer": "inactive"}, "the monitor's timer is inactive", False),
        ({"enabled": "disabled"}, "the monitor's timer is not enabled", False),
        ({"rotation": "inactive"}, "logrotate.timer is inactive", False),
        ({"rotation_enabled": "disabled"}, "logrotate.timer is not enabled", False),
        ({"needs_reload": True}, "systemd has not read the units as they are on disk", False),
        ({"journald_started": NOW - 1}, "journald runs without the declared bounds", True),
        ({"journald_started": None}, "journald runs without the declared bounds", True),
        ({"journald_configured": None}, "journald runs without the declared bounds", True),
    ],
)
def test_what_differs_is_mended(state: dict[str, object], reason: str, journald: bool) -> None:
    declared = watched()
    snapshot = looked_after(declared, **state)
    found = need(declared, snapshot, TEMPLATES)
    assert (found.reasons, found.journald) == ((reason,), journald)
    assert due(declared, snapshot, TEMPLATES)


def test_files_that_are_about_to_be_written_are_read_then() -> None:
    declared = watched(interval="1m")
    snapshot = looked_after(watched(), needs_reload=True)
    assert need(declared, snapshot, TEMPLATES).reasons == ()
    bounded = need(watched(journal_days=3), looked_after(watched()), TEMPLATES)
    assert bounded.reasons == ("journald runs without the declared bounds",)


def test_a_bare_host_gets_tools_then_units_then_the_timer() -> None:
    found = plan(watched(), bare())
    steps = (Step.MONITORING_TOOLS, Step.MONITORING_UNITS, Step.MONITORING)
    assert [step for step in found.operations if step in steps] == list(steps)
    ours = [change for change in found.changes if change.operation in steps]
    assert words(ours)[-2:] == [
        "reload systemd (it reads its units anew)",
        "enable ollama-monitor.timer (journald is restarted)",
    ]
    assert len(ours) == len(layout.monitoring.MONITORING_FILES) - 1 + 2


def test_a_host_without_the_declaration_is_not_touched() -> None:
    assert not any("monitor" in change.subject for change in plan(declaration(), bare()).changes)
    with pytest.raises(ValueError, match="no monitoring is declared for host1"):
        tool_files(declaration(), TEMPLATES)


def test_another_declaration_is_verified() -> None:
    snapshot = looked_after(watched())
    assert due(watched(disk_percent=80), snapshot, TEMPLATES)
    assert due(declaration(), snapshot, TEMPLATES)


def test_a_plan_shows_what_the_tools_are_told_and_not_their_lines() -> None:
    shown = {change.subject: change.file for change in plan(watched(), bare()).changes}
    tool, told = shown["/usr/local/bin/ollama-health"], shown["/etc/pyinfra-ollama/monitoring.json"]
    assert tool is not None
    assert told is not None
    assert (tool.action, tool.diff, tool.hidden) == ("create", (), False)
    assert told.diff
    snapshot = looked_after(watched(interval="1m"))
    older = {
        p: replace(s, sha256="0" * 64) for p, s in snapshot.files.items() if p in files(watched())
    }
    read = texts_to_read(watched(), replace(snapshot, files={**snapshot.files, **older}), TEMPLATES)
    assert "/etc/pyinfra-ollama/monitoring.json" in read
    assert "/usr/local/bin/ollama-health" not in read
