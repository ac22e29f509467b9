"""A certificate from an ACME authority: pebble on another host, certbot, and their trouble."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import authority, gatewaying, paced
from tests.fleet.authority import Authority
from tests.fleet.gatewaying import HOST, NAME, Door
from tests.fleet.harness import Fleet
from tests.fleet.leaving import uninstall
from tests.fleet.test_verifier import judged, verified

pytestmark = pytest.mark.slow

OTHER = "other.example.com"
RENEW = "systemctl start certbot.service"


def inventory(fleet: Fleet, tls: dict[str, Any], *names: str, **verify: Any) -> Path:
    """A gateway behind a firewall, in front of an Ollama that streams and computes nothing."""
    declared = gatewaying.declared(tls=tls, server_names=[NAME, *names])
    served = paced.served(fleet, HOST, host="127.0.0.1", allow_non_loopback=False)
    each = {HOST: {**served, "gateway": declared}}
    return fleet.inventory(HOST, each=each, firewall={}, verify={"generate": False, **verify})


@pytest.fixture(scope="module")
def pebble(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """An authority on host2, which finds the gateway by its names."""
    fleet.reset(HOST, "host2")
    folder = tmp_path_factory.mktemp("pebble")
    address = fleet.lab.host(HOST).address
    yield authority.made(fleet, "host2", folder, {NAME: address, OTHER: address})
    # Others count on no firewall.
    fleet.reset(HOST)


def serial(fleet: Fleet) -> str:
    """Of the certificate that is really served."""
    ask = f"openssl s_client -connect 127.0.0.1:443 -servername {NAME} </dev/null 2>/dev/null"
    return fleet.sh(HOST, f"{ask} | openssl x509 -noout -serial")


def test_it_serves_before_there_is_a_certificate_and_gets_one(
    fleet: Fleet, pebble: Authority
) -> None:
    wanted = inventory(fleet, pebble.tls)
    planned = fleet.plan(wanted).planned
    # Nobody answers at the authority: the run says so, and the gateway serves all the same.
    ran = fleet.apply(wanted, check=False)
    assert ran.code == 1
    assert "the authority gave no certificate" in ran.text
    assert Door(fleet).ask("GET", "/api/version", key="chat").status == 200
    pebble.start()
    with pytest.raises(ssl.SSLCertVerificationError):
        Door(fleet, trusted=pebble.root()).connect()

    again = fleet.plan(wanted).planned
    assert fleet.apply(wanted).changed() == again
    assert again[HOST][0] == "Have the certificate of the ACME authority"
    assert set(again[HOST]) <= set(planned[HOST])
    assert Door(fleet, trusted=pebble.root()).ask("GET", "/api/version", key="chat").status == 200
    assert fleet.plan(wanted).planned == {}
    assert fleet.apply(wanted).changed() == {}
    assert fleet.sh(HOST, "systemctl is-active certbot.timer") == "active"


def test_the_verifier_says_the_same(fleet: Fleet, pebble: Authority, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_text(pebble.root())
    ran = verified(fleet, inventory(fleet, pebble.tls, authority=str(root)))
    assert ran.code == 0, ran.text
    assert {"certificate", "renewal", "outside-tls"} <= set(judged(ran, "pass")), ran.text
    # Without the authority's root nobody who looks from outside would trust it.
    assert "outside-tls" in judged(verified(fleet, inventory(fleet, pebble.tls)), "fail")


def test_a_renewal_by_certbots_own_service_cuts_no_stream(fleet: Fleet, pebble: Authority) -> None:
    before, main = serial(fleet), fleet.sh(HOST, "cat /run/nginx.pid")
    with paced.load(fleet, [Door(fleet, trusted=pebble.root())]) as load:
        fleet.sh(HOST, RENEW)
        load.next_round()
    paced.lost_nothing(load)
    assert serial(fleet) != before
    assert fleet.sh(HOST, "cat /run/nginx.pid") == main
    # What certbot did is what the next run expects.
    wanted = inventory(fleet, pebble.tls)
    assert fleet.plan(wanted).planned == {}
    assert fleet.apply(wanted).changed() == {}


def test_another_name_gets_a_certificate_for_both(fleet: Fleet, pebble: Authority) -> None:
    wanted = inventory(fleet, pebble.tls, OTHER)
    planned = fleet.plan(wanted).planned
    assert fleet.apply(wanted).changed() == planned
    names = fleet.sh(HOST, "openssl x509 -in /etc/pyinfra-ollama/tls/gateway.pem -noout -text")
    assert f"DNS:{OTHER}" in names
    assert fleet.apply(wanted).changed() == {}


def test_a_renewal_that_fails_leaves_the_gateway_as_it_is(fleet: Fleet, pebble: Authority) -> None:
    before = serial(fleet)
    pebble.stop()
    assert fleet.ssh(HOST, RENEW).returncode != 0
    assert serial(fleet) == before
    assert fleet.apply(inventory(fleet, pebble.tls, OTHER)).changed() == {}


def test_the_way_back_to_a_certificate_of_its_own(fleet: Fleet, pebble: Authority) -> None:
    wanted = inventory(fleet, {})
    planned = fleet.plan(wanted).planned
    assert fleet.apply(wanted).changed() == planned
    assert Door(fleet).ask("GET", "/api/version", key="chat").status == 200
    assert fleet.apply(wanted).changed() == {}


def test_uninstalling_takes_certificate_and_certbot_with_it(
    fleet: Fleet, pebble: Authority
) -> None:
    assert fleet.sh(HOST, "ls /etc/letsencrypt/renewal") == "pyinfra-ollama.conf"
    ran = uninstall(inventory(fleet, pebble.tls), "--yes")
    assert ran.code == 0, ran.text
    assert "have certbot delete its certificate" in ran.out
    left = "/etc/letsencrypt /var/lib/letsencrypt /var/log/letsencrypt /var/lib/pyinfra-ollama-acme"
    stamp = "/var/lib/systemd/timers/stamp-certbot.timer"
    found = fleet.sh(HOST, f"ls -d {left} {stamp} /etc/pyinfra-ollama 2>/dev/null || true")
    assert found == ""
    assert fleet.ssh(HOST, "command -v certbot nginx").returncode
