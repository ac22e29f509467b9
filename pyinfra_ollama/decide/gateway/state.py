"""What the gateway needs to be as declared: read off the host's state alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile, changed
from pyinfra_ollama.settings import Acme, GatewaySettings, SelfSigned
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.gateway import GatewayState

# Workers, which run as www-data, open the logs anew at each rotation.
LOGS = "755 root:adm"
# nginx makes it root's alone, and people and the exporter read it as the group.
LOG = "640 www-data:adm"
PROVISIONAL_DAYS = 90
_UNASKED = GatewayState("unknown", "", "", None, (), ())


@dataclass(frozen=True)
class CertificateNeed:
    """Why the host's authority has to make a certificate; `names` are to be in it."""

    reasons: tuple[str, ...]
    names: tuple[str, ...]
    days: int


def state(snapshot: Snapshot) -> GatewayState:
    """The gateway's part of the snapshot."""
    return snapshot.gateway or _UNASKED


def certificate_need(settings: GatewaySettings, snapshot: Snapshot) -> CertificateNeed:
    """Whether a certificate of the host's own making is missing, too old or for other names."""
    tls = settings.gateway.tls
    found, names = state(snapshot).certificate, settings.gateway.server_names
    if isinstance(tls, Acme) and found is None:
        # So that nginx can serve what the authority asks for before there is any of it.
        return CertificateNeed(("there is none to begin with",), names, PROVISIONAL_DAYS)
    if not isinstance(tls, SelfSigned):
        return CertificateNeed((), (), 0)
    reasons = []
    if found is None:
        reasons.append("there is none")
    else:
        missing = [name for name in names if name not in found.names]
        if not found.issued_here:
            reasons.append("it is not of the host's own authority")
        if missing:
            reasons.append(f"it is not for {', '.join(missing)}")
        days = (found.ends - snapshot.now) // 86400
        if found.ends - snapshot.now < tls.days * 86400 // 3:
            reasons.append(f"it is valid for {days} more days")
        if found.ends - found.begins > (tls.days + 1) * 86400:
            reasons.append(f"it is valid for longer than {tls.days} days")
    return CertificateNeed(tuple(reasons), names, tls.days)


def stamp(files: Iterable[ManagedFile], snapshot: Snapshot) -> str:
    """The hash that scripts/gateway.sh makes of the declared files, and of what lies beside."""
    hashes = {path: state.sha256 for path, state in snapshot.files.items()}
    hashes |= {file.path: file.sha256 for file in files}
    lines = (f"{hashes[p]}  {p}\n" for p in layout.GATEWAY_STAMPED if hashes.get(p))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def rewritten(files: Iterable[ManagedFile], snapshot: Snapshot) -> bool:
    """Whether files that nginx reads only when it starts are about to be put in place."""
    return bool(changed((f for f in files if f.path in layout.GATEWAY_STAMPED), snapshot.files))


def acme_reasons(settings: GatewaySettings, snapshot: Snapshot) -> tuple[str, ...]:
    """Why the ACME authority has to be asked; renewals are certbot's business."""
    tls, found = settings.gateway.tls, state(snapshot)
    if not isinstance(tls, Acme):
        return ()
    if found.lineage is None:
        return ("there is no certificate of the authority",)
    reasons = []
    if found.lineage.directory != tls.directory_url:
        reasons.append(f"the certificate is of {found.lineage.directory}")
    place = snapshot.files.get(layout.TLS_PEM)
    if place is None or place.sha256 != found.lineage.sha256:
        reasons.append("nginx has another certificate than the authority's")
    elif found.certificate and found.certificate.names != set(settings.gateway.server_names):
        reasons.append(f"it is for {', '.join(sorted(found.certificate.names))}")
    if found.certificate and found.certificate.ends < snapshot.now:
        reasons.append("it has expired")
    if not found.lineage.renewed:
        reasons.append("certbot's timer is not enabled")
    return tuple(reasons)


@dataclass(frozen=True)
class Need:
    """`reasons` in words; `running`: nginx runs, so that it is reloaded and not started."""

    reasons: tuple[str, ...]
    running: bool


def need(settings: GatewaySettings, files: Iterable[ManagedFile], snapshot: Snapshot) -> Need:
    """Compare what nginx says it was started with to what is declared.

    What the operations before this one are about to do is foretold. What nginx says is not enough:
    files that a person edited and had it reload carry the stamp of the declared ones.
    """
    found = state(snapshot)
    running = found.active == "active"
    reasons = []
    if not running:
        reasons.append(f"nginx is {found.active}")
    if found.enabled != "enabled":
        reasons.append("nginx is not enabled")
    if found.logs != LOGS:
        reasons.append("the folder of the logs is not as it should be")
    elif found.log != LOG:
        reasons.append("the log of requests is not as it should be")
    if running and found.running is None:
        reasons.append("the running nginx is not this gateway")
    elif running and certificate_need(settings, snapshot).reasons:
        reasons.append("the running nginx has another certificate")
    elif running and found.running != stamp(files, snapshot):
        reasons.append("the running nginx was started with other files")
    elif running and (layout.NGINX_DUE in snapshot.files or rewritten(files, snapshot)):
        reasons.append("files were put in place since nginx was started")
    return Need(tuple(reasons), running)
