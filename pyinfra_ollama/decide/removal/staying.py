"""What stays on a host after an uninstall, and why."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.decide.firewall.rules import is_ours
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.leaving import stays as left_behind
from pyinfra_ollama.decide.removal.seen import Seen
from pyinfra_ollama.decide.removal.serving import stopped
from pyinfra_ollama.decide.removal.steps import Wishes, keeps_ufw
from pyinfra_ollama.settings import Declared, Disk, human_size

AGAIN = "apt-get install --reinstall -o Dpkg::Options::=--force-confmiss"


def stays(declared: Declared, seen: Seen, wishes: Wishes) -> Iterator[str]:
    """In words for a person, one thing each."""
    yield from _models(seen, wishes)
    yield from _packages(seen, wishes)
    yield from _files(seen)
    yield from _firewall(seen)
    swap = declared.server.swap if declared.server else None
    if swap and swap.path in seen.paths and swap.path not in seen.noted("swapfile"):
        yield f"the swapfile {swap.path}: it is not noted that this package made it"
    for path in seen.noted("swapfile"):
        if path not in seen.paths:
            yield f"the swapfile {path}, which this package made: it is not there any more"
    if declared.backup and isinstance(declared.backup.repository, Disk):
        yield f"{declared.backup.repository.path}: backups are not what goes with an installation"


def _models(seen: Seen, wishes: Wishes) -> Iterator[str]:
    if wishes.purge_models:
        if layout.HOME in seen.paths and not seen.is_noted("user"):
            whose = "it is not noted that this package made them"
            yield f"user {layout.USER} and {layout.HOME}: {whose}"
    elif seen.models:
        for folder, models in seen.models.items():
            size = f"{models.count} models, {human_size(models.bytes)}"
            yield f"{folder} ({size}) with its user {layout.USER}: --purge-models removes them"
    elif layout.HOME in seen.paths:
        yield f"{layout.HOME} with its user {layout.USER}: --purge-models removes them"


def _packages(seen: Seen, wishes: Wishes) -> Iterator[str]:
    begun = layout.STATE in seen.paths and seen.state != {"made"}
    if wishes.keep_packages:
        yield "the packages: --keep-packages"
    elif begun and (seen.made is None or seen.is_noted("older")):
        yield "packages that an older version of this package installed: it did not note which"
    for name, reason in sorted(seen.kept.items()):
        yield f"package {name}: {reason}"
    yield from left_behind(seen, wishes)
    for name in stopped(seen):
        gone = [path for path in owned.SERVING[name] if path not in seen.before]
        how = f"; {' and '.join(gone)} again with: {AGAIN} {name}" if gone else ""
        yield f"{name}, stopped and disabled: it ran with files of this package{how}"


def _files(seen: Seen) -> Iterator[str]:
    for path in owned.OWN:
        if seen.paths.get(path) == "foreign" and path not in seen.before:
            yield f"{path}: it does not say that it is of this package"


def _firewall(seen: Seen) -> Iterator[str]:
    ssh = any(is_ours(rule) and rule.comment.endswith(": ssh") for rule in seen.rules)
    if keeps_ufw(seen) and seen.is_noted("firewall"):
        yield "ufw, enabled, with the rules for SSH: it has rules that are not of this package"
    elif ssh and not seen.is_noted("firewall"):
        yield "ufw with the rules for SSH: it is not noted that this package enabled it"
