"""All hosts and groups of an inventory, for what one host declares about others."""

from __future__ import annotations

from pyinfra.api.inventory import Inventory

from pyinfra_ollama import settings
from pyinfra_ollama.engine.inventory import host_data

__all__ = ["everyone"]


def everyone(inventory: Inventory) -> settings.Inventory:
    """Every host of the inventory and every group, whatever --limit leaves of them."""
    return settings.Inventory(
        data={host.name: host_data(host) for host in inventory},
        groups={
            name: tuple(host.name for host in hosts) for name, hosts in inventory.groups.items()
        },
    )
