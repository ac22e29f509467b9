"""An ACME authority on one of the lab's hosts: Debian's pebble, Let's Encrypt's own test server."""

from __future__ import annotations

import json
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fleet.harness import Fleet, wait_until

FOLDER = "/srv/pebble"
DIRECTORY, MANAGEMENT = 14000, 15000
# certbot renews when less than 30 days are left: each of these is due at once.
DAYS = 20
SETUP = f"""\
set -eu
mkdir -p {FOLDER} && cd {FOLDER}
command -v pebble >/dev/null || {{
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends pebble
}} >apt.log 2>&1 </dev/null
# The HTTPS that certbot talks to it with; what it issues is of another authority of its own.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=pebble \
  -addext "subjectAltName=IP:$1" -keyout key.pem -out https.pem 2>/dev/null
cat >config.json <<'END'
CONFIG
END
"""


@dataclass(frozen=True)
class Authority:
    """`https` is the file with the certificate that its own HTTPS is checked with."""

    fleet: Fleet
    host: str
    https: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return self.fleet.lab.host(self.host).address

    @property
    def directory(self) -> str:
        """Its URL for certbot."""
        return f"https://{self.address}:{DIRECTORY}/dir"

    @property
    def tls(self) -> dict[str, object]:
        """What a gateway declares to have its certificate from here."""
        return {
            "agree_tos": True,
            "directory_url": self.directory,
            "email": "ops@example.com",
            "authority": str(self.https),
        }

    def start(self) -> None:
        """Have it answer. What it knew is gone: each start makes a new root."""
        run = "systemd-run -q --collect --unit=pebble -E PEBBLE_VA_NOSLEEP=1"
        self.fleet.sh(self.host, f"cd {FOLDER} && {run} --same-dir pebble -config config.json")
        wait_until("pebble answers", self._answers)

    def stop(self) -> None:
        """End it."""
        self.fleet.sh(self.host, "systemctl stop pebble")

    def root(self) -> str:
        """The certificate that clients trust."""
        return self._get(f"https://{self.address}:{MANAGEMENT}/roots/0")

    def _answers(self) -> bool:
        try:
            return bool(self._get(self.directory))
        except OSError:
            return False

    def _get(self, url: str) -> str:
        context = ssl.create_default_context(cafile=self.https)
        # Straight to the lab: no proxy of this machine leads there.
        direct = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        with urllib.request.build_opener(*direct).open(url, timeout=10) as answer:
            return str(answer.read().decode())


def made(fleet: Fleet, host: str, folder: Path, names: Mapping[str, str]) -> Authority:
    """An authority on a host, not started yet, which finds the names at these addresses."""
    config = {
        "listenAddress": f"0.0.0.0:{DIRECTORY}",
        "managementListenAddress": f"0.0.0.0:{MANAGEMENT}",
        "certificate": "https.pem",
        "privateKey": "key.pem",
        "httpPort": 80,
        "tlsPort": 443,
        "certificateValidityPeriod": DAYS * 86400,
    }
    lines = "".join(f"{address} {name}\n" for name, address in names.items())
    fleet.sh(host, "cat >>/etc/hosts", stdin=lines)
    authority = Authority(fleet, host, folder / "pebble.pem")
    setup = SETUP.replace("CONFIG", json.dumps({"pebble": config}))
    fleet.sh(host, f"sh -s {authority.address}", stdin=setup, timeout=300)
    authority.https.write_text(fleet.sh(host, f"cat {FOLDER}/https.pem"))
    return authority
