"""The checks of exporters and observers; every one has answers that turn exactly it red."""

from __future__ import annotations

import json

import pytest

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.verifier import everything
from pyinfra_ollama.verifier.checks import metrics as checks
from pyinfra_ollama.verifier.metrics import Monitored, read, units, unsettled
from tests.unit.decide.monitored import KEY, monitored, observing

SERVER, WATCH = monitored(gateway={"keys": [KEY]}), observing()
LISTEN = 'tcp LISTEN 0 5 {0}:{1} 0.0.0.0:* users:(("x",pid=7,fd=3))'
PAGE = 'ollama_up 1\nollama_exporter_source_up{source="server"} 1\nollama_gateway_log_readable 1'
SOCKETS = [("*", 9434), ("127.0.0.1", 9100), ("127.0.0.1", 9113)]
OBSERVED = [("127.0.0.1", port) for port in (9434, 9100, 9090, 9093)]
TARGETS = {
    ("ollama", "gpu1"): "up",
    ("node", "gpu1"): "up",
    ("nginx", "gpu1"): "up",
    ("ollama", "watch"): "up",
    ("node", "watch"): "up",
    ("prometheus", "observer"): "up",
}


def answer(
    declared: Declared,
    *,
    sockets: list[tuple[str, int]] | None = None,
    page: str = PAGE,
    statuses: str = "/node 200\n/nginx 200",
    targets: dict[tuple[str, str], str] | None = None,
    health: str = "ok",
    alerts: tuple[str, ...] = checks.ALERTS,
    ready: bool = True,
    age: int = 100,
    **states: str,
) -> Monitored:
    """What a good host says, with something else in it; keywords are states of units."""
    rows = [
        f"Id={unit}\nActiveState={states.get(unit.split('.')[0].replace('-', '_'), 'active')}\n"
        "UnitFileState=enabled"
        for unit in units(declared)
    ]
    rules = [{"type": "alerting", "name": name, "health": health} for name in alerts]
    rules.append({"type": "recording", "name": "x", "health": "ok"})
    active = [
        {"labels": {"job": job, "instance": host}, "health": said, "lastError": "refused"}
        for (job, host), said in (TARGETS if targets is None else targets).items()
    ]
    where = sockets if sockets is not None else OBSERVED if declared.observer else SOCKETS
    bodies = {
        "units": "\n\n".join(rows),
        "sockets": "\n".join(LISTEN.format(*one) for one in where),
        "page": page,
        "statuses": statuses,
        "rules": json.dumps({"data": {"groups": [{"rules": rules}]}}),
        "targets": json.dumps({"data": {"activeTargets": active}}),
        "reloaded": f"1.7952e+09\n{1795200000 + age}",
        **({"alertmanager": "OK"} if ready else {}),
    }
    text = "".join(f"@@begin {name}\n{body}\n\n@@end {name} 0\n" for name, body in bodies.items())
    return read([*text.splitlines(), "@@done"])


def status(check: str, declared: Declared, seen: Monitored) -> str:
    assert declared.metrics is not None
    if check == "exporters":
        return checks.exporters(declared, seen).status
    if check == "exporter-ports":
        return checks.ports(declared.metrics, seen).status
    assert declared.observer is not None
    made = {"observer": checks.observer, "targets": checks.targets}[check]
    return made(declared.observer, seen).status


def test_good_hosts_pass_every_check_in_the_planned_order() -> None:
    for declared in (SERVER, WATCH):
        names = [name for name, _ in everything.planned(declared, clients=False)]
        assert "outside-metrics" not in names
        assert ("outside-metrics", "") in everything.planned(declared, clients=True)
        ours = [n for n in names if n.startswith("exporter") or n in ("observer", "targets")]
        assert names[-len(ours) :] == ours
        assert {status(name, declared, answer(declared)) for name in ours} == {"pass"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ollama_exporter": "failed"}, "ollama-exporter.service is failed"),
        ({"statuses": "/node 502\n/nginx 200"}, "/node answers 502"),
        ({"page": PAGE.replace("readable 1", "readable 0")}, "ollama_gateway_log_readable is 0"),
    ],
)
def test_an_exporter_that_does_not_do_its_work_fails(change: dict[str, str], word: str) -> None:
    result = checks.exporters(SERVER, answer(SERVER, **change))  # type: ignore[arg-type]
    assert result.status == "fail"
    assert word in result.found
    assert result.next.startswith("curl -sS http://127.0.0.1:9434/metrics | grep -E 'source_up|log")
    assert status("exporter-ports", SERVER, answer(SERVER, **change)) == "pass"  # type: ignore[arg-type]


