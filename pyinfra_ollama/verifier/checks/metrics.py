"""The checks `exporters`, `exporter-ports`, `outside-metrics`, `observer` and `targets`."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import TYPE_CHECKING

from pyinfra_ollama.settings import Declared, MetricsSettings, ObserverSettings
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, skipped, unknown, warned
from pyinfra_ollama.verifier.metrics import (
    ALERTMANAGER,
    EXPORTER,
    PROMETHEUS,
    Monitored,
    asked,
    pages,
    place,
    units,
)
from pyinfra_ollama.verifier.results import Result

if TYPE_CHECKING:
    from pyinfra_ollama.verifier.outside.metrics import Reached

__all__ = ["exporters", "observer", "outside", "ports", "targets"]

JOURNAL = "journalctl -u ollama-exporter -n 20"
# Written down a second time on purpose, as in `base`.
LOCAL = {"node": 9100, "nginx": 9113}
# Some of the alerts that there must be; all of them are the rules' own business.
ALERTS = ("OllamaDown", "OllamaHostUnreachable", "OllamaDiskFull", "OllamaCertificateExpires")


def exporters(declared: Declared, seen: Monitored) -> Result:
    """Exporters run, come back after a boot, and can read all they are to read."""
    expected = "exporters active, enabled, and able to read their sources"
    if seen.units is None:
        return unknown("exporters", seen.why("units"), look="systemctl status ollama-exporter")
    page, statuses = seen.page, seen.statuses
    wrong = _units(seen, [one for one in units(declared) if one not in (PROMETHEUS, ALERTMANAGER)])
    if page is None or statuses is None:
        wrong.append(seen.why(*(n for n in ("page", "statuses") if getattr(seen, n) is None)))
        page, statuses = {}, {}
    wrong += [f"{path} answers {status}" for path, status in statuses.items() if status != "200"]
    blind = [name for name, value in page.items() if value != 1 and name != "ollama_up"]
    wrong += [f"{name} is 0" for name in blind]
    if wrong:
        # The page of the exporter that runs: what root would make shows other rights.
        page_of = f"http://{place(declared.metrics)}/metrics" if declared.metrics else ""
        look = f"curl -sS {page_of} | grep -E 'source_up|log_readable'; " + JOURNAL
        return failed("exporters", expected=expected, found=listed(wrong), look=look)
    return passed("exporters", f"{len(units(declared))} units, all sources read", expected=expected)


def ports(settings: MetricsSettings, seen: Monitored) -> Result:
    """Metrics are read at one address and port; Debian's exporters are on loopback only."""
    if seen.sockets is None:
        return unknown("exporter-ports", seen.why("sockets"), look="ss -ltnp")
    port = settings.metrics.port
    found = {(s.address, s.port) for s in seen.sockets if s.port in (port, *LOCAL.values())}
    wide = sorted(
        f"{address}:{number}"
        for address, number in found
        if number != port and not _is_loopback(address)
    )
    listened = {address for address, number in found if number == port}
    # "*" is :: that takes IPv4 as well; without IPv6 it is 0.0.0.0.
    wanted = {"*", "0.0.0.0"} if settings.address == "::" else {settings.address}
    expected = f"port {port} on {settings.address}, {listed(map(str, LOCAL.values()))} on 127.0.0.1"
    if not wide and listened and listened <= wanted:
        return passed("exporter-ports", f"port {port} on {listed(listened)}", expected=expected)
    if not wide and not listened and _units(seen, [EXPORTER]):
        words = f"port {port} on nothing (red in exporters)"
        return warned("exporter-ports", expected=expected, found=words)
    what = [
        f"port {port} on {listed(sorted(listened), 'nothing')}",
        *(f"{w} is open" for w in wide),
    ]
    return failed("exporter-ports", expected=expected, found=listed(what), look="ss -ltnp")


