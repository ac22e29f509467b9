"""What `ollama-health` says, for people, programs and monitoring systems."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ollama_tools import checks, health
from ollama_tools.asking import ask
from ollama_tools.checks import Check, Status
from ollama_tools.maintenance import Maintenance
from ollama_tools.units import Unit

from .things import SILENT, answering, config, seen, service

BIN = Path(__file__).resolve().parents[3] / "files/usr/local/bin"
TAGS = json.dumps({"models": [{"name": "a:latest"}, {"name": "b:latest"}]})
LOADED = json.dumps({"models": [{"name": "a:latest", "size": 1 << 30}]})


@pytest.mark.parametrize(
    ("statuses", "code"),
    [((0, 0), 0), ((0, 1), 1), ((1, 2), 2), ((3, 0), 3), ((3, 1), 1), ((3, 2), 2), ((), 3)],
)
def test_the_worst_counts(statuses: tuple[int, ...], code: int) -> None:
    assert checks.worst([Check("x", Status(s), "") for s in statuses]) == code


def test_one_line_for_a_monitoring_system_then_one_for_each_check() -> None:
    found = [
        Check("ollama-api", Status.OK, "answers", {"answer_ms": 1.5}),
        Check(
            "disk /",
            Status.WARNING,
            "/: 91 % | in use",
            {"used_percent": 91, "free_bytes": 24423400000},
        ),
    ]
    assert health.text(found).splitlines() == [
        (
            "OLLAMA WARNING - /: 91 % / in use | "
            "ollama_api_answer_ms=1.5ms disk_used_percent=91% disk_free_bytes=24423400000B"
        ),
        "OK       ollama-api: answers",
        "WARNING  disk /: /: 91 % / in use",
    ]
    assert health.document(found)["status"] == "warning"


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("running", 0),
        ("starting", 0),
        ("between", 1),
        ("stopped", 2),
        ("looping", 2),
        ("unknown", 3),
    ],
)
def test_units(verdict: str, status: int) -> None:
    (check,) = checks.services([seen(verdict, None)])
    assert check.status == status


def test_a_server_that_starts_is_no_alarm() -> None:
    statuses = [check.status for check in checks.services([seen("starting", SILENT)])]
    assert statuses == [Status.OK, Status.WARNING]
    statuses = [check.status for check in checks.services([seen("running", SILENT)])]
    assert statuses == [Status.OK, Status.CRITICAL]


def test_models() -> None:
    with answering(("/api/tags", 200, TAGS), ("/api/ps", 200, LOADED)) as (port, _):
        server = service(port)
        (good,) = checks.models(config(server), server)
        (bad,) = checks.models(config(server, models=("a:latest", "c:latest")), server)
    assert (good.status, good.text) == (Status.OK, "2 listed, loaded: a:latest (1.0 GiB)")
    assert good.figures == {"listed": 2, "loaded": 1, "loaded_bytes": 1 << 30}
    assert (bad.status, bad.text[:29]) == (Status.CRITICAL, "models are missing: c:latest;")


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"models": [{}]}'])
def test_models_that_cannot_be_told(body: str) -> None:
    with answering(("/api/tags", 200, body), ("/api/ps", 200, LOADED)) as (port, _):
        (check,) = checks.models(config(service(port)), service(port))
    assert check.status == Status.UNKNOWN


def test_answers() -> None:
    with answering(("/", 200, "hello"), ("/bad", 500, "")) as (port, _):
        assert ask(service(port), "/", seconds=5).text == "hello"
        assert ask(service(port), "/bad", seconds=5).kind == "bad"
    assert ask(service(port), "/", seconds=5).kind == "refused"


def test_one_that_accepts_and_says_nothing() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ask(service(port), "/", seconds=0.05).kind == "silent"


@pytest.mark.parametrize("tool", ["ollama-benchmark", "ollama-health", "ollama-monitor"])
def test_every_tool_helps(tool: str) -> None:
    run = subprocess.run([BIN / tool, "--help"], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert run.stdout.startswith(f"usage: {tool} ")


def test_without_a_configuration_nothing_can_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert health.main(["--config", str(tmp_path / "none")]) == 3
    assert capsys.readouterr().out.startswith("OLLAMA UNKNOWN - ")
    (tmp_path / "none").write_text("{}")
    assert health.main(["--config", str(tmp_path / "none")]) == 3


@pytest.mark.parametrize("text", [None, "{}", "no json"])
def test_for_programs_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    path = tmp_path / "monitoring.json"
    if text is not None:
        path.write_text(text)
    assert health.main(["--json", "--config", str(path)]) == 3
    said = json.loads(capsys.readouterr().out)
    (check,) = said["checks"]
    assert (said["status"], check["name"], check["status"]) == (
        "unknown",
        "configuration",
        "unknown",
    )
    assert str(path) in check["text"]


@pytest.mark.parametrize("words", [["--jsn"], ["--config"], ["more"]])
def test_what_was_not_understood_could_not_be_told(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        health.main(words)
    assert ended.value.code == 3
    said = capsys.readouterr()
    assert said.out.startswith("OLLAMA UNKNOWN - ")
    assert said.err.startswith("usage: ollama-health ")


def test_every_figure_has_a_name_of_its_own() -> None:
    with answering(("/api/tags", 200, TAGS), ("/api/ps", 200, LOADED)) as (port, _):
        server = service(port)
        found = [*checks.models(config(server), server), *checks.services([seen()])]
        found += checks.resources(config(server), [seen()], sample=False)
    figures = health.text(found).splitlines()[0].partition(" | ")[2].split()
    names = [figure.partition("=")[0] for figure in figures]
    assert len(names) == len(set(names)) > 8
    assert all(re.fullmatch(r"\w+=[0-9.]+(%|B|ms)?", figure) for figure in figures)


@pytest.mark.parametrize(
    ("verdict", "status", "text"),
    [
        ("running", Status.OK, "looks after this host"),
        ("stopped", Status.WARNING, "ollama-monitor.timer is stopped; nothing is mended or told"),
        ("missing", Status.WARNING, "ollama-monitor.timer is missing; nothing is mended or told"),
        ("unknown", Status.UNKNOWN, "unknown"),
    ],
)
def test_whether_the_host_is_looked_after(verdict: Any, status: Status, text: str) -> None:
    timer = Unit("ollama-monitor.timer", verdict, verdict)
    found = health.watched(timer, None)
    assert (found.status, found.text) == (status, text)


def test_maintenance_is_told_of_and_no_fault() -> None:
    found = health.watched(Unit("x", "running", "active"), Maintenance(0.0, "a new kernel"))
    assert found.status == Status.OK
    assert found.text.endswith("(a new kernel): nothing is mended or told")
