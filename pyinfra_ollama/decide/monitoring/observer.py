"""The files of Prometheus and Alertmanager, made of the inventory."""

from __future__ import annotations

from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import ObserverSettings, Target, duration_seconds

# Each with its own checker, laid out beside the live ones; promtool looks for rules by the paths
# in the configuration, which are absolute, so it is given the candidate's own.
JUDGE = (
    'promtool check rules "$stage/etc/prometheus/rules/pyinfra-ollama.yml" && '
    'sed "s,/etc/prometheus/rules/,$stage/etc/prometheus/rules/," '
    '"$stage/etc/prometheus/prometheus.yml" >"$stage/prometheus.yml" && '
    'promtool check config "$stage/prometheus.yml" && '
    'amtool check-config "$stage/etc/prometheus/alertmanager.yml"'
)

# Scrapes: a rate over fewer is as good as none.
SAMPLES = 5
# And of one start in a loop: one may find nothing, one the new start, one be late.
START = 3


def observer_files(settings: ObserverSettings, templates: Path) -> tuple[ManagedFile, ...]:
    """The configuration of both, and the rules."""
    observer = settings.observer
    values: dict[str, object] = {
        "name": settings.name,
        "observer": observer,
        "alerts": observer.alerts,
        "receiver": observer.receiver,
        "runbooks": observer.runbooks.rstrip("/"),
        "layout": layout,
        "jobs": [
            (job, path, [one for one in settings.targets if path in ("/metrics", *one.parts)])
            for job, path in (("ollama", "/metrics"), ("node", "/node"), ("nginx", "/nginx"))
        ],
        "authority": authority,
        "quoted": quoted,
        "lasting": lambda time: lasting(time, observer.alerts.patience),
        "window": lambda time, scrapes=SAMPLES: lasting(
            time, observer.alerts.patience, least=scrapes * observer.scrape_seconds
        ),
        "start": START,
        "runners_tell": all(target.runners for target in settings.targets),
    }
    texts = {
        path: render(templates, f"{path[1:]}.j2", **values)
        for path in layout.monitoring.OBSERVER_FILES
    }
    secret = layout.monitoring.ALERTMANAGER_CONFIG
    return tuple(
        ManagedFile(
            path,
            text,
            mode="640" if path == secret else "644",
            group="prometheus" if path == secret else "root",
            secret=path == secret,
        )
        for path, text in texts.items()
    )


def authority(target: Target) -> str:
    """Where a target is asked."""
    address = f"[{target.address}]" if ":" in target.address else target.address
    return f"{address}:{target.port}"


def lasting(time: str, patience: float, *, least: int = 0) -> str:
    """A time as Prometheus writes it, as long as the declared patience makes it; in seconds."""
    if patience == 1 and duration_seconds(time) >= least:
        return time
    return f"{max(least, round(duration_seconds(time) * patience))}s"


def quoted(text: str) -> str:
    """A text as YAML takes it whatever is in it."""
    return "'" + text.replace("'", "''") + "'"
