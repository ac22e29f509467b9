"""What pyinfra 3.10 prints of a host's passwords, masked in the three places where it does.

`debug-inventory` dumps all data of a host, `--debug-operations` the global arguments of every
operation, `--debug` group data and the arguments of each connection (tried 2026-11). Passwords
are known there by the names that pyinfra gives them, so a plain text is masked as well.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pyinfra import logger
from pyinfra.api.host import HostData
from pyinfra.api.state import StateOperationHostData
from pyinfra_cli import prints  # type: ignore[import-untyped]

__all__ = ["install", "masked", "passwords"]

MASK = "*MASKED*"
# Host data, global arguments, and the keyword arguments of paramiko's connect().
SECRET_NAMES = frozenset(
    {
        "_stdin",
        "_su_password",
        "_sudo_password",
        "passphrase",
        "password",
        "ssh_key_password",
        "ssh_password",
        "ssh_paramiko_connect_kwargs",
    }
)


def masked(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with the values of secret names hidden; a `Secret` shows its source itself."""
    return {
        key: MASK if key in SECRET_NAMES and value and not hasattr(value, "to_json") else value
        for key, value in data.items()
    }


def install() -> None:
    """Have pyinfra print no password of its own arguments; twice is once."""
    prints.json_encode = _json_encode
    StateOperationHostData.__repr__ = _operation_repr  # type: ignore[assignment, method-assign]
    logger.addFilter(_without_passwords)


_pyinfra_json_encode = prints.json_encode


def _json_encode(value: object) -> Any:
    encoded = _pyinfra_json_encode(value)
    return masked(encoded) if isinstance(value, HostData) else encoded


def _operation_repr(self: StateOperationHostData) -> str:
    arguments = masked(self.global_arguments)
    return f"StateOperationHostData({arguments!r}, {self.operation_meta!r})"


def _without_passwords(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            masked(value) if isinstance(value, Mapping) else value for value in record.args
        )
    elif isinstance(record.args, Mapping):
        record.args = masked(record.args)
    return True


def passwords(data: Mapping[str, Any]) -> list[str]:
    """The texts of a host's data that pyinfra takes for passwords, where they stand as they are."""
    values = (data.get(name) for name in SECRET_NAMES)
    return [value for value in values if isinstance(value, str) and value]
