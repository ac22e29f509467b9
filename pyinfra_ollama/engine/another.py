"""A further connection to a host of the inventory, beside the one its own work has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from paramiko import SSHException, Transport
from pyinfra.api.exceptions import NoHostError, PyinfraError
from pyinfra.connectors.ssh import SSHConnector

from pyinfra_ollama.engine.connection import HostError
from pyinfra_ollama.engine.inventory import Fleet, InventoryError

__all__ = ["another_connection"]


@contextmanager
def another_connection(fleet: Fleet, name: str | None) -> Iterator[Transport | None]:
    """An SSH connection to a host of the inventory, outside --limit too; None for no name.

    Raises `InventoryError` for a name that is no host reached over SSH, `HostError` when it cannot
    be connected to.
    """
    if name is None:
        yield None
        return
    try:
        host = fleet.state.inventory.get_host(name)
    except NoHostError:
        raise InventoryError(
            f"--from {name!r} is no host of {fleet.inventory}", usage=True
        ) from None
    if not isinstance(host.connector, SSHConnector):
        raise InventoryError(f"--from {name!r} is not reached over SSH", usage=True)
    connector = SSHConnector(host.state, host)
    try:
        connector.connect()
        transport = connector.client.get_transport() if connector.client else None
    except (PyinfraError, SSHException, OSError, EOFError) as error:
        reason = str(error) or type(error).__name__
        raise HostError(f"--from {name}: {reason}") from error
    if connector.client is None or transport is None:
        raise HostError(f"--from {name}: no connection")
    try:
        yield transport
    finally:
        connector.client.close()
