"""Who calls: keys and users as nginx tells them apart, and the pace that each is held to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyinfra_ollama import layout
from pyinfra_ollama.decide.gateway.endpoints import Kind
from pyinfra_ollama.settings import Gateway, Key, User
from pyinfra_ollama.settings.callers import Policy, bcrypt_cost

RANKS: tuple[Kind, ...] = ("read_only", "inference", "admin")
# 2**10 rounds are about 50 ms of a worker for each request.
_COST = 10
_BCRYPT_LETTERS = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True)
class Caller:
    """One key: its name, its value as a regular expression, and its policy."""

    name: str
    pattern: str = field(repr=False)
    policy: Policy


@dataclass(frozen=True)
class Pace:
    """Callers that are held to one rate; the first one is for all that declare none."""

    rate: int
    burst: int
    names: tuple[str, ...]


def callers(gateway: Gateway) -> tuple[Caller, ...]:
    """The keys, to be matched case included: nginx's plain words would be matched without."""
    return tuple(
        Caller(key.name, re.escape(key.secret.get_secret_value()), key.policy or gateway.policy)
        for key in gateway.keys
    )


def paces(gateway: Gateway) -> tuple[Pace, ...]:
    """The common pace, then one for each other that a key declares."""
    common = (gateway.limits.rate_per_key, gateway.limits.burst_per_key)
    others: dict[tuple[int, int], list[str]] = {}
    for key in gateway.keys:
        pace = _pace(key, common)
        if pace != common:
            others.setdefault(pace, []).append(key.name)
    rest = (Pace(*pace, tuple(names)) for pace, names in others.items())
    return (Pace(*common, ()), *rest)


def _pace(key: Key, common: tuple[int, int]) -> tuple[int, int]:
    rate = common[0] if key.rate_per_second is None else key.rate_per_second
    return rate, common[1] if key.burst is None else key.burst


def password_file(gateway: Gateway, kind: Kind) -> str:
    """The users who may do what `kind` may, one a line with their hash."""
    able = RANKS[RANKS.index(kind) :]
    lines = _lines(u for u in gateway.users if (u.policy or gateway.policy) in able)
    return "".join((f"{layout.MANAGED_LINE}: change the group data of this host.\n", *lines))


def _lines(users: Iterable[User]) -> Iterable[str]:
    for user in users:
        password = user.password.get_secret_value()
        known = bcrypt_cost(password) is not None
        yield f"{user.name}:{password if known else _hashed(user.name, password)}\n"


def _hashed(name: str, password: str) -> str:
    """A bcrypt hash that is the same in every run, so that a second one changes nothing.

    The salt is made of the password itself with the name, so no two users share one.
    """
    import bcrypt

    salt = hmac.new(password.encode(), f"pyinfra-ollama:{name}".encode(), hashlib.sha256)
    letters = base64.b64encode(salt.digest()[:16]).rstrip(b"=")
    spelled = letters.translate(bytes.maketrans(_BASE64_LETTERS, _BCRYPT_LETTERS))
    return bcrypt.hashpw(password.encode(), b"$2b$%02d$%s" % (_COST, spelled)).decode()
