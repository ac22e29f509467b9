"""The gateway's part of a host's answer, as recorded on Debian 12 in 2026-11."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama.snapshot import SnapshotError, parse
from pyinfra_ollama.snapshot.gateway import CertificateState, GatewayState

CONVERGED = (Path(__file__).parent / "converged.txt").read_text().splitlines()
ASKED = """\
@@pyinfra-ollama:gateway
ActiveState=active
UnitFileState=enabled
IPv6=there
Logs=755 root:adm
Log=640 www-data:adm
Running=0f859c6a7d76ecca31c9916b6d3efd87a61c9bd1d0815b3300cf130ec6507761
Listener=LISTEN 0 511 0.0.0.0:443 0.0.0.0:* users:(("nginx",pid=1960,fd=6))
Listener=LISTEN 0 511 127.0.0.1:9180 0.0.0.0:* users:(("nginx",pid=1960,fd=9))

@@pyinfra-ollama:certificate
notBefore=Nov 20 14:02:18 2026 GMT
notAfter=Dec 22 14:02:18 2027 GMT
X509v3 Subject Alternative Name:
    DNS:llm.example.com, DNS:localhost, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1
issued=here

@@pyinfra-ollama:authority
-----BEGIN CERTIFICATE-----
MIIBwTCCAWagAwIBAgIUJAY8BuXrymGN81ZAFmriRSdXMOIwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----

@@pyinfra-ollama:end
""".splitlines()
BARE = """\
@@pyinfra-ollama:gateway
ActiveState=inactive
UnitFileState=
Running=

@@pyinfra-ollama:certificate

@@pyinfra-ollama:authority

@@pyinfra-ollama:end
""".splitlines()


def answer(lines: list[str]) -> GatewayState | None:
    return parse([*CONVERGED[: CONVERGED.index("@@pyinfra-ollama:end")], *lines]).gateway


def test_a_gateway_that_serves() -> None:
    found = answer(ASKED)
    assert found is not None
    assert (found.active, found.enabled, found.logs) == ("active", "enabled", "755 root:adm")
    assert found.log == "640 www-data:adm"
    assert found.running is not None
    assert found.running.startswith("0f859c6a")
    assert len(found.listeners) == 2
    assert found.certificate == CertificateState(
        begins=1795183338,
        ends=1829484138,
        names=frozenset({"llm.example.com", "localhost", "127.0.0.1", "fd00::1"}),
        issued_here=True,
    )
    assert found.authority == "\n".join([*ASKED[-5:-2], ""])


def test_a_bare_host() -> None:
    assert answer(BARE) == GatewayState("inactive", "", "", None, (), (), ipv6=False)


def test_a_host_that_was_not_asked() -> None:
    assert parse(CONVERGED).gateway is None


@pytest.mark.parametrize("missing", ["Running", "@@pyinfra-ollama:authority"])
def test_what_was_cut_off_is_no_answer(missing: str) -> None:
    with pytest.raises(SnapshotError):
        answer([line for line in ASKED if not line.startswith(missing)])
