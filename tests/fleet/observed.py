"""What the tests of metrics and of alerts share: a server behind its gateway, and its observer."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fleet import gatewaying
from tests.fleet.harness import Fleet

HOST, OBSERVER, STRANGER = "host1", "host2", "host3"
# A scrape, an evaluation, the alert's own minute, Alertmanager's pauses.
SOON = 240


def declared(fleet: Fleet, **more: Any) -> Path:
    """A server behind its gateway, and a host that observes it and itself."""
    each: dict[str, dict[str, Any]] = {
        HOST: {
            "ollama": {"models": fleet.models()},
            "gateway": {**gatewaying.declared(), "server_names": [gatewaying.NAME]},
            "firewall": {},
        },
        OBSERVER: {"ollama": None, "observer": {"scrape_seconds": 5, **more}},
    }
    return fleet.inventory(HOST, OBSERVER, each=each, metrics={}, verify={"generate": False})


@contextmanager
def observed(fleet: Fleet) -> Iterator[Path]:
    """Both, made anew on bare hosts; what was foretold is what was done."""
    fleet.reset(HOST, OBSERVER)
    made = declared(fleet)
    planned = fleet.plan(made).planned
    assert fleet.apply(made).changed() == planned
    yield made
    fleet.sh(HOST, "ufw --force disable")


def api(fleet: Fleet, path: str) -> Any:
    """What Prometheus or Alertmanager says, by port and path."""
    url = shlex.quote(f"http://127.0.0.1:{path}")
    return json.loads(fleet.sh(OBSERVER, f"curl --fail -sS {url}"))


def alerts(fleet: Fleet) -> set[str]:
    """What Alertmanager has, of the server's host."""
    rows = api(fleet, "9093/api/v2/alerts?active=true")
    return {row["labels"]["alertname"] for row in rows if row["labels"]["instance"] == HOST}
