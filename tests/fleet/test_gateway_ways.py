"""Other gateways than the usual one, their certificates, and what stands in the way of one."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet import gatewaying
from tests.fleet.gatewaying import HOST, NAME, Door
from tests.fleet.harness import Fleet, wait_until

PEM = "/etc/pyinfra-ollama/tls/gateway.pem"


@pytest.fixture(scope="module")
def served(fleet: Fleet) -> Fleet:
    """A host with a gateway and no models."""
    gatewaying.have(fleet, gatewaying.inventory(fleet))
    return fleet


def fingerprint(fleet: Fleet) -> str:
    """Of the certificate that is really served."""
    ask = f"openssl s_client -connect 127.0.0.1:443 -servername {NAME} </dev/null 2>/dev/null"
    return fleet.sh(HOST, f"{ask} | openssl x509 -noout -fingerprint -sha256")


def test_a_certificate_of_ones_own(served: Fleet, tmp_path: Path) -> None:
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "30", "-subj", f"/CN={NAME}", "-addext"]
    command += [f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    key.chmod(0o600)
    own = gatewaying.inventory(
        served, tls={"certificate": str(certificate), "key": Secret.file(str(key))}
    )
    main = served.sh(HOST, "cat /run/nginx.pid")
    assert served.plan(own).planned == served.apply(own).changed()
    asked = ["openssl", "x509", "-in", str(certificate), "-noout", "-fingerprint", "-sha256"]
    shown = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    assert fingerprint(served) == shown
    assert served.apply(own).changed() == {}
    assert served.sh(HOST, f"stat -c '%a %U' {PEM}") == "600 root"

    ours = gatewaying.inventory(served)
    assert served.plan(ours).planned == served.apply(ours).changed()
    assert served.sh(HOST, "cat /run/nginx.pid") == main
    assert Door(served).ask("GET", "/api/version", key="chat").status == 200


def test_a_certificate_that_ends_soon_is_made_anew(served: Fleet, tmp_path: Path) -> None:
    before = fingerprint(served)
    authority = served.sh(HOST, "cat /etc/pyinfra-ollama/tls/authority.pem")
    shorter = gatewaying.inventory(served, tls={"days": 90}, server_names=[NAME, "other.example"])
    planned = {HOST: ["Have the gateway's certificate", "Have the gateway serving as declared"]}
    assert served.plan(shorter).planned == planned
    assert served.apply(shorter).changed() == planned
    assert fingerprint(served) != before
    # Clients that trust the authority go on.
    assert served.sh(HOST, "cat /etc/pyinfra-ollama/tls/authority.pem") == authority
    names = served.sh(HOST, f"openssl x509 -in {PEM} -noout -ext subjectAltName")
    assert "DNS:other.example" in names
    assert served.apply(shorter).changed() == {}
    served.apply(gatewaying.inventory(served))


def test_the_authority_is_fetched_for_clients(served: Fleet, tmp_path: Path) -> None:
    wanted = gatewaying.inventory(served, tls={"fetch_to": str(tmp_path / "{host}.pem")})
    served.apply(wanted)
    fetched = tmp_path / f"{HOST}.pem"
    context = ssl.create_default_context(cafile=str(fetched))
    assert context.get_ca_certs()
    assert served.apply(wanted).changed() == {}
    fetched.unlink()
    planned = served.plan(wanted).planned
    assert planned == {HOST: ["Have the gateway's authority for its clients"]}
    assert served.apply(wanted).changed() == planned
    assert fetched.exists()

    nowhere = gatewaying.inventory(served, tls={"fetch_to": "/dev/null/authority.pem"})
    ran = served.apply(nowhere, check=False)
    assert ran.code == 1
    assert "/dev/null/authority.pem could not be written" in ran.text
    assert "Traceback" not in ran.text


def test_a_port_that_another_program_holds_is_told_before_any_change(served: Fleet) -> None:
    served.sh(HOST, "systemctl stop nginx")
    served.sh(HOST, "systemd-run -q --unit=holder /usr/sbin/sshd -D -p 443")
    listening = "ss -Hltn 'sport = :443' | grep -q ."
    wait_until("the port is taken", lambda: served.ssh(HOST, listening).returncode == 0)
    ran = served.apply(gatewaying.inventory(served), check=False)
    served.sh(HOST, "systemctl stop holder")
    assert ran.code == 1
    assert "443 is held by sshd" in ran.text
    served.apply(gatewaying.inventory(served))


def test_a_persons_own_site_is_not_run_over(served: Fleet) -> None:
    served.reset(HOST)
    served.sh(HOST, "mkdir -p /etc/nginx/conf.d && echo '# theirs' >/etc/nginx/nginx.conf")
    ran = served.apply(gatewaying.inventory(served), check=False)
    assert ran.code == 1
    assert "/etc/nginx/nginx.conf" in ran.text
    assert served.sh(HOST, "cat /etc/nginx/nginx.conf") == "# theirs"
    served.reset(HOST)
