"""Inventories, loaded as pyinfra's own command line loads them; nothing is connected."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from getpass import getpass
from pathlib import Path
from typing import Any

from pyinfra.api.config import Config
from pyinfra.api.exceptions import NoGroupError, PyinfraError
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State
from pyinfra.context import ctx_config, ctx_inventory, ctx_state
from pyinfra_cli.exceptions import CliError, UnexpectedExternalError  # type: ignore[import-untyped]
from pyinfra_cli.inventory import make_inventory  # type: ignore[import-untyped]
from pyinfra_cli.util import PYTHON_CODES, exec_file, parse_cli_arg  # type: ignore[import-untyped]

from pyinfra_ollama.settings import secrets

__all__ = ["Fleet", "InventoryError", "Options", "host_data", "open_fleet"]


class InventoryError(Exception):
    """The inventory cannot be used; `usage` tells a wrong command line from a wrong file."""

    def __init__(self, message: str, *, usage: bool = False) -> None:
        super().__init__(message)
        self.usage = usage


@dataclass(frozen=True)
class Options:
    """What pyinfra's command line takes, under the same names."""

    inventory: str
    limit: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    group_data: tuple[str, ...] = ()
    config: str = "config.py"
    sudo: bool = False
    sudo_user: str | None = None
    same_sudo_password: bool = False
    ssh_user: str | None = None
    ssh_key: str | None = None
    ssh_port: int | None = None


@dataclass(frozen=True)
class Fleet:
    """A loaded inventory: the hosts that --limit leaves, none of them connected yet."""

    inventory: str
    state: State
    hosts: tuple[Host, ...]


def open_fleet(options: Options) -> Fleet:
    """Load inventory, group data and config.py from the current folder; connect to nothing.

    Raises `InventoryError` for everything a person can get wrong in them.
    """
    _refuse_missing_file(options.inventory)
    cwd = str(Path.cwd())
    if cwd not in sys.path:
        sys.path.append(cwd)
    state = State(check_for_changes=False)
    state.cwd = cwd
    ctx_state.set(state)  # type: ignore[no-untyped-call]
    config = Config()  # type: ignore[no-untyped-call]
    ctx_config.set(config)  # type: ignore[no-untyped-call]
    # pyinfra compiles each file once per process; one edited since then must be read again.
    PYTHON_CODES.clear()
    secrets.forget()
    try:
        _configure(config, options, Path(cwd))
        inventory = make_inventory(
            options.inventory,
            override_data=_overrides(options),
            cwd=cwd,
            group_data_directories=options.group_data,
        )
        ctx_inventory.set(inventory)  # type: ignore[no-untyped-call]
        hosts = _limited(inventory, options)
        state.init(inventory, config, initial_limit=list(hosts))
    except InventoryError:
        raise
    except (Exception, SystemExit) as error:
        raise InventoryError(_told(error, options.inventory)) from error
    return Fleet(options.inventory, state, hosts)


def host_data(host: Host) -> dict[str, Any]:
    """All data of a host, with pyinfra's precedence."""
    return dict(host.data.dict())  # type: ignore[no-untyped-call]


def _refuse_missing_file(inventory: str) -> None:
    path = Path(inventory)
    if path.is_dir():
        raise InventoryError(f"{inventory} is a folder; name an inventory file in it", usage=True)
    looks_like_a_file = inventory.endswith(".py") or "/" in inventory.partition("@")[0]
    if looks_like_a_file and not path.exists():
        raise InventoryError(f"there is no inventory file {inventory}", usage=True)


def _configure(config: Config, options: Options, cwd: Path) -> None:
    path = cwd / options.config
    if path.exists():
        exec_file(str(path))
    elif options.config != Options.config:
        raise InventoryError(f"--config: there is no file {options.config}", usage=True)
    if options.sudo or options.sudo_user:
        config.SUDO = True
    if options.sudo_user:
        config.SUDO_USER = options.sudo_user
    if options.same_sudo_password:
        config.SUDO_PASSWORD = getpass("sudo password: ")
    config.lock_current_state()


def _overrides(options: Options) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for item in options.data:
        key, equals, value = item.partition("=")
        if not key or not equals:
            raise InventoryError(f"--data {item!r} is not key=value", usage=True)
        data[key] = parse_cli_arg(value)
    given = {
        "ssh_user": options.ssh_user,
        "ssh_key": options.ssh_key,
        "ssh_port": options.ssh_port,
    }
    data.update({key: value for key, value in given.items() if value})
    return data


def _limited(inventory: Inventory, options: Options) -> tuple[Host, ...]:
    everyone = tuple(inventory)
    if not everyone:
        raise InventoryError(
            f"{options.inventory} declares no hosts, so there is nothing to check; "
            "add one, or boot a lab if the inventory lists lab hosts"
        )
    if not options.limit:
        return everyone
    chosen: set[Host] = set()
    for pattern in options.limit:
        found = _matching(inventory, everyone, pattern)
        if not found:
            names = ", ".join(host.name for host in everyone[:20])
            raise InventoryError(
                f"--limit {pattern!r} matches no host and no group of {options.inventory}; "
                f"its hosts are {names}{', ...' if len(everyone) > 20 else ''}",
                usage=True,
            )
        chosen.update(found)
    return tuple(host for host in everyone if host in chosen)


def _matching(inventory: Inventory, everyone: Iterable[Host], pattern: str) -> list[Host]:
    try:
        return list(inventory.get_group(pattern))
    except NoGroupError:
        return [host for host in everyone if fnmatch(host.name, pattern)]


def _told(error: BaseException, inventory: str) -> str:
    """One line for what an inventory, group data or config file did wrong: file, line, reason."""
    if isinstance(error, UnexpectedExternalError):
        inner = error.exception
        if isinstance(inner, SyntaxError):
            return _told(inner, str(error.filename))
        return f"{_place(inner, str(error.filename))}: {type(inner).__name__}: {inner}"
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: {error.msg}"
    if isinstance(error, CliError):
        return f"{inventory}: {error.message}"
    if isinstance(error, SystemExit | PyinfraError):
        return f"{inventory}: {error}"
    return f"{inventory}: {type(error).__name__}: {error}"


def _place(error: BaseException, filename: str) -> str:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == filename]
    return f"{filename}, line {lines[-1]}" if lines else filename
