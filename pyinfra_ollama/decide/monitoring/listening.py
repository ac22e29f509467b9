"""How Debian's programs for monitoring are started, so that they listen on 127.0.0.1 only.

Their packages start them when they are installed, on all addresses unless /etc/default says
otherwise: so these files are there first. dpkg keeps them (scripts/apt.sh has --force-confold).
"""

from __future__ import annotations

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.settings.metrics import PASSED_ON
from pyinfra_ollama.snapshot.observing import daemons


def arguments(declared: Declared, name: str) -> tuple[str, ...]:
    """The words that a program is started with."""
    if name == layout.monitoring.NODE_EXPORTER:
        return (f"--web.listen-address=127.0.0.1:{PASSED_ON['/node'][0]}",)
    if name == layout.monitoring.NGINX_EXPORTER and declared.gateway:
        status = declared.gateway.gateway.status_port
        return (
            f"--web.listen-address=127.0.0.1:{PASSED_ON['/nginx'][0]}",
            f"--nginx.scrape-uri=http://127.0.0.1:{status}/status",
        )
    if declared.observer is None:
        raise ValueError(f"{name} is not declared for {declared.name}")
    observer = declared.observer.observer
    if name == layout.monitoring.ALERTMANAGER:
        # No port for a cluster of Alertmanagers.
        return (
            f"--web.listen-address=127.0.0.1:{observer.alertmanager_port}",
            "--cluster.listen-address=",
        )
    size = observer.retention_size
    return (
        f"--web.listen-address=127.0.0.1:{observer.port}",
        f"--storage.tsdb.retention.time={observer.retention_days}d",
        *((f"--storage.tsdb.retention.size={size}B",) if size else ()),
    )


def listening_files(declared: Declared) -> tuple[ManagedFile, ...]:
    """The files in /etc/default of all of them."""
    return tuple(
        ManagedFile(
            layout.monitoring.DEFAULTS[name],
            f"{layout.MANAGED_LINE}: change the group data of this host, not this file.\n"
            f'ARGS="{" ".join(arguments(declared, name))}"\n',
        )
        for name in daemons(declared)
    )
