"""The lab's bridge, subnet and way out, and the kernel settings the machines need."""

from __future__ import annotations

import contextlib
import ipaddress
import json
from pathlib import Path
from typing import TypedDict

from lab.errors import LabError, UsageError
from lab.model import LabState
from lab.paths import RUN_DIR, lock
from lab.processes import capture
from lab.progress import say


class _Record(TypedDict):
    boot: str
    labs: list[str]
    before: dict[str, int]


POOL = ipaddress.IPv4Network("10.77.0.0/16")
"""Where labs without --subnet get their /24 from."""

SETTINGS = {
    "net.ipv4.ip_forward": 1,
    # The usual 128 is enough for some ten machines; more hang in 'initializing' without sshd.
    "fs.inotify.max_user_instances": 8192,
}


def bridge_name(lab: str) -> str:
    """The interface of a lab."""
    return f"ol-{lab}"


def choose_subnet(taken: list[ipaddress.IPv4Network]) -> ipaddress.IPv4Network:
    """The first free /24 of the pool."""
    for subnet in POOL.subnets(new_prefix=24):
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    raise LabError(f"no free /24 in {POOL}: give one with --subnet, or end a lab")


def check_subnet(text: str, taken: dict[ipaddress.IPv4Network, str]) -> ipaddress.IPv4Network:
    """A subnet a person asked for; UsageError when it is none or in use (`taken` says by what)."""
    try:
        subnet = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise UsageError(f"--subnet {text}: {error}; an example is 10.77.5.0/24") from None
    if not 16 <= subnet.prefixlen <= 27 or not subnet.is_private:
        raise UsageError(f"--subnet {text}: a private network between /16 and /27 is needed")
    for other, owner in taken.items():
        if subnet.overlaps(other):
            raise LabError(f"--subnet {text} is in use: {other} belongs to {owner}; choose another")
    return subnet


def taken_subnets(except_bridge: str = "") -> dict[ipaddress.IPv4Network, str]:
    """Networks of this machine's addresses and routes, and what each belongs to."""
    taken: dict[ipaddress.IPv4Network, str] = {}
    for link in json.loads(capture(["ip", "-json", "-4", "address"])):
        if link["ifname"] != except_bridge:
            for info in link["addr_info"]:
                network = ipaddress.IPv4Interface(f"{info['local']}/{info['prefixlen']}").network
                taken[network] = f"interface {link['ifname']}"
    for route in json.loads(capture(["ip", "-json", "-4", "route"])):
        if route["dst"] != "default" and route.get("dev") != except_bridge:
            taken.setdefault(ipaddress.IPv4Network(route["dst"]), f"a route by {route.get('dev')}")
    return taken


def uplink_mtu() -> int:
    """MTU of the way out: a larger one inside would lose packets where ICMP is filtered."""
    for route in json.loads(capture(["ip", "-json", "-4", "route", "show", "default"])):
        for link in json.loads(capture(["ip", "-json", "link", "show", "dev", route["dev"]])):
            return int(link["mtu"])
    return 1500


def raise_bridge(lab: LabState) -> None:
    """Make the bridge, its address and firewall rules where they are missing."""
    if not Path("/sys/class/net", lab.bridge).exists():
        capture(["ip", "link", "add", lab.bridge, "type", "bridge"])
    address = f"{lab.gateway}/{lab.prefix_length}"
    capture(["ip", "address", "replace", address, "dev", lab.bridge])
    # A bridge without an address of its own takes its ports' lowest: it changed whenever a machine
    # came or went, and the others sent to the old one for half a minute.
    octets = ipaddress.IPv4Address(lab.gateway).packed.hex(":")
    capture(["ip", "link", "set", lab.bridge, "address", f"02:01:{octets}"])
    capture(["ip", "link", "set", lab.bridge, "mtu", str(lab.mtu), "up"])
    for table, chain, rule in _rules(lab):
        if not _has_rule(table, chain, rule):
            capture(["iptables", "-w", "-t", table, "-I", chain, *rule])


def remove_bridge(lab: LabState) -> None:
    """Remove firewall rules, the machines' ends and the bridge, whatever of them exists."""
    for table, chain, rule in _rules(lab):
        while _has_rule(table, chain, rule):
            capture(["iptables", "-w", "-t", table, "-D", chain, *rule])
    if Path("/sys/class/net", lab.bridge).exists():
        for port in json.loads(capture(["ip", "-json", "link", "show", "master", lab.bridge])):
            # It may go by itself between the two commands: its machine has just ended.
            with contextlib.suppress(LabError):
                capture(["ip", "link", "delete", port["ifname"]])
        capture(["ip", "link", "delete", lab.bridge])


def _rules(lab: LabState) -> list[tuple[str, str, list[str]]]:
    return [
        ("nat", "POSTROUTING", ["-s", lab.subnet, "!", "-d", lab.subnet, "-j", "MASQUERADE"]),
        ("filter", "FORWARD", ["-i", lab.bridge, "-j", "ACCEPT"]),
        ("filter", "FORWARD", ["-o", lab.bridge, "-j", "ACCEPT"]),
    ]


def _has_rule(table: str, chain: str, rule: list[str]) -> bool:
    try:
        capture(["iptables", "-w", "-t", table, "-C", chain, *rule])
    except LabError:
        return False
    return True


def take_settings(lab: LabState) -> None:
    """Raise the kernel settings, remembering what they were before the first lab."""
    with lock(RUN_DIR / "lock"):
        record = _record()
        if str(lab.folder) not in record["labs"]:
            same_name = [path for path in record["labs"] if Path(path).name == lab.name]
            if same_name:
                raise LabError(f"a lab {lab.name!r} exists in {same_name[0]}; use another --name")
            record["labs"].append(str(lab.folder))
        for name, value in SETTINGS.items():
            before = int(_setting(name).read_text())
            if before < value:
                record["before"].setdefault(name, before)
        _write_record(record)
        for name, value in SETTINGS.items():
            if int(_setting(name).read_text()) < value:
                _setting(name).write_text(str(value))


def give_settings_back(lab: LabState) -> None:
    """Restore the kernel settings when this was the last lab."""
    with lock(RUN_DIR / "lock"):
        record = _record()
        record["labs"] = [path for path in record["labs"] if path != str(lab.folder)]
        if not record["labs"]:
            for name, before in record["before"].items():
                say(f"restoring {name} = {before}")
                _setting(name).write_text(str(before))
            record["before"] = {}
        _write_record(record)


def _setting(name: str) -> Path:
    return Path("/proc/sys", name.replace(".", "/"))


def _record() -> _Record:
    """Labs that exist, and the settings before the first; empty after a reboot of this machine."""
    fresh: _Record = {
        "boot": Path("/proc/sys/kernel/random/boot_id").read_text(),
        "labs": [],
        "before": {},
    }
    try:
        record: _Record = json.loads((RUN_DIR / "machine.json").read_text())
    except (FileNotFoundError, ValueError):
        return fresh
    if record["boot"] != fresh["boot"]:
        return fresh
    record["labs"] = [path for path in record["labs"] if Path(path).is_dir()]
    return record


def _write_record(record: _Record) -> None:
    part = RUN_DIR / ".machine.json.part"
    part.write_text(json.dumps(record, indent=2))
    part.rename(RUN_DIR / "machine.json")
