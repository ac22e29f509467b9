"""A host that looks after itself, seen from outside: its log, and what it told of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfra_ollama.settings import Secret
from tests.fleet.damages import ANSWERS
from tests.fleet.harness import Fleet, wait_until

LOG = "/var/log/ollama-monitor.log"
TOLD = "/root/told"
HOOKED = "/root/hooked"
CANARY = "canary-hook"
HOOK = f"http://127.0.0.1:8099/{CANARY}"
DROP_IN = "/etc/systemd/system/ollama.service.d/90-trouble.conf"
# While this file is there, who is told takes a second to listen.
SLOW = "/root/slow"
NOTIFY = {"command": ["/root/page-me"], "repeat": "1h"}
# A server that hangs is restarted by the first look after its start is over.
SERVICE = {"start_timeout_seconds": 5}

RECEIVER = "systemd-run --quiet --collect --unit=receiver python3 /root/receiver.py"
_PAGER = f"#!/bin/sh\n[ ! -e {SLOW} ] || sleep 1; mkdir -p {TOLD}; cat >{TOLD}/$(date +%s.%N)\n"
_RECEIVER = f"""\
import http.server
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        open("{HOOKED}", "a").write(self.path + " " + body + "\\n")
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", 8099), Receiver).serve_forever()
"""


@dataclass
class Watched:
    """Its last declaration, and what came of a server that hung while the timer was quick."""

    inventory: Path
    log: list[str]
    told: list[dict[str, Any]]
    hooked: list[dict[str, Any]]


def have(fleet: Fleet, host: str, folder: Path) -> Watched:
    """A bare host becomes one that looks after itself, first every ten seconds, then seldom."""
    fleet.reset(host)
    notify = {**NOTIFY, "webhook": Secret.file(webhook(folder))}
    often, seldom = (
        fleet.inventory(
            host,
            service=SERVICE,
            monitoring={"interval": interval, "answer": "1s", "notify": notify},
        )
        for interval in ("10s", "1h")
    )
    fleet.apply(often)
    receive(fleet, host)
    # Without a look now, the first turn would be a minute after the boot.
    fleet.sh(host, f"{RECEIVER}; sleep 5; systemctl start ollama-monitor")
    before = fleet.pid(host)
    fleet.sh(host, f"kill -STOP {before}; : >{LOG}")
    wait_until("the timer's turn mends it", lambda: "ACTION" in fleet.sh(host, f"cat {LOG}"), 60)
    found = Watched(seldom, log(fleet, host), messages(fleet, host), hooked(fleet, host))
    assert fleet.pid(host) not in (before, "0")
    assert "Have the monitor's units" in fleet.apply(seldom).changed()[host]
    return found


def receive(fleet: Fleet, host: str) -> None:
    """Have a program and a webhook that keep what they are told."""
    fleet.sh(host, "cat >/root/page-me && chmod 755 /root/page-me", stdin=_PAGER)
    fleet.sh(host, "cat >/root/receiver.py", stdin=_RECEIVER)


def begin(fleet: Fleet, host: str) -> None:
    """Nothing remembered, nobody told, the server good."""
    fleet.sh(
        host,
        f"rm -rf {DROP_IN} {SLOW} {TOLD} {HOOKED} /run/pyinfra-ollama-monitor; : >{LOG}; "
        "ollama-monitor --maintenance off; systemctl daemon-reload; "
        f"systemctl reset-failed ollama; systemctl restart ollama; {ANSWERS}",
    )


def drop_in(fleet: Fleet, host: str, *lines: str) -> None:
    """Have more lines in the server's unit, for its next start or restart."""
    fleet.sh(
        host, f"cat >{DROP_IN}; systemctl daemon-reload", stdin="\n".join(["[Service]", *lines])
    )


def put_down(fleet: Fleet, host: str) -> None:
    """Have the server end, and systemd leave it alone: what a monitor mends without waiting."""
    drop_in(fleet, host, "Restart=no")
    fleet.sh(host, f"kill -9 {fleet.pid(host)}; while systemctl is-active -q ollama; do :; done")


def look(fleet: Fleet, host: str) -> list[str]:
    """Have the monitor look now, as its timer would, and give the log."""
    fleet.sh(host, "systemctl start ollama-monitor.service", timeout=150)
    return log(fleet, host)


def log(fleet: Fleet, host: str) -> list[str]:
    """Without the times."""
    return [line.partition(" ")[2] for line in fleet.sh(host, f"cat {LOG}").splitlines()]


def messages(fleet: Fleet, host: str) -> list[dict[str, Any]]:
    """What the program was told, in order."""
    said = fleet.sh(host, f"for file in {TOLD}/*; do cat $file 2>/dev/null; echo; done")
    return [json.loads(line) for line in said.splitlines() if line]


def hooked(fleet: Fleet, host: str) -> list[dict[str, Any]]:
    """What the webhook was told, in order."""
    lines = fleet.sh(host, f"cat {HOOKED} 2>/dev/null || true").splitlines()
    assert all(line.startswith(f"/{CANARY} ") for line in lines)
    return [json.loads(line.partition(" ")[2]) for line in lines]


def webhook(folder: Path) -> str:
    """Where the webhook's address is kept for settings."""
    path = folder / "webhook"
    path.write_text(f"{HOOK}\n")
    path.chmod(0o600)
    return str(path)
