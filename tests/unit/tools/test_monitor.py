"""One run of the monitor: what it sees, does, writes and tells."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_tools import checks, monitor, output, repair, state
from ollama_tools.checks import Check, Seen, Status
from ollama_tools.config import Notify
from ollama_tools.monitor import Outcome, lines, observe
from ollama_tools.state import Memory

from .things import SILENT, config, seen

PLENTY = Check("memory", Status.OK, "40 % in use", {"used_percent": 40.0})


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Seen]:
    """What looks find, one after the other, the last one again and again; all is good at first."""
    found = [seen()]

    def look(service: object, *, seconds: float) -> Seen:
        return found.pop(0) if len(found) > 1 else found[0]

    for module in (checks, repair):
        monkeypatch.setattr(module, "look", look)
    monkeypatch.setattr(checks, "resources", lambda *a, **k: [PLENTY])
    monkeypatch.setattr(monitor, "quiet_reason", lambda: "")
    monkeypatch.setattr(repair, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(repair.units, "change", lambda *a, **k: "")
    monkeypatch.setattr(output, "LOG", tmp_path / "log")
    for function in (state.alone.__wrapped__, Memory.save, Memory.load.__func__):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))
    return found


def test_a_good_host(host: list[Seen]) -> None:
    outcome = observe(config(), Memory())
    assert (outcome.trouble, outcome.deeds, outcome.quiet) == ({}, (), "")
    assert lines(outcome, []) == ["OK (memory 40%)"]


def test_a_server_that_hangs_is_mended_within_one_run(host: list[Seen]) -> None:
    host[:] = [seen("running", SILENT)] * 3 + [seen()]
    outcome = observe(config(), Memory())
    assert outcome.trouble == {}
    assert lines(outcome, [])[1] == (
        "ACTION: ollama.service: it runs, but gives no answer from port 11434 within 10 s; "
        "restarted, and it answers"
    )


def test_nothing_is_mended_that_is_not_to_be(host: list[Seen]) -> None:
    host[:] = [seen("down", None)]
    outcome = observe(config(repair=False), Memory())
    assert outcome.deeds == ()
    assert outcome.trouble == {"ollama": "ollama is down here"}


@pytest.mark.parametrize("reason", ["maintenance until 12:00", "pyinfra-ollama deploys (a@b)"])
def test_while_it_keeps_still_it_only_writes(
    host: list[Seen], monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(monitor, "quiet_reason", lambda: reason)
    host[:] = [seen("down", None)]
    notify = Notify(("/nonexistent",), None, 60)
    outcome = observe(config(), Memory())
    assert outcome.deeds == ()
    assert lines(outcome, [])[0].endswith(f"; nothing is done or told: {reason}")
    assert monitor.tell(config(notify=notify), outcome, Memory()) == []


def test_a_loop_of_restarts_is_seen(host: list[Seen]) -> None:
    memory = Memory()
    for restarts, trouble in ((7, False), (9, False), (12, True), (12, False), (0, False)):
        host[:] = [seen("running", restarts=restarts)]
        assert bool(observe(config(), memory).trouble) == trouble


def test_a_message_that_did_not_get_out_is_sent_again(host: list[Seen], tmp_path: Path) -> None:
    host[:] = [seen("stopped", None)]
    memory = Memory()
    outcome = observe(config(), memory)
    broken = config(notify=Notify(("/nonexistent",), None, 60))
    assert monitor.tell(broken, outcome, memory)[0].startswith("not told: /nonexistent")
    works = config(notify=Notify(("/bin/true",), None, 60))
    assert monitor.tell(works, outcome, memory) == ["told: ollama"]
    assert monitor.tell(works, outcome, memory) == []


def test_a_whole_run(host: list[Seen], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert monitor.run(config()) == 0
    assert capsys.readouterr().out == "OK (memory 40%)\n"
    assert (tmp_path / "log").read_text().endswith(" OK (memory 40%)\n")
    assert json.loads((tmp_path / "memory.json").read_text())["restarts"] == {"ollama.service": 0}


def test_a_second_one_leaves(host: list[Seen], capsys: pytest.CaptureFixture[str]) -> None:
    with state.alone():
        assert monitor.run(config()) == 0
    assert capsys.readouterr().out == "another run is at work; this one leaves\n"


def test_a_full_log_disk_stops_nothing(
    host: list[Seen], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "LOG", Path("/dev/full"))
    assert monitor.run(config()) == 0
    assert "No space left on device" in capsys.readouterr().err


def test_a_missing_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert monitor.main(["--config", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.endswith("No such file or directory; deploy this host\n")


def test_words_of_a_repair_that_failed_come_first(host: list[Seen]) -> None:
    failed = repair.Deed("ollama.service", "start", good=False, text="ollama.service: start failed")
    check = replace(PLENTY, status=Status.WARNING)
    outcome = Outcome((check,), (failed,), "")
    assert outcome.trouble == {
        "memory": "40 % in use",
        "ollama.service": "ollama.service: start failed",
    }
