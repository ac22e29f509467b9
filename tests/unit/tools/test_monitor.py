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

from .things import SILENT, answering, config, seen

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
    monkeypatch.setattr(checks, "models", lambda *a: [])
    monkeypatch.setattr(monitor, "quiet_reason", lambda: "")
    monkeypatch.setattr(monitor.os, "geteuid", lambda: 0)
    monkeypatch.setattr(repair, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(repair.units, "change", lambda *a, **k: "")
    monkeypatch.setattr(output, "LOG", tmp_path / "log")
    for function in (state.alone.__wrapped__, Memory.save, Memory.load.__func__):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))
    return found


def texts(outcome: Outcome) -> dict[str, str]:
    return {name: trouble.text for name, trouble in outcome.trouble.items()}


def test_a_good_host(host: list[Seen]) -> None:
    outcome = observe(config(), Memory())
    assert (outcome.trouble, outcome.deeds, outcome.quiet) == ({}, (), "")
    assert lines(outcome, []) == ["OK (memory 40%)"]


def test_a_server_that_hangs_is_mended_within_one_run(host: list[Seen]) -> None:
    host[:] = [seen("running", SILENT)] * 3 + [seen()]
    outcome = observe(config(), Memory())
    assert outcome.trouble == {}
    assert lines(outcome, [])[1] == (
        "ACTION: ollama.service: it runs, but there is no answer from port 11434 within 10 s; "
        "restarted, and it answers"
    )


def test_models_are_looked_for_where_the_server_answers(
    host: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Check("models", Status.CRITICAL, "models are missing: a:latest")
    monkeypatch.setattr(checks, "models", lambda *a: [missing])
    ours = config()
    server = ours.services[0]
    host[:] = [replace(seen(), service=server)]
    assert texts(observe(ours, Memory())) == {"models": "models are missing: a:latest"}
    host[:] = [replace(seen("stopped", None), service=server)]
    assert "models" not in texts(observe(ours, Memory()))


def test_nothing_is_mended_that_is_not_to_be(host: list[Seen]) -> None:
    host[:] = [seen("down", None)]
    outcome = observe(config(repair=False), Memory())
    assert outcome.deeds == ()
    assert texts(outcome) == {"ollama": "ollama is down here"}


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


def test_restarts_by_systemd_are_seen(host: list[Seen]) -> None:
    memory = Memory()
    for count, trouble, aside in (
        (7, False, False),
        (9, False, True),
        (12, True, False),
        (12, False, False),
        (0, False, False),
        (1, False, True),
        # Started by a person, and then by systemd again.
        (1, False, False),
    ):
        host[:] = [seen("running", restarts=count)]
        outcome = observe(config(), memory)
        assert bool(outcome.trouble) == trouble
        assert bool(outcome.crashes) == aside
    assert _often_is_said(3) == "it ended and systemd started it anew 3 times since the last look"


def _often_is_said(count: int) -> str:
    outcome = Outcome((), (), "", {"ollama.service": count})
    return texts(outcome)["ollama.service restarts"].removeprefix("ollama.service: ")


def test_a_crash_that_systemd_mended_is_a_note(host: list[Seen]) -> None:
    outcome = Outcome((PLENTY,), (), "", {"ollama.service": 1})
    note = "ollama.service: it ended and systemd started it anew once since the last look"
    assert lines(outcome, []) == ["OK (memory 40%)", f"NOTE: {note}"]


def test_a_message_that_did_not_get_out_is_sent_again(host: list[Seen]) -> None:
    memory = Memory()
    host[:] = [seen("stopped", None)]
    outcome = observe(config(), memory)
    broken = config(notify=Notify(("/nonexistent",), None, 60))
    assert monitor.tell(broken, outcome, memory)[0].startswith("not told: /nonexistent")
    works = config(notify=Notify(("/bin/true",), None, 60))
    assert monitor.tell(works, outcome, memory) == ["told by command: ollama"]
    assert monitor.tell(works, outcome, memory) == []


def test_one_channel_that_fails_does_not_repeat_the_other(host: list[Seen], tmp_path: Path) -> None:
    memory = Memory()
    host[:] = [seen("running", SILENT)] * 3 + [seen()]
    outcome = observe(config(), memory)
    both = config(notify=Notify(("/bin/true",), tmp_path / "none", 60))
    failed = "not told: the webhook was not reached: No such file or directory"
    assert monitor.tell(both, outcome, memory) == ["told by command: what was done", failed]
    host[:] = [seen()]
    later = observe(config(), memory)
    assert monitor.tell(both, later, memory) == [failed], "the deed is still to be told there"
    with answering(("/", 200, "")) as (port, requests):
        (tmp_path / "none").write_text(f"http://127.0.0.1:{port}/")
        assert monitor.tell(both, later, memory) == ["told by webhook: what was done"]
    assert "restarted, and it answers" in json.loads(requests[0][1])["actions"][0]


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


def test_an_ordinary_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(monitor.os, "geteuid", lambda: 1000)
    assert monitor.main([]) == 2
    assert "only root may mend a host; try sudo" in capsys.readouterr().err


def test_a_missing_configuration(
    host: list[Seen], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert monitor.main(["--config", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.endswith("No such file or directory; deploy this host\n")


def test_words_of_a_repair_that_failed_come_first(host: list[Seen]) -> None:
    failed = repair.Deed("ollama.service", "start", good=False, text="ollama.service: start failed")
    check = replace(PLENTY, status=Status.WARNING)
    outcome = Outcome((check,), (failed,), "", {})
    assert texts(outcome) == {
        "memory": "40 % in use",
        "ollama.service": "ollama.service: start failed",
    }