def outside(settings: MetricsSettings, seen: Reached | None, red: Collection[str]) -> Result:
    """Observers are answered, others are not, and what is loopback's is not reached."""
    if seen is None:
        reason = "the host is local, or behind a jump host, or forwarded"
        return skipped("outside-metrics", reason)
    where = f"{seen.address} port {settings.metrics.port}"
    look = f"curl -sS --max-time 5 http://HOST:{settings.metrics.port}/metrics   (from here)"
    taken = [name for name, is_open in seen.local.items() if is_open]
    wrong = [f"port {LOCAL[name]} of {name} is open" for name in taken]
    if seen.source is None:
        expected = f"{listed(map(str, LOCAL.values()))} closed"
        if not wrong:
            return skipped("outside-metrics", "it is not known which address we come from")
    else:
        # The host itself is answered too, at the address that its exporter listens on.
        observes = seen.source in (*settings.observers, settings.address)
        expected = f"{where} answers {seen.source}" if observes else f"{where} does not answer us"
        if seen.answers != observes:
            said = "answers" if seen.answers else "does not answer"
            wrong.append(f"{where} {said} {seen.source}")
    if not wrong:
        return passed("outside-metrics", expected, expected=expected)
    found = listed(wrong)
    also = [name for name in red if name in ("exporters", "exporter-ports", "firewall")]
    if also:
        found = f"{found} (red in {listed(also)})"
        return warned("outside-metrics", expected=expected, found=found)
    return failed("outside-metrics", expected=expected, found=found, look=look)


def observer(settings: ObserverSettings, seen: Monitored) -> Result:
    """Prometheus and Alertmanager run on loopback with our rules."""
    wanted = settings.observer
    expected = "Prometheus and Alertmanager active, enabled, on 127.0.0.1, with the alert rules"
    look = "systemctl status prometheus prometheus-alertmanager"
    if seen.units is None or seen.sockets is None:
        return unknown("observer", seen.why("units", "sockets"), look=look)
    wrong = _units(seen, [PROMETHEUS, ALERTMANAGER])
    wrong += [
        f"{s.address}:{s.port} is open"
        for s in seen.sockets
        if s.port in (wanted.port, wanted.alertmanager_port) and not _is_loopback(s.address)
    ]
    if not seen.alertmanager:
        wrong.append("Alertmanager is not ready")
    if seen.rules is None:
        wrong.append(f"no rules ({seen.why('rules')})")
    else:
        wrong += [f"no rule {name}" for name in ALERTS if name not in seen.rules]
        wrong += [f"{name} is {said}" for name, said in seen.rules.items() if said == "err"]
    if wrong:
        return failed("observer", expected=expected, found=listed(wrong), look=look)
    return passed("observer", f"both run, {len(seen.rules or ())} alerts", expected=expected)


def targets(settings: ObserverSettings, seen: Monitored) -> Result:
    """Every host that is to be observed is asked, and answers; one that does not is a warning.

    A host may be off, which is its own check's business and its alert's.
    """
    if seen.targets is None:
        return unknown("targets", seen.why("targets"), look="curl 127.0.0.1:9090/api/v1/targets")
    wanted, theirs = pages(settings), asked(seen.targets)
    expected = f"{len(wanted)} pages of {len(settings.targets)} hosts, all up"
    look = "curl 'http://127.0.0.1:9090/api/v1/targets?state=active'"
    if theirs != wanted:
        less = [f"no {job} of {host}" for job, host in sorted(wanted - theirs)]
        more = [f"{job} of {host} is not declared" for job, host in sorted(theirs - wanted)]
        return failed("targets", expected=expected, found=listed([*less, *more]), look=look)
    down = [
        f"{job} of {host}: {said}"
        for (job, host), said in sorted(seen.targets.items())
        if said != "up" and not said.startswith("unknown")
    ]
    if down:
        return warned("targets", expected=expected, found=listed(down), look=look)
    return passed("targets", f"{len(wanted)} pages", expected=expected)


def _units(seen: Monitored, wanted: list[str]) -> list[str]:
    found = seen.units or {}
    wrong = []
    for unit in wanted:
        active, enabled = found.get(unit, ("unknown", ""))
        if (active, enabled) != ("active", "enabled"):
            wrong.append(f"{unit} is {active}, {enabled or 'not enabled'}")
    return wrong


def _is_loopback(address: str) -> bool:
    return address != "*" and ipaddress.ip_address(address).is_loopback
