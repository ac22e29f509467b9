"""What opens a host's SSH server, as secrets: its password, the private key, the key's passphrase.

pyinfra 3.10 takes texts only, and for the key a path. A `Secret` in their place is fetched each
time the host is connected; until then pyinfra holds, and prints, where it is kept.
"""

from __future__ import annotations

import io
from typing import Any, Self

from paramiko import ECDSAKey, Ed25519Key, PasswordRequiredException, PKey, RSAKey, SSHException
from pyinfra.api.exceptions import ConnectError
from pyinfra.api.host import HostData
from pyinfra.connectors import base
from pyinfra.connectors.ssh import SSHConnector

from pyinfra_ollama.settings import Secret, SecretError

__all__ = ["install"]

NAMES = ("ssh_key", "ssh_key_password", "ssh_password")
# In the order in which pyinfra tries them on a file.
KINDS: tuple[type[PKey], ...] = (RSAKey, ECDSAKey, Ed25519Key)


class _Later(str):
    """The source of a secret, for a place where pyinfra wants a text."""

    secret: Secret

    def __new__(cls, secret: Secret) -> Self:
        later = super().__new__(cls, secret)
        later.secret = secret
        return later


class _Texts:
    """A host's data, with the sources of secrets as texts."""

    def __init__(self, data: HostData) -> None:
        self.data = data

    def get(self, name: str, default: object = None) -> Any:
        value = self.data.get(name, default)
        return _Later(value) if name in NAMES and isinstance(value, Secret) else value


_pyinfra_data = base.host_to_connector_data
_pyinfra_arguments = SSHConnector.make_paramiko_kwargs


def install() -> None:
    """Have SSH hosts take secrets where they take passwords and keys; twice is once."""
    replaced = (
        (base, _pyinfra_data.__name__, _data),
        (SSHConnector, _pyinfra_arguments.__name__, _arguments),
    )
    for owner, name, function in replaced:
        setattr(owner, name, function)


def _data(kind: Any, meta: Any, data: HostData) -> Any:
    texts: Any = _Texts(data)
    return _pyinfra_data(kind, meta, texts)


def _arguments(self: SSHConnector) -> dict[str, Any]:
    given: Any = self.data
    found = {name: _fetched(name, given[name]) for name in NAMES}
    key = found["ssh_key"] if isinstance(given["ssh_key"], _Later) else None
    # Nothing that is kept, and so may be shown, holds a secret.
    self.data = given | found | ({} if key is None else {"ssh_key": None})
    try:
        arguments = _pyinfra_arguments(self)
    finally:
        self.data = given
    if key is not None:
        pkey = _private_key(given["ssh_key"], key, found["ssh_key_password"])
        # What pyinfra says to paramiko beside a key.
        arguments |= {"pkey": pkey, "allow_agent": False, "look_for_keys": False}
    return arguments


def _fetched(name: str, value: object) -> Any:
    try:
        return value.secret.get_secret_value() if isinstance(value, _Later) else value
    except SecretError as error:
        raise ConnectError(f"{name}: {error}") from None


def _private_key(source: str, text: str, passphrase: str | None) -> PKey:
    for kind in KINDS:
        try:
            return kind.from_private_key(io.StringIO(text), passphrase or None)
        except PasswordRequiredException:
            raise ConnectError(
                f"ssh_key: the private key of {source} is encrypted; set ssh_key_password"
            ) from None
        except (SSHException, ValueError):
            continue
    raise ConnectError(
        f"ssh_key: what {source} gives is no private key of RSA, ECDSA or Ed25519"
        + (", or ssh_key_password is not its passphrase" if passphrase else "")
    )
