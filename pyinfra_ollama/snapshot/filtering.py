"""What a host lets in, typed: ufw's rules on disk and what the kernel filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Family = Literal[4, 6]


@dataclass(frozen=True)
class UfwRule:
    """One rule as ufw has it on disk.

    `plain`: it says action, protocol, port and network of what comes in, and nothing else;
    otherwise these are not told.
    """

    family: Family
    action: str
    protocol: str
    port: str
    network: str
    comment: str
    plain: bool


@dataclass(frozen=True)
class Chain:
    """What the kernel filters of one family: the policy of INPUT, and ufw's user lines.

    `hooked`: INPUT leads to ufw's user chain.
    """

    policy: str
    hooked: bool
    user: tuple[str, ...]


@dataclass(frozen=True)
class FirewallState:
    """ufw, the kernel's filter, and how SSH comes in.

    `rules` and `live` are None when they could not be read; `lines` counts ufw's lines on disk
    by family. `session` is the peer of the very connection that asked, and the port it came to.
    `published`: what Docker lets in past ufw. `rivals`: other firewalls that start at boot.
    """

    installed: bool
    enabled: bool
    at_boot: bool
    ipv6: bool
    kernel_ipv6: bool
    incoming: str
    pending: bool
    rules: tuple[UfwRule, ...] | None
    lines: Mapping[int, int]
    live: Mapping[int, Chain] | None
    session: tuple[str, int] | None
    ssh_ports: frozenset[int]
    docker: bool
    published: tuple[str, ...]
    rivals: tuple[str, ...]
