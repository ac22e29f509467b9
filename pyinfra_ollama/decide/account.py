"""The service user and the folders that are its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.decide import packages
from pyinfra_ollama.decide.unit import gpu_groups
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


@dataclass(frozen=True)
class Folder:
    """A folder with its owner and mode."""

    path: str
    user: str
    mode: str


def folders(settings: HostSettings) -> tuple[Folder, ...]:
    """Every folder the deployment owns; parents first."""
    return (
        Folder(layout.OPT, "root", "755"),
        Folder(layout.RELEASES, "root", "755"),
        Folder(layout.STATE, "root", "700"),
        Folder(layout.HOME, layout.USER, "700"),
        Folder(settings.ollama.models_dir, layout.USER, "700"),
    )


def groups(snapshot: Snapshot) -> frozenset[str]:
    """The groups the user must be in."""
    return frozenset((layout.GROUP, *gpu_groups(snapshot)))


def obstacles(settings: HostSettings, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What is on the host already and is left alone: what was seen, what to do."""
    account, models_dir = snapshot.account, settings.ollama.models_dir
    if account.exists and account.home != layout.HOME:
        yield (
            f"user {layout.USER} is there with the home {account.home}",
            f"stop what runs as {layout.USER}, then: usermod -m -d {layout.HOME} {layout.USER}",
        )
    if account.models_dir != models_dir:
        yield (
            f"models_dir {models_dir} leads to {account.models_dir} through a link",
            f"declare where the models are: Ollama(models_dir='{account.models_dir}')",
        )
    for folder in folders(settings):
        state = snapshot.files.get(folder.path)
        if state is None or state.kind == "directory":
            continue
        if state.kind != "symbolic link" or folder.path != models_dir:
            yield f"{folder.path} is a {state.kind} where a folder belongs", "move it away"
    owner = snapshot.files.get(models_dir)
    at_home = models_dir.startswith(f"{layout.HOME}/")
    if account.stranger and owner and owner.user != layout.USER and not at_home:
        yield (
            f"models_dir {models_dir} belongs to {owner.user} and holds {account.stranger}",
            "declare a folder for the models alone: the service becomes the owner of all in it",
        )


def reasons(settings: HostSettings, snapshot: Snapshot) -> tuple[str, ...]:
    """What is not as it should be, in words; RefusedError when something is in the way."""
    for seen, remedy in obstacles(settings, snapshot):
        raise RefusedError(f"{seen}: {remedy}")
    account, found = snapshot.account, []
    if not account.exists:
        found.append(f"user {layout.USER} does not exist")
    missing = groups(snapshot) - account.groups if account.exists else ()
    found.extend(f"{layout.USER} is not in group {group}" for group in sorted(missing))
    for folder in folders(settings):
        state = snapshot.files.get(folder.path)
        if state is None:
            if folder.path == layout.STATE and packages.work(settings, snapshot).update:
                continue  # scripts/apt.sh makes it, before
            found.append(f"{folder.path} does not exist")
        elif (state.user, state.mode) != (folder.user, folder.mode):
            found.append(f"{folder.path} belongs to {state.user} and has mode {state.mode}")
    if account.foreign_file:
        found.append(f"{account.foreign_file} does not belong to {layout.USER}")
    return tuple(found)
