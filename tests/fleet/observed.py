"""What the tests of metrics and of alerts share: a server behind its gateway, and its observer."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

from pyinfra_ollama.settings import Secret
from tests.fleet import gatewaying
from tests.fleet.generating import generating
from tests.fleet.harness import Fleet

HOST, OBSERVER = "host1", "host2"
# Scrapes, evaluations, an alert's own time; a busy machine's patience.
SOON = 120
HOOK, TOLD = 9099, "/root/told"
os.environ["ALERT_WEBHOOK"] = f"http://127.0.0.1:{HOOK}/alerts"
# What takes minutes takes seconds; the host looks after itself every ten.
QUICK: dict[str, Any] = {
    "alerts": {"patience": 0.02, "restarts": 2, "monitor_silent_seconds": 20},
    "receiver": {
        "webhook": Secret.env("ALERT_WEBHOOK"),
        "wait_seconds": 1,
        "update_seconds": 1,
    },
}
os.environ["ALERTED_PASSWORD"] = "canary-alerted-password"
ALSO = {
    "monitoring": {"interval": "10s", "answer": "1s"},
    "backup": {"repository": {"path": "/srv/backup"}, "password": Secret.env("ALERTED_PASSWORD")},
}
# Takes what Alertmanager sends, one line for each message.
_LISTENER = f"""
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        with open("{TOLD}", "ab") as file:
            file.write(text.replace(b"\\n", b" ") + b"\\n")
        self.send_response(200)
        self.end_headers()
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", {HOOK}), Handler).serve_forever()
"""


def declared(fleet: Fleet, *, also: dict[str, Any] | None = None, **more: Any) -> Path:
    """A server behind its gateway, and a host that observes it and itself.

    `also`: further variables of the first; keywords are fields of Observer.
    """
    each: dict[str, dict[str, Any]] = {
        HOST: {
            "ollama": {"models": fleet.models()},
            "gateway": {**gatewaying.declared(), "server_names": [gatewaying.NAME]},
            "firewall": {},
            **(also or {}),
        },
        OBSERVER: {
            "ollama": None,
            "observer": {"scrape_seconds": 5, **more},
            # Asked by itself at an address that others could use.
            "metrics": {"listen": fleet.lab.host(OBSERVER).address},
        },
    }
    return fleet.inventory(HOST, OBSERVER, each=each, metrics={}, verify={"generate": False})


def have(fleet: Fleet, made: Path) -> Path:
    """Both, made anew on bare hosts unless they are there; what was foretold is what was done."""
    if fleet.ssh(OBSERVER, "systemctl is-active -q prometheus").returncode:
        fleet.reset(HOST, OBSERVER)
    planned = fleet.plan(made).planned
    assert fleet.apply(made).changed() == planned
    return made


def api(fleet: Fleet, path: str) -> Any:
    """What Prometheus or Alertmanager says, by port and path."""
    url = shlex.quote(f"http://127.0.0.1:{path}")
    return json.loads(fleet.sh(OBSERVER, f"curl --fail -sS {url}"))


def listen(fleet: Fleet) -> None:
    """Have the observer's host take what Alertmanager sends."""
    begin = f"systemd-run -q --unit=hook python3 -c {shlex.quote(_LISTENER)}"
    fleet.sh(OBSERVER, f"systemctl stop hook 2>/dev/null; rm -f {TOLD}; {begin}")


def alerts(fleet: Fleet) -> set[str]:
    """What Prometheus or Alertmanager says is wrong."""
    fires = api(fleet, "9090/api/v1/alerts")["data"]["alerts"]
    known = api(fleet, "9093/api/v2/alerts?active=true")
    return {row["labels"]["alertname"] for row in (*fires, *known)}


def told(fleet: Fleet, status: str) -> set[str]:
    """Alerts that were delivered as firing, or as resolved."""
    said = fleet.sh(OBSERVER, f"cat {TOLD} 2>/dev/null || true")
    messages = [json.loads(line) for line in said.splitlines()]
    return {
        alert["labels"]["alertname"]
        for message in messages
        for alert in message["alerts"]
        if alert["status"] == status
    }


def asked(fleet: Fleet, expression: str) -> float:
    """What Prometheus says to an expression with one answer; -1 when there is none."""
    command = f"promtool query instant http://127.0.0.1:9090 {shlex.quote(expression)}"
    said = fleet.sh(OBSERVER, command)
    return float(said.rpartition("=>")[2].split()[0]) if "=>" in said else -1.0


def page(fleet: Fleet) -> dict[str, float]:
    """The exporter's page, made anew: it is kept for a second."""
    text = fleet.sh(HOST, "sleep 1.1; curl --fail -sS http://127.0.0.1:9434/metrics")
    rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def of_model(fleet: Fleet, name: str) -> str:
    return f'ollama_runner_{name}{{model="{fleet.chat()["name"]}"}}'


def of_gateway(name: str, endpoint: str) -> str:
    """How often the gateway's time of this name was counted for the key that tests have."""
    labels = f'who="chat",endpoint="{endpoint}",status="2xx"'
    return f"ollama_gateway_{name}_seconds_count{{{labels}}}"


def requests(found: dict[str, float]) -> dict[tuple[str, str, str], float]:
    """How many requests by who, endpoint and status."""
    name = 'ollama_gateway_requests_total{who="(.*)",endpoint="(.*)",status="(.*)"}'
    matches = ((re.fullmatch(name, key), value) for key, value in found.items())
    return {(m[1], m[2], m[3]): value for m, value in matches if m}


def refusal(address: str, port: int) -> str:
    """How a request of this machine fails."""
    asked = http.client.HTTPConnection(address, port, timeout=3)
    try:
        asked.request("GET", "/metrics")
        return f"answered {asked.getresponse().status}"
    except OSError as error:
        return type(error).__name__
    finally:
        asked.close()


def chat(fleet: Fleet, *, stream: bool) -> None:
    """Have a model say two words through the gateway."""
    asked = {
        "model": fleet.chat()["name"],
        "messages": [{"role": "user", "content": "Hi."}],
        "options": {"num_predict": 2},
        "stream": stream,
    }
    head = f"curl --fail -sSk -o /dev/null -H 'X-Api-Key: {gatewaying.KEYS['chat']}'"
    body = shlex.quote(json.dumps(asked))
    with generating():
        fleet.sh(HOST, f"{head} -d {body} https://127.0.0.1/api/chat", timeout=120)


def counting(model: str, requests: int) -> str:
    """A command that asks a model so many times for a few words; a line for each answer."""
    # One thread: two spin against whatever else the machine does.
    options = {"num_predict": 16, "temperature": 0, "num_thread": 1}
    asked = {"model": model, "prompt": "Count from NUMBER.", "stream": False, "options": options}
    body = f"printf %s {shlex.quote(json.dumps(asked))} | sed s/NUMBER/$i/"
    ask = "curl --fail -sS http://127.0.0.1:11434/api/generate -d @-"
    return f"for i in $(seq {requests}); do {body} | {ask}; echo; done"
