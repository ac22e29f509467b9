"""Findings, one at a time; all of them together on real hosts are in tests/fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pyinfra_ollama.decide import preflight
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.reach import Answer, asks
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot

from .hosts import GIB, declared, host, whole
from .served import LINKS, served

SETTINGS = declared()
OLLAMA = 'LISTEN 0 4096 127.0.0.1:11434 0.0.0.0:* users:(("ollama",pid=100,fd=3))'
NGINX = 'LISTEN 0 511 *:11434 *:* users:(("nginx",pid=7,fd=6),("nginx",pid=8,fd=6))'


def found(
    snapshot: Snapshot,
    settings: HostSettings = SETTINGS,
    answers: Mapping[str, Answer] | None = None,
) -> list[Finding]:
    """What is worth more than a nod."""
    asked = asks(settings, snapshot)
    every = preflight.findings(whole(settings), snapshot, asked, answers)
    return [finding for finding in every if finding.level != "ok"]


def test_a_host_that_serves_as_declared() -> None:
    assert found(served(SETTINGS)) == []
    assert found(served(SETTINGS, port_holders=(OLLAMA,))) == []


@pytest.mark.parametrize(
    ("change", "check", "seen"),
    [
        ({"os": {"VERSION_ID": "11"}}, "system", "Debian GNU/Linux 12"),
        ({"init": "init"}, "systemd", "process 1 is init"),
        ({"uid": 1000}, "root", "uid 1000"),
        ({"localhost_status": 2}, "localhost", "about 10 s"),
        ({"localhost_status": 124}, "localhost", "about 10 s"),
        ({"tools": frozenset({"ss", "curl"})}, "apt", "apt-get is not there"),
        ({"memory": {"MemTotal": GIB // 4}}, "memory", "256 MiB of memory"),
        ({"port_holders": (NGINX,)}, "port", "held by nginx (pid 7) and nginx (pid 8)"),
        ({"port_holders": (OLLAMA.split(" users")[0],)}, "port", "held by a process"),
        ({"unit": {"managed": False}}, "existing", "did not make"),
        ({"unit": {"foreign_environment": ("/etc/x.conf",)}}, "drop-in", "/etc/x.conf sets"),
    ],
)
def test_what_stops_a_host(change: dict[str, Any], check: str, seen: str) -> None:
    (finding,) = found(served(SETTINGS, **change))
    assert (finding.level, finding.check) == ("failure", check)
    assert seen in finding.seen
    assert finding.remedy


@pytest.mark.parametrize(
    ("change", "variables", "check"),
    [
        ({"os": {"ID": "arch"}}, {"preflight": {"force_os": True}}, "system"),
        ({"port_holders": None}, {}, "port"),
        ({"gpu": {"vendor": "nvidia"}}, {"release": {"gpu_libraries": "drop"}}, "gpu"),
    ],
)
def test_what_is_only_said(change: dict[str, Any], variables: dict[str, Any], check: str) -> None:
    settings = declared(**variables)
    (finding,) = found(served(settings, **change), settings)
    assert (finding.level, finding.check) == ("warning", check)


@pytest.mark.parametrize(
    "change",
    [
        {"unit": {"managed": False}},
        {
            "unit": {"managed": False, "exists": False},
            "links": {**LINKS, "/usr/local/bin/ollama": ""},
        },
        {"unit": {"managed": False, "exists": False, "official_library": True}},
    ],
)
def test_what_somebody_else_installed_is_adopted_or_refused(change: dict[str, Any]) -> None:
    (finding,) = found(served(SETTINGS, **change))
    assert "systemctl disable --now ollama.service; rm -rf /etc/systemd" in finding.remedy
    adopting = declared(release={"adopt": True})
    assert found(served(adopting, **change), adopting) == []


def network(settings: HostSettings, **by_end: Answer) -> list[Finding]:
    """The findings of a bare host whose addresses answer so; the others are good."""
    asked = asks(settings, host())
    answers = {ask.url: Answer("200", 1000, "") for ask in asked}
    for end, answer in by_end.items():
        answers[next(url for url in answers if url.endswith(end))] = answer
    return found(host(), settings, answers)


def test_a_network_that_does_not_give_what_is_needed() -> None:
    assert network(SETTINGS) == []
    (gone,) = network(SETTINGS, zst=Answer("404", None, ""))
    assert gone.seen.endswith("ollama-linux-amd64.tar.zst does not exist")
    assert "version in Ollama(...)" in gone.remedy
    (dead,) = network(SETTINGS, txt=Answer("000", None, "curl: (7) refused"))
    assert dead.seen.endswith("sha256sum.txt does not answer: curl: (7) refused")
    (broken,) = network(SETTINGS, txt=Answer("502", None, ""))
    assert broken.seen.endswith("does not answer: status 502")


def test_a_network_that_was_not_asked() -> None:
    (finding,) = found(host())
    assert (finding.level, finding.check, finding.seen) == ("warning", "network", "not asked")


def test_a_short_disk() -> None:
    """Six times the archive and the margin; what needs nothing may be as full as it likes."""
    short = dict.fromkeys(host().disk, ("/", 0)) | {"/opt/ollama": ("/opt", 2 * GIB)}
    big = {ask.url: Answer("200", GIB, "") for ask in asks(SETTINGS, host())}
    disks = [f for f in found(host(disk=short), SETTINGS, big) if f.check == "disk"]
    assert [f.seen for f in disks] == ["2 GiB free on /opt, 13 GiB needed"]
    assert disks[0].level == "failure"
    assert "free space" in disks[0].remedy
