"""Typed settings of one host, as group data declares them.

Everything that tasks and the verifier need to know about a host is here; nothing in this package
asks a host anything or imports pyinfra. Declare ``ollama = Ollama(...)`` and its neighbours in
group data; ``load`` turns the data of all hosts into :class:`HostSettings`, or raises one
:class:`SettingsError` that lists every problem of every host.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .backends import Backend, Inventory, ResolvedBackend
from .callers import Key, User
from .certificates import Acme, OwnCertificate, SelfSigned
from .cors import Cors
from .environ import Environ
from .fetched import SecretError
from .firewall import Allow, Firewall, overlap
from .gateway import Gateway
from .limits import Limits
from .load import load
from .machine import Packages, Preflight, Swap
from .memory import model_memory, rough_memory
from .models import Model
from .names import ModelName, parse_name
from .ollama import Ollama
from .openings import Opening, exposed, openings
from .options import Options
from .problems import Problem, SettingsError
from .release import Release
from .resolve import GatewaySettings
from .roles import Declared, HostSettings
from .secrets import Secret
from .service import Service
from .units import ago, duration_seconds, format_size, human_size, parse_duration, parse_size
from .verify import Verify

if TYPE_CHECKING:
    from .alerts import Alerts, Email, Receiver
    from .backup import Backup
    from .metrics import Metrics, MetricsSettings
    from .monitoring import Monitoring, Notify
    from .observer import Observer, ObserverSettings, Target
    from .repositories import Disk, Rest, S3Bucket
    from .sftp import Sftp

# These take their time to import, and most hosts declare none of them.
_LATER = {
    "Alerts": "alerts",
    "Backup": "backup",
    "Disk": "repositories",
    "Email": "alerts",
    "Metrics": "metrics",
    "MetricsSettings": "metrics",
    "Monitoring": "monitoring",
    "Notify": "monitoring",
    "Observer": "observer",
    "ObserverSettings": "observer",
    "Receiver": "alerts",
    "Rest": "repositories",
    "S3Bucket": "repositories",
    "Sftp": "sftp",
    "Target": "observer",
}

__all__ = [
    "Acme",
    "Alerts",
    "Allow",
    "Backend",
    "Backup",
    "Cors",
    "Declared",
    "Disk",
    "Email",
    "Environ",
    "Firewall",
    "Gateway",
    "GatewaySettings",
    "HostSettings",
    "Inventory",
    "Key",
    "Limits",
    "Metrics",
    "MetricsSettings",
    "Model",
    "ModelName",
    "Monitoring",
    "Notify",
    "Observer",
    "ObserverSettings",
    "Ollama",
    "Opening",
    "Options",
    "OwnCertificate",
    "Packages",
    "Preflight",
    "Problem",
    "Receiver",
    "Release",
    "ResolvedBackend",
    "Rest",
    "S3Bucket",
    "Secret",
    "SecretError",
    "SelfSigned",
    "Service",
    "SettingsError",
    "Sftp",
    "Swap",
    "Target",
    "User",
    "Verify",
    "ago",
    "duration_seconds",
    "exposed",
    "format_size",
    "human_size",
    "load",
    "model_memory",
    "openings",
    "overlap",
    "parse_duration",
    "parse_name",
    "parse_size",
    "rough_memory",
]


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = found
    return found