def test_an_exporter_that_was_stopped_is_red_once() -> None:
    seen = answer(SERVER, sockets=SOCKETS[1:], ollama_exporter="inactive")
    result = checks.exporters(SERVER, seen)
    assert (result.status, "ollama-exporter.service is inactive" in result.found) == ("fail", True)
    assert status("exporter-ports", SERVER, seen) == "warn"


def test_a_server_that_is_down_is_not_the_exporters_fault() -> None:
    assert (
        status("exporters", SERVER, answer(SERVER, page=PAGE.replace("up 1", "up 0", 1))) == "pass"
    )


@pytest.mark.parametrize(
    "sockets",
    [
        [*SOCKETS, ("0.0.0.0", 9100)],
        [*SOCKETS[:1], ("*", 9113)],
        SOCKETS[1:],
        [("10.0.0.1", 9434), *SOCKETS[1:]],
    ],
)
def test_a_port_that_is_elsewhere_than_declared_fails(sockets: list[tuple[str, int]]) -> None:
    seen = answer(SERVER, sockets=sockets)
    assert status("exporter-ports", SERVER, seen) == "fail"
    assert status("exporters", SERVER, seen) == "pass"


@pytest.mark.parametrize(
    "change",
    [
        {"prometheus": "failed"},
        {"ready": False},
        {"alerts": ()},
        {"health": "err"},
        {"sockets": [*OBSERVED, ("*", 9090)]},
    ],
)
def test_an_observer_that_does_not_do_its_work_fails(change: dict[str, object]) -> None:
    seen = answer(WATCH, **change)  # type: ignore[arg-type]
    assert status("observer", WATCH, seen) == "fail"
    assert status("targets", WATCH, seen) == "pass"


def test_hosts_that_are_not_asked_fail_and_hosts_that_are_silent_warn() -> None:
    less = {place: said for place, said in TARGETS.items() if place != ("node", "gpu1")}
    more = {**TARGETS, ("ollama", "gpu2"): "up"}
    for targets in (less, more):
        assert status("targets", WATCH, answer(WATCH, targets=targets)) == "fail"
    down = answer(WATCH, targets={**TARGETS, ("ollama", "gpu1"): "down"})
    assert status("targets", WATCH, down) == "warn"
    assert status("observer", WATCH, down) == "pass"


@pytest.mark.parametrize(
    "lines", [[], ["@@begin units", "x"], ["@@begin page", "a b", "@@end page 0"]]
)
def test_an_answer_that_cannot_be_read_is_unknown(lines: list[str]) -> None:
    seen = read(lines)
    found = {
        name: status(name, WATCH, seen)
        for name in ("exporters", "exporter-ports", "observer", "targets")
    }
    assert set(found.values()) == {"unknown"}


def test_an_exporter_that_is_silent_fails() -> None:
    whole = answer(SERVER)
    unit = ("Id=x", "ActiveState=active", "UnitFileState=enabled")
    silent = read(
        [
            *("@@begin units", *unit, "@@end units 0"),
            "@@begin page",
            "@@end page 22",
            "@@begin statuses",
            "/node 000",
            "@@end statuses 0",
        ]
    )
    assert whole.page
    assert status("exporters", SERVER, silent) == "fail"


def test_a_host_that_has_nothing_of_its_own_to_tell_is_good() -> None:
    assert status("exporters", WATCH, answer(WATCH, page="", statuses="/node 200")) == "pass"


def test_targets_are_waited_for_only_after_a_reload() -> None:
    others = {("node", "localhost:9100"): "up"}
    assert unsettled(WATCH, answer(WATCH, targets=others, age=3))
    assert not unsettled(WATCH, answer(WATCH, targets=others, age=12))
    assert not unsettled(WATCH, answer(WATCH, age=3))
    assert not unsettled(SERVER, answer(SERVER))
