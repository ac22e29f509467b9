"""What is around a gateway's nginx: the unit, ports, logs, certificate, renewal, backends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.settings import Verify
from pyinfra_ollama.verifier.answers import PathState
from pyinfra_ollama.verifier.checks import gateway as checks
from pyinfra_ollama.verifier.checks.certificate import certificate, renewal
from pyinfra_ollama.verifier.gateway.asking import read
from tests.unit.decide.gateways import gateway
from tests.unit.settings.gateways import certificate as own

from .examples import socket
from .gate import LOGS, having, inside, issued

USUAL = gateway()
GOOD = inside(USUAL)
NAMES = ("a.example.com", "host1")


def unit(**changed: str) -> Any:
    return having(GOOD, unit={**(GOOD.unit or {}), **changed})


@pytest.mark.parametrize(
    ("seen", "status", "found"),
    [
        (GOOD, "pass", "active (running), enabled"),
        (unit(ActiveState="inactive", SubState="dead", MainPID="0"), "fail", "inactive (dead)"),
        (unit(ActiveState="failed", SubState="failed"), "fail", "failed"),
        (unit(UnitFileState="disabled"), "fail", "not start at boot"),
        (unit(LoadState="not-found"), "fail", "nginx.service is not-found"),
        (having(GOOD, unit=None, problems={"unit": "no answer"}), "unknown", "unit: no answer"),
    ],
)
def test_nginx(seen: Any, status: str, found: str) -> None:
    result = checks.nginx(seen)
    assert result.status == status
    assert found in result.found


def test_whether_nginx_certainly_does_not_run() -> None:
    assert checks.is_down(unit(MainPID="0"))
    assert not checks.is_down(GOOD)
    assert not checks.is_down(having(GOOD, unit=None))


def listening(*more: Any, without: int = 0) -> Any:
    kept = tuple(one for one in GOOD.sockets or () if one.port != without)
    return having(GOOD, sockets=(*kept, *more))


@pytest.mark.parametrize(
    ("seen", "status", "found"),
    [
        (GOOD, "pass", "0.0.0.0:443"),
        (listening(socket("0.0.0.0", 8443, 300, "nginx")), "fail", "not declared: 0.0.0.0:8443"),
        (listening(socket("0.0.0.0", 9180, 300, "nginx")), "fail", "not declared: 0.0.0.0:9180"),
        (listening(without=443), "fail", "missing: 0.0.0.0:443, [::]:443"),
        (listening(socket("0.0.0.0", 8443, 9, "other")), "pass", ""),
        (having(GOOD, sockets=()), "fail", "nginx on nothing"),
        (having(GOOD, sockets=None), "unknown", ""),
        (having(GOOD, ipv6=False), "fail", "not declared: [::]:80, [::]:443"),
    ],
)
def test_ports(seen: Any, status: str, found: str) -> None:
    result = checks.ports(USUAL, seen, ())
    assert result.status == status
    assert found in result.found


def test_ports_that_the_configuration_explains() -> None:
    assert checks.ports(USUAL, listening(without=443), ("gateway-config",)).status == "warn"


def logs(path: str, state: PathState | None) -> Any:
    return having(GOOD, logs={**(GOOD.logs or {}), path: state})


@pytest.mark.parametrize(
    ("seen", "status", "found"),
    [
        (GOOD, "pass", "kept for 14 days"),
        (logs(f"{LOGS}/gateway.log", None), "fail", "gateway.log is missing"),
        (
            logs(f"{LOGS}/gateway.log", PathState(0o644, "root", "adm", 1, "regular file")),
            "fail",
            "0644 root:adm",
        ),
        (logs(LOGS, PathState(0o777, "root", "adm", 1, "directory")), "fail", "0777"),
        (logs(LOGS, PathState(0o755, "ada", "adm", 1, "directory")), "fail", "ada:adm"),
        (
            having(GOOD, written=(f"{LOGS}/gateway.log (deleted)", f"{LOGS}/gateway-error.log")),
            "fail",
            f"nginx does not write {LOGS}/gateway.log",
        ),
        (having(GOOD, rotated={"rotate": "3"}), "fail", "keeps it for 3 days"),
        (having(GOOD, rotated={}), "fail", "no rule"),
        (having(GOOD, rotated={"rotate": "14", "program": "missing"}), "warn", "grow without end"),
        (having(GOOD, rotated={"rotate": "14", "program": "there"}), "warn", "grow without end"),
        (
            having(
                GOOD, rotated={"rotate": "14", "program": "there", "timer": "", "cron": "there"}
            ),
            "pass",
            "",
        ),
        (having(GOOD, written=None, problems={"written": "cut"}), "unknown", "written: cut"),
    ],
)
def test_logs(seen: Any, status: str, found: str) -> None:
    result = checks.logs(USUAL, seen)
    assert result.status == status
    assert found in result.found


OWN = USUAL.backends[0].name
REFUSED = {"127.0.0.1:11434": "curl: (7) Failed to connect"}


@pytest.mark.parametrize(
    ("seen", "red", "status"),
    [
        (GOOD, (), "pass"),
        (having(GOOD, backends=REFUSED), (), "fail"),
        (having(GOOD, backends={}), (), "fail"),
        (having(GOOD, backends=REFUSED), ("service",), "warn"),
        (having(GOOD, backends=REFUSED), ("disk",), "fail"),
        (having(GOOD, backends=None), (), "unknown"),
    ],
)
def test_backends(seen: Any, red: tuple[str, ...], status: str) -> None:
    assert checks.backends(USUAL, seen, red, host=OWN).status == status
    assert checks.backends(USUAL, seen, red, host="another").status != "warn"


@pytest.mark.parametrize(
    ("days", "status"), [(30, "pass"), (20, "warn"), (8, "warn"), (6, "fail"), (-1, "fail")]
)
def test_the_days_that_a_certificate_has_left(tmp_path: Path, days: float, status: str) -> None:
    found = issued(tmp_path, *NAMES, days=days)
    seen = having(GOOD, certificates=(found,))
    settings = gateway(tls={"agree_tos": True})
    result = certificate(settings, Verify(), seen)
    assert result.status == status
    assert ("expired on" in result.found) is (days < 0)
    assert certificate(settings, Verify(min_certificate_days=0), seen).status != "fail" or days < 0


def test_a_certificate_that_is_another_than_declared(tmp_path: Path) -> None:
    found = issued(tmp_path, "b.example.com")
    seen = having(GOOD, certificates=(found,))
    result = certificate(USUAL, Verify(), seen)
    assert result.status == "fail"
    assert "not for a.example.com" in result.found
    assert "the host's authority is gone" in result.found
    other = having(seen, authority=(tmp_path / "own.pem").read_text())
    assert "authority" not in certificate(USUAL, Verify(), other).found
    declared = gateway(tls=own(tmp_path / "declared", "a.example.com"))
    assert "not the one in" in certificate(declared, Verify(), seen).found
    provisional = gateway(tls={"agree_tos": True})
    assert "provisional" in certificate(provisional, Verify(), other).found


def test_no_certificate_at_all() -> None:
    assert certificate(USUAL, Verify(), GOOD).status == "fail"
    assert certificate(USUAL, Verify(), having(GOOD, certificates=None)).status == "unknown"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"ActiveState": "inactive"}, "certbot.timer is inactive"),
        ({"UnitFileState": "disabled"}, "disabled"),
        ({"Result": "exit-code"}, "its last run ended with exit-code"),
        ({"Hook": "missing"}, "renewed.sh is missing"),
    ],
)
def test_renewal(changed: dict[str, str], found: str) -> None:
    assert renewal(GOOD).status == "pass"
    result = renewal(having(GOOD, renewal={**(GOOD.renewal or {}), **changed}))
    assert result.status == "fail"
    assert found in result.found
    assert renewal(having(GOOD, renewal=None)).status == "unknown"


def test_an_answer_that_is_cut_or_damaged_is_unknown() -> None:
    lines = ["@@begin uid", "0", "@@end uid 0", "@@begin stamp", "running a", "disk b"]
    seen = read(lines)
    assert (seen.uid, seen.running, seen.unit) == (0, None, None)
    assert seen.why("stamp", "unit") == "stamp: no answer; unit: no answer"
    broken = read([*lines, "@@end stamp 0", "@@begin config", "!", "@@end config 0", "@@done"])
    assert (broken.running, broken.disk, broken.config) == ("a", "b", None)
    assert "unreadable" in broken.why("config")
    assert read(["@@begin ipv6", "no", "@@end ipv6 1"]).ipv6 is None
