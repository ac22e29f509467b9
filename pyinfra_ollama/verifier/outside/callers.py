"""Who calls a gateway in its checks: nobody, somebody wrong, and every declared caller."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyinfra_ollama.settings import Gateway, parse_name
from pyinfra_ollama.settings.callers import bcrypt_cost
from pyinfra_ollama.verifier.gateway.endpoints import RANKS, Kind

__all__ = ["NOBODY", "Caller", "able", "callers", "unknown_password", "wrong"]


@dataclass(frozen=True)
class Caller:
    """Somebody who calls; `headers` hold a secret, so they are in no representation.

    `models` are those a key is kept to; `pace`: requests a second, and more at once.
    """

    name: str
    policy: Kind | None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    models: tuple[str, ...] = ()
    pace: tuple[int, int] = (0, 0)

    def may_name(self, model: str) -> bool:
        """Whether the caller may use a model."""
        return not self.models or parse_name(model).key in self.models


NOBODY = Caller("nobody", None)


def wrong() -> tuple[Caller, ...]:
    """Callers whom no gateway lets in, each by another way."""
    made_up = f"wrong-{secrets.token_hex(16)}"
    plain = base64.b64encode(f"nobody:{made_up}".encode()).decode()
    return (
        Caller("a wrong key", None, {"Authorization": f"Bearer {made_up}"}),
        Caller("a wrong x-api-key", None, {"x-api-key": made_up}),
        Caller("a wrong password", None, {"Authorization": f"Basic {plain}"}),
    )


def callers(gateway: Gateway) -> Iterator[Caller]:
    """Every declared caller whose secret is known; where nobody has to say who, one without."""
    if not gateway.keys and not gateway.users:
        limits = gateway.limits
        yield Caller(
            "anybody", gateway.policy, pace=(limits.rate_per_address, limits.burst_per_address)
        )
    common = gateway.limits
    for key in gateway.keys:
        rate = key.rate_per_second or common.rate_per_key
        burst = common.burst_per_key if key.burst is None else key.burst
        yield Caller(
            f"key {key.name}",
            key.policy or gateway.policy,
            {"Authorization": f"Bearer {key.secret.get_secret_value()}"},
            tuple(parse_name(name).key for name in key.models),
            (rate, burst),
        )
    for user in gateway.users:
        password = user.password.get_secret_value()
        if bcrypt_cost(password) is None:
            login = base64.b64encode(f"{user.name}:{password}".encode()).decode()
            yield Caller(
                f"user {user.name}",
                user.policy or gateway.policy,
                {"Authorization": f"Basic {login}"},
                pace=(common.rate_per_key, common.burst_per_key),
            )


def unknown_password(gateway: Gateway) -> tuple[str, ...]:
    """Users of whom only the hash of a password is declared, so that nobody can be them."""
    known = ((user.name, user.password.get_secret_value()) for user in gateway.users)
    return tuple(name for name, password in known if bcrypt_cost(password) is not None)


def able(everyone: tuple[Caller, ...], kind: Kind, model: str = "") -> Caller | None:
    """The caller with the least policy that suffices, keys kept to models last."""
    found = [
        one
        for one in everyone
        if one.policy and RANKS.index(one.policy) >= RANKS.index(kind)
        if not model or one.may_name(model)
    ]
    return min(
        found, key=lambda c: (bool(c.models), RANKS.index(c.policy or "admin")), default=None
    )
