"""From what there is of this package on a host to the steps that take it away."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.decide.firewall.rules import is_ours
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.inside import check as check_inside
from pyinfra_ollama.decide.removal.leaving import steps as left_behind
from pyinfra_ollama.decide.removal.seen import Seen
from pyinfra_ollama.decide.removal.serving import steps as serving
from pyinfra_ollama.decide.removal.staying import stays
from pyinfra_ollama.decide.removal.steps import Plan, Removal, Wishes, keeps_ufw, units
from pyinfra_ollama.layout import grafana
from pyinfra_ollama.settings import Declared, human_size

# What the next uninstall has to know of what stays (scripts/uninstall.sh, notes).
NOTES = ("user", "group", "folder", "models")


def plan(declared: Declared, seen: Seen, wishes: Wishes) -> Plan:
    """Everything of this package that is there; what was there before it stays.

    Raises `RefusedError` when what stays would go with the folder that it lies in.
    """
    steps = tuple(_steps(declared, seen, wishes))
    check_inside(seen, wishes, steps)
    return Plan(steps, tuple(stays(declared, seen, wishes)))


def _steps(declared: Declared, seen: Seen, wishes: Wishes) -> Iterator[Removal]:
    if owned.FIREWALL_UNDO in seen.paths:
        text = "undo a change of the firewall that nobody confirmed"
        yield Removal("undo", owned.FIREWALL_UNDO, text=text, passing=True)
    for unit in units(seen):
        passing = unit not in owned.LASTING
        yield Removal("disable", unit, text=f"stop {unit}", passing=passing)
    if seen.official:
        yield Removal("official", "official", text="move the official installation back")
    for path, target in owned.LINKS.items():
        if seen.paths.get(path) == "link":
            yield Removal("link", path, target, text=f"remove {path}")
    yield from _files(seen)
    # Also of what one that was cut off had removed.
    begun = layout.STATE in seen.paths and seen.state != {"made"}
    if begun or any(map(seen.is_ours, owned.FILES)):
        yield Removal("reload", "systemd")
    # The tools go later than these files, so they tell of them where one was cut off in between.
    if owned.MONITORS in seen.paths or any(map(seen.is_ours, owned.BOUNDS)):
        yield Removal("restart", "systemd-journald.service")
        yield Removal("restart", "logrotate.timer")
    if any(map(seen.is_ours, grafana.PROVISIONING)):
        text = f"restart {grafana.UNIT} without the data source and the dashboard"
        yield Removal("restart", grafana.UNIT, text=text)
    if seen.lineage:
        yield Removal("lineage", "pyinfra-ollama", text="have certbot delete its certificate")
    yield from serving(seen)
    yield from _firewall(seen)
    # It may lie in one of the folders.
    yield from _swap(seen)
    for path in (*owned.TREES, *owned.PASSING_TREES):
        if path in seen.paths:
            passing = path in owned.PASSING_TREES
            yield Removal("tree", path, text=f"remove {path} and all in it", passing=passing)
    yield from _models(seen, wishes)
    yield from _official(seen)
    # Before the packages, which remove folders that are empty then.
    keeps_notes = _keeps_notes(declared, seen, wishes)
    yield from _folders(seen, keeps_notes=keeps_notes)
    yield from _packages(seen, wishes)
    yield from _last(seen, keeps_notes=keeps_notes)


def _files(seen: Seen) -> Iterator[Removal]:
    for path in filter(seen.is_ours, (*owned.FILES, *owned.PASSING, *owned.logs(seen.paths))):
        passing = path not in owned.FILES
        if path == layout.UNIT_FILE and path in seen.before and not _is_official(seen):
            # The unit of an official installation that is there no more.
            yield Removal("away", path, text=f"remove {path}")
            continue
        back = " and put back what was there before" if path in seen.before else ""
        yield Removal("file", path, text=f"remove {path}{back}", passing=passing)
    for path in owned.left_beside(seen.paths):
        yield Removal("away", path, text=f"remove {path}, which a killed run left")


def _firewall(seen: Seen) -> Iterator[Removal]:
    by_us = seen.is_noted("firewall") and not keeps_ufw(seen)
    ours = [rule for rule in seen.rules if rule.plain and is_ours(rule)]
    if by_us and ("ufw" in seen.here or ours):
        text = "disable ufw: what comes in is no longer filtered, as it was before"
        yield Removal("firewall", "ufw", text=text)
    for rule in ours:
        if by_us or not rule.comment.endswith(": ssh"):
            words = f"{rule.protocol} {rule.port} {rule.network}"
            text = f"delete ufw's rule for {rule.port}/{rule.protocol} from {rule.network}"
            yield Removal("rule", words, text=text)
    if not ("ufw" in seen.here or seen.rules) or (seen.is_noted("firewall") and keeps_ufw(seen)):
        return
    for words in seen.noted("ufw"):
        key, _, value = words.partition(" ")
        yield Removal("policy", key, value, text=f"set {key} of ufw to {value} again")


def _swap(seen: Seen) -> Iterator[Removal]:
    for path in seen.noted("swapfile"):
        # Of one that is not there any more, the line in /etc/fstab may be.
        there = path in seen.paths
        text = f"switch off and remove the swapfile {path}" if there else ""
        yield Removal("swap", path, text=text)
    for value in seen.noted("swappiness")[:1]:
        if value.isdigit():
            yield Removal("swappiness", value, text=f"set vm.swappiness to {value} again")


def _models(seen: Seen, wishes: Wishes) -> Iterator[Removal]:
    if not wishes.purge_models:
        return
    for folder, models in seen.models.items():
        size = f"{models.count} models, {human_size(models.bytes)}"
        for part in sorted(models.parts):
            yield Removal("tree", f"{folder}/{part}", text=f"remove {folder}/{part} ({size})")
    if not seen.is_noted("user"):
        return
    if layout.HOME in seen.paths:
        yield Removal("tree", layout.HOME, text=f"remove {layout.HOME} and all in it")
    for name in seen.noted("user"):
        yield Removal("user", name, text=f"remove the user {name}")
    for name in seen.noted("group"):
        yield Removal("group", name, text=f"remove the group {name}")


def _is_official(seen: Seen) -> bool:
    """Whether an official installation that was taken over is to be moved back, or was already."""
    return seen.official or seen.paths.get(layout.COMMAND) == "foreign"


def _official(seen: Seen) -> Iterator[Removal]:
    """It runs again where it ran, also when one was cut off before this."""
    if not (_is_official(seen) or seen.paths.get(layout.UNIT_FILE) == "foreign"):
        return
    if layout.UNIT_FILE in seen.before:
        if "enabled" in seen.noted("official"):
            yield Removal("enable", layout.UNIT)
        if "active" in seen.noted("official"):
            yield Removal("start", layout.UNIT, text=f"start {layout.UNIT} as it was before")


def _packages(seen: Seen, wishes: Wishes) -> Iterator[Removal]:
    going = seen.packages if not wishes.keep_packages else ()
    if going:
        names = " ".join(going)
        history = layout.monitoring.PROMETHEUS in going and seen.history_bytes
        data = f", with Prometheus's history ({human_size(seen.history_bytes)})" if history else ""
        yield Removal("packages", names, text=f"purge the packages {names}{data}")
    yield from left_behind(seen, wishes)


def _folders(seen: Seen, *, keeps_notes: bool) -> Iterator[Removal]:
    # When nothing but notes is left, they have been tried.
    noted = seen.noted("folder") if not (keeps_notes and seen.state == {"made"}) else ()
    folders = {*(path for path in owned.SHARED if path in seen.paths), *noted}
    for path in sorted(folders, key=lambda path: (-path.count("/"), path)):
        yield Removal("empty", path)


def _keeps_notes(declared: Declared, seen: Seen, wishes: Wishes) -> bool:
    """Whether something stays that only a note can tell the next one of."""
    forgotten = set(seen.models) - {owned.models_dir(declared)}
    return not wishes.purge_models and (seen.is_noted("user") or bool(forgotten))


def _last(seen: Seen, *, keeps_notes: bool) -> Iterator[Removal]:
    if owned.RUN in seen.paths:
        # A run that takes the host's lock makes it.
        text = f"remove {owned.RUN} and all in it"
        yield Removal("tree", owned.RUN, text=text, passing=True)
    if layout.STATE not in seen.paths:
        return
    if not keeps_notes:
        text = f"remove {layout.STATE} and all in it"
        yield Removal("tree", layout.STATE, text=text)
    elif seen.state != {"made"} or any(row.split(" ")[0] not in NOTES for row in seen.made or ()):
        text = f"remove what is in {layout.STATE} but for a note of what stays"
        yield Removal("notes", layout.STATE, text=text)
