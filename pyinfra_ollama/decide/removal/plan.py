"""From what there is on a host to the steps that take it away, and to what stays and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.seen import Seen
from pyinfra_ollama.settings import Declared, Disk, human_size


@dataclass(frozen=True)
class Removal:
    """One step of scripts/uninstall.sh; `text` says it to a person, empty for what goes without."""

    verb: str
    subject: str
    more: str = ""
    text: str = ""

    @property
    def line(self) -> str:
        """The step as the script reads it."""
        return f"{self.verb}|{self.subject}|{self.more}"


@dataclass(frozen=True)
class Plan:
    """The steps in their order, and what stays, with the reason."""

    steps: tuple[Removal, ...]
    stays: tuple[str, ...]


@dataclass(frozen=True)
class Wishes:
    """What the person asked for."""

    purge_models: bool = False
    keep_packages: bool = False


def plan(declared: Declared, seen: Seen, wishes: Wishes) -> Plan:
    """Everything of this package that is there; what was there before it stays."""
    steps = tuple(_steps(declared, seen, wishes))
    return Plan(steps, tuple(_stays(declared, seen, wishes)))


def _steps(declared: Declared, seen: Seen, wishes: Wishes) -> Iterator[Removal]:
    for unit in owned.UNITS:
        if unit in seen.units:
            yield Removal("disable", unit, text=f"stop {unit}")
    if seen.official:
        yield Removal(
            "official", layout.OFFICIAL_RELEASE, text="move the official installation back, stopped"
        )
    for path, target in owned.LINKS.items():
        if seen.paths.get(path) == "link":
            yield Removal("link", path, target, text=f"remove {path}")
    left = _unknown(seen, wishes)
    of_ours = (*owned.FILES, *owned.logs(seen.paths))
    files = [path for path in of_ours if _is_ours(seen, path) and path not in left]
    for path in files:
        back = " and put back what was there before" if path in seen.before else ""
        yield Removal("file", path, text=f"remove {path}{back}")
    yield from (Removal("empty", path) for path in owned.SHARED if path in seen.paths)
    # Also of what one that was cut off had removed.
    if files or layout.STATE in seen.paths:
        yield Removal("reload", "systemd")
    if seen.lineage:
        yield Removal("lineage", "pyinfra-ollama", text="have certbot delete its certificate")
    if layout.NGINX_CONF in seen.before:
        # Without effect where nginx goes with its package.
        yield Removal("restart", layout.NGINX_UNIT, text="restart nginx with what it had")
    yield from _firewall(seen)
    for path in owned.TREES:
        if path in seen.paths:
            yield Removal("tree", path, text=f"remove {path} and all in it")
    yield from _swap(seen)
    yield from _models(declared, seen, wishes)
    if _removes_packages(seen, wishes):
        names = " ".join(seen.packages)
        yield Removal("packages", names, text=f"purge the packages {names}")
    for path in owned.LAST:
        if path in seen.paths:
            yield Removal("tree", path, text=f"remove {path} and all in it")


def _firewall(seen: Seen) -> Iterator[Removal]:
    ours = _is_noted(seen, "firewall")
    if ours:
        yield Removal("firewall", "ufw", text="disable ufw: the host is open as it was before")
    for rule in seen.rules:
        if ours or not _is_ssh(rule):
            yield Removal("rule", rule, text=f"delete ufw's rule {rule}")


def _swap(seen: Seen) -> Iterator[Removal]:
    for path in seen.noted("swapfile"):
        if path in seen.paths:
            yield Removal("swap", path, text=f"switch off and remove the swapfile {path}")
    for value in seen.noted("swappiness")[:1]:
        if value.isdigit():
            yield Removal("swappiness", value, text=f"set vm.swappiness to {value} again")


def _models(declared: Declared, seen: Seen, wishes: Wishes) -> Iterator[Removal]:
    if not wishes.purge_models:
        return
    folder = owned.models_dir(declared)
    size = f"{seen.model_count} models, {human_size(seen.model_bytes)}"
    for part in sorted(seen.models):
        yield Removal("tree", f"{folder}/{part}", text=f"remove {folder}/{part} ({size})")
    if seen.models:
        yield Removal("empty", folder)
    if not _is_noted(seen, "user"):
        return
    if layout.HOME in seen.paths:
        yield Removal("tree", layout.HOME, text=f"remove {layout.HOME} and all in it")
    for name in seen.noted("user"):
        yield Removal("user", name, text=f"remove the user {name}")
    for name in seen.noted("group"):
        yield Removal("group", name, text=f"remove the group {name}")


def _stays(declared: Declared, seen: Seen, wishes: Wishes) -> Iterator[str]:
    if not wishes.purge_models and seen.models:
        size = f"{seen.model_count} models, {human_size(seen.model_bytes)}"
        folder = owned.models_dir(declared)
        yield f"{folder} ({size}) with its user {layout.USER}: --purge-models removes them"
    elif wishes.purge_models and not _is_noted(seen, "user"):
        yield f"user {layout.USER} and {layout.HOME}: it is not noted that this package made them"
    if wishes.keep_packages:
        yield "the packages: --keep-packages"
    elif seen.old:
        yield f"the packages: with them would go {', '.join(seen.old)}, there before this package"
    elif seen.made is None:
        yield "the packages: an older version of this package did not note which it installed"
    for path in _unknown(seen, wishes):
        yield f"{path}: what was there before is not known, and without it nginx does not start"
    if not _is_noted(seen, "firewall") and any(map(_is_ssh, seen.rules)):
        yield "ufw and its rules for SSH: it was enabled before this package"
    swap = declared.server.swap if declared.server else None
    if swap and swap.path in seen.paths and swap.path not in seen.noted("swapfile"):
        yield f"the swapfile {swap.path}: it is not noted that this package made it"
    if declared.backup and isinstance(declared.backup.repository, Disk):
        yield f"{declared.backup.repository.path}: backups are not what goes with an installation"


def _unknown(seen: Seen, wishes: Wishes) -> tuple[str, ...]:
    """Files in place of another's that is not known, which its program cannot do without."""
    goes = "nginx" in seen.packages and _removes_packages(seen, wishes)
    known = layout.NGINX_CONF in seen.before
    ours = _is_ours(seen, layout.NGINX_CONF)
    return (layout.NGINX_CONF,) if ours and not known and not goes else ()


def _is_ours(seen: Seen, path: str) -> bool:
    return seen.paths.get(path) == "file"


def _removes_packages(seen: Seen, wishes: Wishes) -> bool:
    return bool(seen.packages) and not seen.old and not wishes.keep_packages


def _is_noted(seen: Seen, kind: str) -> bool:
    return any(line.split(" ")[0] == kind for line in seen.made or ())


def _is_ssh(rule: str) -> bool:
    return rule.endswith("comment 'pyinfra-ollama: ssh'")
