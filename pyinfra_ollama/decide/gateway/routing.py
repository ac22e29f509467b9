"""Which backends a request goes to, by the model that it names.

Where all backends declare the same models and no key is kept to some, nobody reads a body: nginx
balances over all of them. Otherwise nginx's own JavaScript reads the name (`route.js`), and what
the settings know decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyinfra_ollama.decide.gateway.answers import SHAPES, document
from pyinfra_ollama.settings import GatewaySettings, ResolvedBackend, parse_name

EVERYONE = "ollama"
ADMIN = "ollama_admin"
_SAID = {
    "unread": ("the body must be JSON that names one model, once", "invalid_request_error"),
    "unknown": ("model 'MODEL' is on no backend of this gateway", "not_found_error"),
    "model": ("this key may not use model 'MODEL'", "permission_error"),
}


@dataclass(frozen=True)
class Pool:
    """An upstream of nginx: its name, and its servers with their weight."""

    name: str
    backends: tuple[ResolvedBackend, ...]


@dataclass(frozen=True)
class Routing:
    """`reads`: whether bodies are read; `by_model`: the pool of each model, by its key.

    `allowed`: the keys that are kept to some models; `lists`: the pools that are asked, together,
    what there is.
    """

    reads: bool
    pools: tuple[Pool, ...]
    by_model: Mapping[str, str]
    allowed: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]

    @property
    def said(self) -> Mapping[str, Mapping[str, str]]:
        """What route.js answers: by shape, then by reason."""
        return {
            shape: {reason: document(shape, *words) for reason, words in _SAID.items()}
            for shape in SHAPES
        }


def routing(settings: GatewaySettings) -> Routing:
    """The pools of a gateway, and which model goes to which."""
    gateway = settings.gateway
    everyone = Pool(EVERYONE, settings.backends)
    admin = Pool(ADMIN, next((b,) for b in settings.backends if not b.drain))
    allowed = {
        key.name: tuple(parse_name(name).key for name in key.models)
        for key in gateway.keys
        if key.models
    }
    if not settings.is_routed:
        return Routing(settings.reads_models, (everyone, admin), {}, allowed, (EVERYONE,))
    pools: dict[tuple[ResolvedBackend, ...], Pool] = {}
    by_model = {}
    for name in settings.models:
        having = tuple(backend for backend in settings.backends if name in backend.models)
        pool = pools.setdefault(having, Pool(f"ollama_{len(pools)}", having))
        by_model[parse_name(name).key] = pool.name
    single = tuple(
        Pool(f"ollama_on_{number}", (backend,))
        for number, backend in enumerate(settings.backends)
        if not backend.drain
    )
    lists = tuple(pool.name for pool in single)
    return Routing(True, (everyone, admin, *pools.values(), *single), by_model, allowed, lists)
