"""What a host's state asks of the gateway, and how a plan says so."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.gateway import authority
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.gateway.preflight import findings
from pyinfra_ollama.decide.gateway.state import certificate_need, need, stamp
from pyinfra_ollama.decide.plan import foretell
from pyinfra_ollama.snapshot import Snapshot

from .gateways import DAY, PEM, SERVING, TEMPLATES, gateway, having, serving
from .hosts import NOW, host
from .planning import bare
from .served import served

GATEWAY = gateway()


def reasons(snapshot: Snapshot, settings: Any = GATEWAY) -> tuple[str, ...]:
    return need(settings, gateway_files(settings, snapshot, TEMPLATES), snapshot).reasons


def test_a_gateway_that_serves_as_declared_needs_nothing() -> None:
    assert reasons(serving(GATEWAY)) == ()
    assert certificate_need(GATEWAY, serving(GATEWAY)).reasons == ()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"active": "failed"}, "nginx is failed"),
        ({"enabled": "disabled"}, "nginx is not enabled"),
        ({"logs": "750 root:adm"}, "the folder of the logs is not as it should be"),
        ({"log": "600 root:root"}, "the log of requests is not as it should be"),
        ({"log": ""}, "the log of requests is not as it should be"),
    ],
)
def test_what_is_wrong_with_nginx(state: dict[str, Any], reason: str) -> None:
    assert reasons(serving(GATEWAY, **state)) == (reason,)


def test_the_running_nginx_is_asked_what_it_was_started_with() -> None:
    found = serving(GATEWAY)
    assert found.gateway is not None
    stranger = replace(found, gateway=replace(found.gateway, running=None))
    assert reasons(stranger) == ("the running nginx is not this gateway",)
    # A run that was killed between writing and reloading.
    old = replace(found, gateway=replace(found.gateway, running="0" * 64))
    assert reasons(old) == ("the running nginx was started with other files",)
    assert reasons(found, gateway(show=True)) == ("the running nginx was started with other files",)
    renewed = replace(found, files={**found.files, "/etc/pyinfra-ollama/tls/gateway.pem": PEM})
    other = {path: replace(s, sha256="e" * 64) for path, s in renewed.files.items() if s == PEM}
    changed = replace(found, files={**found.files, **other})
    assert reasons(changed) == ("the running nginx was started with other files",)


def test_files_that_were_put_in_place_since_are_seen_whatever_nginx_says() -> None:
    since = ("files were put in place since nginx was started",)
    found = serving(GATEWAY)
    edited = {layout.NGINX_CONF: replace(found.files[layout.NGINX_CONF], sha256="e" * 64)}
    assert reasons(replace(found, files={**found.files, **edited})) == since
    # The run that put the declared one back was killed before its reload.
    assert reasons(replace(found, files={**found.files, layout.NGINX_DUE: PEM})) == since
    # Nothing that nginx reads.
    others = {layout.NGINX_LOGROTATE: replace(PEM, mode="644")}
    assert reasons(replace(found, files={**found.files, **others})) == ()


def test_the_stamp_is_what_the_script_computes(tmp_path: Path) -> None:
    files = gateway_files(GATEWAY, host(), TEMPLATES)
    snapshot = serving(GATEWAY)
    wanted = [
        f for f in files if f.content is not None and "nginx" in f.path and "users" not in f.path
    ]
    hashes = {f.path: f.sha256 for f in wanted if f.path.startswith("/etc/nginx")}
    lines = [f"{hashes[path]}  {path}\n" for path in sorted(hashes, key=_order)]
    lines.append(f"{PEM.sha256}  /etc/pyinfra-ollama/tls/gateway.pem\n")
    said = subprocess.run(
        ["sha256sum"], input="".join(lines), capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[0] == stamp(files, snapshot)
    assert len(hashlib.sha256().hexdigest()) == len(stamp(files, snapshot))


def _order(path: str) -> tuple[bool, str]:
    return path != "/etc/nginx/nginx.conf", path


@pytest.mark.parametrize(
    ("changes", "fields", "reason"),
    [
        ({"issued_here": False}, {}, "it is not of the host's own authority"),
        ({"names": frozenset()}, {}, "it is not for a.example.com"),
        ({"ends": NOW + 100 * DAY}, {}, "it is valid for 100 more days"),
        ({"ends": NOW - DAY}, {}, "it is valid for -1 more days"),
        ({}, {"tls": {"days": 90}}, "it is valid for longer than 90 days"),
    ],
)
def test_when_a_certificate_is_made_anew(
    changes: dict[str, Any], fields: dict[str, Any], reason: str
) -> None:
    assert SERVING.certificate is not None
    settings = gateway(**fields)
    found = serving(settings, certificate=replace(SERVING.certificate, **changes))
    assert certificate_need(settings, found).reasons == (reason,)
    assert reasons(found, settings) == ("the running nginx has another certificate",)


def test_a_certificate_of_ones_own_is_none_of_the_hosts_business() -> None:
    settings = gateway(tls=None, allow_plain=True)
    assert certificate_need(settings, host()).reasons == ()


def test_the_authority_is_fetched_until_it_is_there(tmp_path: Path) -> None:
    settings = gateway(tls={"fetch_to": str(tmp_path / "{host}.pem")})
    found = serving(settings)
    path = tmp_path / "web1.pem"
    assert authority.missing(settings, found, "web1") == path
    path.write_text("-----BEGIN\n")
    assert authority.missing(settings, found, "web1") is None
    path.write_bytes(b"\xff")
    assert authority.missing(settings, found, "web1") == path
    assert authority.missing(GATEWAY, found, "web1") is None


APACHE = 'LISTEN 0 511 *:443 *:* users:(("apache2",pid=70,fd=4),("apache2",pid=71,fd=4))'
OURS = 'LISTEN 0 511 0.0.0.0:443 0.0.0.0:* users:(("nginx",pid=9,fd=6))'


def test_a_port_that_another_program_has_is_told() -> None:
    (held,) = findings(GATEWAY, serving(GATEWAY, listeners=(OURS, APACHE)))
    assert (held.level, held.seen) == ("failure", "443 is held by apache2 (pid 70)")
    both = (APACHE, APACHE.replace(":443", ":80"))
    (held,) = findings(GATEWAY, serving(GATEWAY, listeners=both))
    assert held.seen == "443 and 80 are held by apache2 (pid 70)"
    (fine,) = findings(GATEWAY, serving(GATEWAY, listeners=(OURS,)))
    assert (fine.level, fine.seen) == ("ok", "443 and 80 free or ours")


def test_what_a_person_serves_is_not_replaced_unasked() -> None:
    found = serving(GATEWAY, foreign=("/etc/nginx/conf.d/shop.conf",))
    (refused,) = findings(GATEWAY, found)
    assert refused.level == "failure"
    assert "/etc/nginx/conf.d/shop.conf" in refused.seen
    assert [f.level for f in findings(gateway(replace_sites=True), found)] == ["ok"]


def planned(declared: Any, snapshot: Snapshot) -> list[str]:
    found = foretell(declared, snapshot, asked=(), answers=None, texts={}, templates=TEMPLATES)
    return [f"{change.action} {change.subject}" for change in found.changes]


def test_a_plan_tells_what_becomes_of_the_gateway() -> None:
    declared = having()
    converged = served(declared)
    packages = replace(
        converged.packages,
        installed={**converged.packages.installed, "nginx": "1", "openssl": "1", "logrotate": "1"},
    )
    converged = serving(GATEWAY, replace(converged, packages=packages))
    assert planned(declared, converged) == []
    told = planned(having(show=True), converged)
    assert told == [
        "modify /etc/nginx/pyinfra-ollama/endpoints.conf",
        "reload nginx.service",
        "verify the host",
    ]
    # A run that was killed before its reload: what it leaves is verified as well.
    assert converged.gateway is not None
    killed = replace(converged, gateway=replace(converged.gateway, running="0" * 64))
    assert planned(declared, killed) == ["reload nginx.service", "verify the host"]
    whole = planned(declared, bare())
    assert "install ca-certificates, curl, logrotate, nginx, openssl, procps, zstd" in whole
    assert "make /etc/pyinfra-ollama/tls/gateway.pem" in whole
    assert "create /etc/nginx/nginx.conf" in whole
    assert "start nginx.service" in whole
