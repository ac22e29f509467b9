"""`pyinfra-ollama uninstall`: the plan first, a question, then what the plan says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import engine
from pyinfra_ollama.engine.connection import Output
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.removal import runner
from tests.unit.decide.removals import ALL, answer
from tests.unit.verifier.command import run

INVENTORY = """\
from pyinfra_ollama.settings import Ollama

hosts = (["web1", "web2"], {"ollama": Ollama()})
"""
NOTHING: dict[str, list[str]] = {name: [] for name in ALL if name != "uid"}


class Hosts:
    """Answer what a test says; remember what they were told to take away."""

    def __init__(self) -> None:
        self.looks: dict[str, list[list[str]]] = {"web1": [answer()], "web2": [answer(**NOTHING)]}
        self.locked = ["state=taken", "now=1"]
        self.ends = Output(True, ["all of it is gone"], [])
        self.removed: dict[str, str] = {}

    def run_script(self, host: Any, script: str, *words: str, **_: object) -> Output:
        if script.startswith("# One run at a time"):
            return Output(True, self.locked, [])
        looks = self.looks[host.name]
        return Output(True, looks.pop(0) if len(looks) > 1 else looks[0], [])

    def run_command(self, host: Any, command: Any, *, stdin: list[str], **_: object) -> Output:
        self.removed[host.name] = stdin[0]
        return self.ends


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hosts:
    """An inventory of two hosts: all of it is on web1, none of it on web2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts.py").write_text(INVENTORY)
    made = Hosts()
    for name in ("run_script", "run_command"):
        monkeypatch.setattr(runner.engine, name, getattr(made, name))
    for name in ("connect", "ssh_transport", "give_up_on_silence"):
        monkeypatch.setattr(engine, name, lambda host: None)
    return made


def test_the_plan_alone_changes_nothing(hosts: Hosts) -> None:
    result = run("uninstall", "hosts.py", "--plan")
    assert result.exit_code == Exit.PENDING
    assert result.stdout.startswith("web1: 10 steps\n    stop ollama.service\n")
    assert "web2: nothing of this package is there\n" in result.stdout
    assert "  stays: /usr/share/ollama/.ollama/models (2 models, 1 MiB)" in result.stdout
    assert hosts.removed == {}


def test_what_was_agreed_to_is_taken_away(hosts: Hosts) -> None:
    result = run("uninstall", "hosts.py", "--yes")
    assert result.exit_code == Exit.GOOD, result.output
    assert "web1  removed  all of it is gone" in result.stdout
    assert list(hosts.removed) == ["web1"]
    steps = hosts.removed["web1"].splitlines()
    assert steps[0] == "disable|ollama.service|"
    assert steps[-1] == "notes|/var/lib/pyinfra-ollama|"


def test_nobody_uninstalls_by_mistake(hosts: Hosts) -> None:
    for answers in ("", "y\n"):
        result = run("uninstall", "hosts.py", answers=answers)
        assert result.exit_code == Exit.INTERRUPTED
        assert "Remove all this from web1?" in result.stderr
        assert "without a terminal nobody is asked; give --yes" in result.stderr
        assert hosts.removed == {}


def test_a_host_that_changed_since_is_left_alone(hosts: Hosts) -> None:
    hosts.looks["web1"] = [answer(), answer(official=["there"])]
    result = run("uninstall", "hosts.py", "--yes")
    assert result.exit_code == Exit.FAILED
    assert "it changed since its plan was shown, so nothing was removed" in result.stdout
    assert hosts.removed == {}


def test_a_host_that_another_run_changes_is_left_alone(hosts: Hosts) -> None:
    hosts.locked = ["state=held", "run=x", "who=me@there", "since=1", "holder=7", "now=2"]
    result = run("uninstall", "hosts.py", "--yes")
    assert result.exit_code == Exit.UNKNOWN
    assert "another run is changing this host" in result.stdout
    assert hosts.removed == {}


def test_what_could_not_be_removed_is_said(hosts: Hosts) -> None:
    hosts.ends = Output(False, [], ["uninstall: ollama.service does not stop"])
    result = run("uninstall", "hosts.py", "--yes")
    assert result.exit_code == Exit.FAILED
    assert "uninstall: ollama.service does not stop" in result.stdout
    assert "what is left goes with the next uninstall" in result.stderr


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (answer()[:-2], "the host did not say all that was asked: uid"),
        (
            answer(inside=["models /opt/ollama/models"]),
            "/opt/ollama/models holds models, which stay",
        ),
        (answer(uid=["1000"]), "the commands ran as user 1000, not as root"),
    ],
)
def test_unknown_is_not_empty(hosts: Hosts, look: list[str], said: str) -> None:
    hosts.looks["web1"] = [look]
    result = run("uninstall", "hosts.py", "--yes")
    assert result.exit_code == Exit.UNKNOWN
    assert said in result.stdout
    assert hosts.removed == {}


def test_json_is_one_document_of_what_became_of_each_host(hosts: Hosts) -> None:
    hosts.ends = Output(True, ["nginx.service does not start", "all of it is gone"], [])
    result = run("uninstall", "hosts.py", "--yes", "--format", "json")
    assert result.exit_code == Exit.GOOD, result.output
    said = json.loads(result.stdout)
    assert said["totals"]["removed"] == said["totals"]["nothing"] == 1
    assert [host["host"] for host in said["hosts"]] == ["web1", "web2"]
    assert said["hosts"][0]["goes"][0] == "stop ollama.service"
    assert said["hosts"][0]["said"] == ["nginx.service does not start", "all of it is gone"]
    assert said["hosts"][1]["goes"] == []


def test_who_wants_json_is_asked_with_the_plan_before_the_eyes(hosts: Hosts) -> None:
    result = run("uninstall", "hosts.py", "--format", "json")
    assert result.exit_code == Exit.INTERRUPTED
    assert result.stdout == ""
    assert "stop ollama.service" in result.stderr


def test_a_host_that_cannot_be_told_does_not_keep_the_others(hosts: Hosts) -> None:
    hosts.looks["web2"] = [answer()[:-2]]
    result = run("uninstall", "hosts.py", "--yes")
    assert result.exit_code == Exit.UNKNOWN
    assert list(hosts.removed) == ["web1"]


def test_what_comes_and_goes_by_itself_is_no_change(hosts: Hosts) -> None:
    there = [*ALL["paths"], "file /var/log/ollama-monitor.log"]
    hosts.looks["web1"] = [answer(), answer(paths=there)]
    assert run("uninstall", "hosts.py", "--yes").exit_code == Exit.GOOD
    assert "file|/var/log/ollama-monitor.log|" in hosts.removed["web1"]
