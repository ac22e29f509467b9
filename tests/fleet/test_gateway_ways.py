"""Other gateways than the usual one, their certificates, and what stands in the way of one."""

from __future__ import annotations

import ssl
import subprocess
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet import gatewaying
from tests.fleet.gatewaying import HOST, KEYS, NAME, PASSWORD, WIDE, Door, basic, secret
from tests.fleet.harness import Fleet, wait_until

VERIFY = "Have the deployment verified"
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
    steps = ("Have the gateway's certificate", "Have the gateway serving as declared", VERIFY)
    planned = {HOST: [*steps]}
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


def test_users_without_keys_and_a_network_that_administers(served: Fleet) -> None:
    """From here ada may do everything, from the host itself what users may."""
    users = [{"name": "ada", "password": secret("ada")}]
    near = {"admin_networks": [f"{served.lab.gateway}/32"], "show": True}
    wanted = gatewaying.inventory(served, keys=[], users=users, **near)
    assert served.plan(wanted).planned == served.apply(wanted).changed()
    door = Door(served)
    ada = basic("ada", PASSWORD)
    assert door.ask("GET", "/api/version", Authorization=ada).status == 200
    assert door.ask("POST", "/api/copy", Authorization=ada, body=b"{").status == 400
    refused = door.ask("GET", "/api/version", key="chat")
    assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Basic realm="Ollama"')
    assert door.ask("POST", "/api/copy", body=b"{").status == 401
    ask = f"curl -sk -o /dev/null -w '%{{http_code}}' -d '{{' -u 'ada:{PASSWORD}'"
    said = [served.sh(HOST, f"{ask} https://127.0.0.1/api/{name}") for name in ("show", "copy")]
    assert said == ["400", "401"]
    assert served.apply(wanted).changed() == {}


def test_neither_keys_nor_tls_where_it_is_meant_so(served: Fleet) -> None:
    """Behind something else that does TLS and asks who calls."""
    open_to_all = {"allow_plain": True, "allow_anonymous": True, "tls": None, "port": 8080}
    wanted = gatewaying.inventory(served, keys=[], **open_to_all)
    assert served.plan(wanted).planned == served.apply(wanted).changed()
    ask = "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080"
    assert served.sh(HOST, f"{ask}/api/version") == "200"
    assert served.sh(HOST, f"{ask}/api/chat -d '{{'") == "400"
    assert served.sh(HOST, f"{ask}/api/pull -d '{{'") == "403"
    # A page that somebody looks at on the way could use the models.
    assert served.sh(HOST, f"{ask}/api/version -H 'Origin: https://evil.example.com'") == "403"
    ports = served.sh(HOST, "ss -Hltnp | grep '\"nginx\"' | awk '{ print $4 }' | sort -u")
    assert {line.rpartition(":")[2] for line in ports.splitlines()} == {"8080", "9180"}
    assert served.apply(wanted).changed() == {}
    served.apply(gatewaying.inventory(served))
    assert Door(served).ask("GET", "/api/version", key="chat").status == 200


def test_limits_of_an_address_and_of_all_together(served: Fleet) -> None:
    """Whatever keys come from it, and whoever is there already."""
    limits = {**WIDE, "rate_per_address": 1, "burst_per_address": 2, "concurrent": 2}
    served.apply(gatewaying.inventory(served, limits=limits))
    door = Door(served)
    keys = ("chat", "ops", "eye", "chat", "ops", "eye")
    said = [door.ask("GET", "/api/version", key=key).status for key in keys]
    assert set(said) == {200, 429}
    addresses = count(2)

    def another() -> str:
        """What an address is answered that never asked before."""
        ask = f"curl -sk -o /dev/null -w '%{{http_code}}' --interface 127.0.0.{next(addresses)}"
        key = f"-H 'x-api-key: {KEYS['eye']}'"
        return served.sh(HOST, f"{ask} {key} https://127.0.0.1/api/version")

    assert another() == "200", "each address has a pace of its own"
    head = (
        f"POST /api/embed HTTP/1.1\r\nHost: x\r\nx-api-key: {KEYS['chat']}\r\n"
        "Content-Length: 100\r\n\r\n{"
    )
    with ExitStack() as held:

        def holds_two() -> bool:
            connection = held.enter_context(door.connect())
            connection.sendall(head.encode())
            return another() == "429"

        wait_until("the third is refused", holds_two, 20)
    wait_until("there is room again", lambda: another() == "200", 10)
    served.apply(gatewaying.inventory(served))


def test_ports_that_apache_has_are_told_before_any_change(served: Fleet) -> None:
    served.sh(HOST, "systemctl stop nginx")
    install = "DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends apache2"
    served.sh(HOST, f"{install} >/dev/null 2>&1", timeout=120)
    try:
        served.sh(HOST, "systemctl start apache2")
        ran = served.apply(gatewaying.inventory(served), check=False)
    finally:
        served.sh(HOST, "systemctl disable -q --now apache2")
    assert ran.code == 1
    assert "80 is held by apache2" in ran.text
    assert "Traceback" not in ran.text
    assert list(served.apply(gatewaying.inventory(served)).changed()) == [HOST]


def test_a_persons_own_site_is_not_run_over(served: Fleet) -> None:
    served.reset(HOST)
    served.sh(HOST, "mkdir -p /etc/nginx/conf.d && echo '# theirs' >/etc/nginx/nginx.conf")
    ran = served.apply(gatewaying.inventory(served), check=False)
    assert ran.code == 1
    assert "/etc/nginx/nginx.conf" in ran.text
    assert served.sh(HOST, "cat /etc/nginx/nginx.conf") == "# theirs"
    served.reset(HOST)
