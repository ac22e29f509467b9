"""Asking a gateway's host: `probe.sh` run by root, and its answer; `None` is "could not tell"."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cryptography import x509
from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.verifier.answers import PathState, Socket
from pyinfra_ollama.verifier.gateway import nginx
from pyinfra_ollama.verifier.reading import Reader, path_state, sections, socket, split

__all__ = ["Inside", "ask", "logged", "read"]

ASK_SECONDS = 60


@dataclass(frozen=True)
class Inside:
    """What a gateway's host says of its nginx.

    `running`, `disk`: the hash of what nginx was started with and of what lies there; `config` is
    what it would be started with now, or why it is none; `written`: the logs it has open;
    `backends`: what each said to this host.
    """

    problems: Mapping[str, str]
    uid: int | None = None
    unit: Mapping[str, str] | None = None
    running: str | None = None
    disk: str | None = None
    config: nginx.Directive | None = None
    judged: str | None = None
    certificates: tuple[x509.Certificate, ...] | None = None
    authority: str | None = None
    renewal: Mapping[str, str] | None = None
    sockets: tuple[Socket, ...] | None = None
    logs: Mapping[str, PathState | None] | None = None
    written: tuple[str, ...] | None = None
    rotated: Mapping[str, str] | None = None
    ipv6: bool | None = None
    backends: Mapping[str, str] | None = None

    def why(self, *names: str) -> str:
        """Why one of these parts could not be told."""
        reasons = [f"{name}: {self.problems[name]}" for name in names if name in self.problems]
        return "; ".join(reasons) or "the host did not say"


def ask(host: Host, settings: GatewaySettings) -> Inside:
    """Run the script. Raises `HostError` when the host gives no answer, or not as root."""
    port = str(settings.gateway.status_port)
    output = run_script(
        host, _script("probe.sh"), port, *map(place, settings.backends), timeout_seconds=ASK_SECONDS
    )
    if not output.stdout:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise HostError(f"the gateway was not asked; the host said: {said[:300]}")
    seen = read(output.stdout)
    if seen.uid:
        raise HostError(
            f"the commands ran as user {seen.uid}, not as root; set _sudo=True in the host's "
            "data, or give --sudo"
        )
    return seen


def place(backend: Any) -> str:
    """A backend as nginx and curl write it."""
    bracketed = f"[{backend.address}]" if ":" in backend.address else backend.address
    return f"{bracketed}:{backend.port}"


def logged(host: Host, ids: Iterable[str]) -> list[Mapping[str, Any]] | None:
    """The lines of the access log for these requests; None when it could not be read."""
    wanted = [one for one in ids if re.fullmatch(r"[0-9a-f]{32}", one)]
    output = run_script(host, _script("log.sh"), *wanted, timeout_seconds=ASK_SECONDS)
    if not output.stdout or output.stdout[-1] != "@@done":
        return None
    lines: list[Mapping[str, Any]] = []
    for line in output.stdout[:-1]:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            lines.append(said)
    return lines


@cache
def _script(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def read(lines: Sequence[str]) -> Inside:
    """Read the script's output; a cut, failed or damaged section is unknown."""
    whole, problems = sections(lines)
    part = Reader(whole, problems)
    stamp = part("stamp", _words) or {}
    return Inside(
        problems=problems,
        uid=part("uid", lambda body: int(body[0])),
        unit=part("unit", lambda body: dict(split(line, "=") for line in body)),
        running=stamp.get("running"),
        disk=stamp.get("disk"),
        config=part("config", _config),
        judged=part("judged", lambda body: " ".join(body)),
        certificates=part("certificate", _certificates),
        authority=part("authority", lambda body: "\n".join([*body, ""]) if body else ""),
        renewal=part("renewal", lambda body: dict(split(line, "=") for line in body)),
        sockets=part("sockets", lambda body: tuple(map(socket, body))),
        logs=part("logs", lambda body: dict(map(path_state, body))),
        written=part("written", tuple),
        rotated=part("rotated", _words),
        ipv6=part("ipv6", lambda body: body[0] == "yes"),
        backends=part("backends", _words),
    )


def _words(body: list[str]) -> dict[str, str]:
    pairs = (line.partition(" ") for line in body)
    return {key: value.strip() for key, _, value in pairs}


def _config(body: list[str]) -> nginx.Directive:
    return nginx.read(base64.b64decode("".join(body), validate=True).decode("utf-8", "replace"))


def _certificates(body: list[str]) -> tuple[x509.Certificate, ...]:
    if not body:
        return ()
    return tuple(x509.load_pem_x509_certificates("\n".join([*body, ""]).encode()))
