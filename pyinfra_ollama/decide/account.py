"""The service user and the folders that are its own."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.decide.unit import gpu_groups
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


def reasons(settings: HostSettings, snapshot: Snapshot) -> tuple[str, ...]:
    """What is not as it should be, in words."""
    account, found = snapshot.account, []
    if not account.exists:
        found.append(f"user {layout.USER} does not exist")
    elif account.home != layout.HOME:
        found.append(f"the home of {layout.USER} is {account.home}")
    missing = set(gpu_groups(snapshot)) - account.groups
    found.extend(f"{layout.USER} is not in group {group}" for group in sorted(missing))
    for folder in folders(settings):
        state = snapshot.files.get(folder.path)
        if state is None:
            found.append(f"{folder.path} does not exist")
        elif (state.kind, state.user, state.mode) != ("directory", folder.user, folder.mode):
            found.append(f"{folder.path} is a {state.kind} of {state.user}, mode {state.mode}")
    if account.foreign_file:
        found.append(f"{account.foreign_file} does not belong to {layout.USER}")
    return tuple(found)
