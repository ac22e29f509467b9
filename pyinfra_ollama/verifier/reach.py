"""Looking at a host from this machine, without SSH: does its API answer at a public address?"""

from __future__ import annotations

import ipaddress
import socket

import requests
from pyinfra.api.host import Host

from pyinfra_ollama.engine import peer_address
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.verifier.checks.listeners import Outside, is_loopback

__all__ = ["look"]

LOOK_SECONDS = 2.0


def look(host: Host, settings: HostSettings) -> Outside | None:
    """Try the declared port from here; None where this machine has no own way to the host.

    At the declared address, or at the one SSH uses when the server is on loopback or on all
    addresses. A connection alone counts as reachable: whatever accepts it forwards somewhere.
    """
    address, port = settings.ollama.listen
    declared = ipaddress.ip_address(address)
    if declared.is_loopback or declared.is_unspecified:
        reached = peer_address(host)
        # Through a forwarded port the address would be this machine's own.
        if reached is None or is_loopback(reached):
            return None
        address = reached
    try:
        socket.create_connection((address, port), LOOK_SECONDS).close()
    except TimeoutError:
        return Outside(address, port, accepts=False, said=f"says nothing within {LOOK_SECONDS:g} s")
    except OSError as error:
        reason = error.strerror or str(error)
        return Outside(address, port, accepts=False, said=f"does not answer: {reason.lower()}")
    return _version(address, port)


def _version(address: str, port: int) -> Outside:
    name = f"[{address}]" if ":" in address else address
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.get(f"http://{name}:{port}/api/version", timeout=LOOK_SECONDS)
            version = str(response.json()["version"])
        except (requests.RequestException, ValueError, KeyError, TypeError):
            said = "accepts connections, without a version of Ollama"
            return Outside(address, port, accepts=True, said=said)
    return Outside(address, port, accepts=True, said=f"answers with {version}", version=version)
