"""A gateway's host as its probe finds it: nginx with the declared files, everything good."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography import x509

from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.verifier.answers import PathState
from pyinfra_ollama.verifier.gateway import nginx
from pyinfra_ollama.verifier.gateway.asking import Inside, place
from tests.unit.decide.gateways import files
from tests.unit.settings.gateways import certificate

from .examples import socket

LOGS = "/var/log/pyinfra-ollama"


def shown(settings: GatewaySettings, **edits: tuple[str, str]) -> str:
    """What `nginx -T` says of the declared files, keys left out as the probe does.

    + edits: by the name of a file, with `_` for `-`: a text in it, and what takes its place
    """
    made = {
        file.path: file.content
        for file in files(settings).values()
        if file.path.startswith("/etc/nginx/") and file.path.endswith(".conf") and file.content
    }
    for name, (old, new) in edits.items():
        path = next(path for path in made if path.endswith(f"/{name.replace('_', '-')}.conf"))
        assert old in made[path], f"{path} has no {old!r}"
        made[path] = made[path].replace(old, new)
    main = "/etc/nginx/nginx.conf"
    order = [main, *sorted(set(made) - {main})]
    text = "".join(f"# configuration file {path}:\n{made[path]}\n" for path in order)
    return "".join(f"{line}\n" for line in text.splitlines() if '"~^' not in line)


def inside(settings: GatewaySettings, **edits: tuple[str, str]) -> Inside:
    """A good host of this gateway, its files edited; see `shown`."""
    gateway = settings.gateway
    listeners = [socket("127.0.0.1", gateway.status_port, 300, "nginx")]
    listeners += [socket("0.0.0.0", port, 300, "nginx") for port in gateway.ports]
    listeners += [socket("::", port, 300, "nginx") for port in gateway.ports]
    return Inside(
        problems={},
        uid=0,
        unit={
            "LoadState": "loaded",
            "ActiveState": "active",
            "SubState": "running",
            "UnitFileState": "enabled",
            "MainPID": "300",
        },
        running="a" * 64,
        disk="a" * 64,
        config=nginx.read(shown(settings, **edits)),
        judged="good",
        certificates=(),
        authority="",
        renewal={
            "ActiveState": "active",
            "UnitFileState": "enabled",
            "Result": "success",
            "Hook": "there",
        },
        sockets=(*listeners, socket("0.0.0.0", 22, 7, "sshd")),
        logs={
            LOGS: PathState(0o755, "root", "adm", 4096, "directory"),
            f"{LOGS}/gateway.log": PathState(0o640, "www-data", "adm", 1, "regular file"),
            f"{LOGS}/gateway-error.log": PathState(0o640, "www-data", "adm", 1, "regular file"),
        },
        written=(f"{LOGS}/gateway-error.log", f"{LOGS}/gateway.log"),
        rotated={"rotate": str(gateway.log_days), "program": "there", "timer": "active"},
        ipv6=True,
        backends={place(one): '{"version":"0.33.0"}' for one in settings.backends},
    )


def having(seen: Inside, **changed: Any) -> Inside:
    """The same host, but for this."""
    return replace(seen, **changed)


def issued(folder: Path, *names: str, days: float = 30) -> x509.Certificate:
    """A certificate of 90 days with these left."""
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    certificate(folder, *names, ends=ends)
    return x509.load_pem_x509_certificate((folder / "own.pem").read_bytes())
