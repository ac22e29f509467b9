"""Uninstalling: what goes, in which order, and what stays and why."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.removal.steps import Wishes

from .backups import having
from .removals import ALL, DOOR, MODELS, SSH, planned, steps


def test_all_of_it_in_an_order_in_which_a_cut_is_finished_by_the_next() -> None:
    found = planned(wishes=Wishes(purge_models=True))
    assert steps(found) == [
        "disable|ollama.service|",
        "link|/usr/local/bin/ollama|/opt/ollama/",
        f"file|{layout.UNIT_FILE}|",
        f"file|{layout.DROP_IN}|",
        "reload|systemd|",
        "swap|/swapfile|",
        "swappiness|60|",
        "tree|/opt/ollama|",
        "tree|/etc/pyinfra-ollama|",
        f"tree|{MODELS}/blobs|",
        f"tree|{MODELS}/manifests|",
        "tree|/usr/share/ollama|",
        "user|ollama|",
        "group|ollama|",
        f"empty|{layout.DROP_IN.rpartition('/')[0]}|",
        "packages|zstd libzstd9|",
        "tree|/var/lib/pyinfra-ollama|",
    ]
    assert not found.stays


def test_models_stay_with_their_user_unless_they_are_asked_for() -> None:
    found = planned()
    assert not [line for line in steps(found) if "/usr/share" in line or line.startswith("user")]
    words = f"{MODELS} (2 models, 1 MiB) with its user ollama: --purge-models removes them"
    assert found.stays == (words,)


@pytest.mark.parametrize(
    ("changes", "wishes", "verb", "reason"),
    [
        ({"packages": ["stay zstd certbot needs it"]}, Wishes(), "packages", "zstd: certbot needs"),
        ({}, Wishes(keep_packages=True), "packages", "--keep-packages"),
        ({"made": [], "packages": []}, Wishes(), "packages", "did not note which"),
        ({"made": ["user ollama"]}, Wishes(), "swap", "the swapfile /swapfile: it is not noted"),
        ({"made": ["group x"]}, Wishes(purge_models=True), "user", "it is not noted that this"),
        ({"firewall": [SSH, DOOR]}, Wishes(), "firewall", "ufw with the rules for SSH"),
    ],
)
def test_what_was_there_before_stays_and_the_plan_says_why(
    changes: dict[str, list[str]], wishes: Wishes, verb: str, reason: str
) -> None:
    found = planned(wishes=wishes, **changes)
    assert not [step for step in found.steps if step.verb == verb]
    assert any(reason in text for text in found.stays)


OLD = "/srv/old/models"
FORGOTTEN: dict[str, list[str]] = {
    "paths": [*ALL["paths"], "foreign /srv/old.swap"],
    "made": ["user ollama", f"models {OLD}", "swapfile /srv/old.swap", "swapfile /srv/gone"],
    "models": [*ALL["models"], f"folder {OLD}", "blobs", "manifests", "bytes 2048", "count 1"],
}


def test_what_nobody_declares_any_more_goes_as_well() -> None:
    found = planned(wishes=Wishes(purge_models=True), **FORGOTTEN)
    lines = steps(found)
    assert "swap|/srv/old.swap|" in lines
    assert [line for line in lines if line.startswith(f"tree|{OLD}/")] == [
        f"tree|{OLD}/blobs|",
        f"tree|{OLD}/manifests|",
    ]
    assert (
        "the swapfile /srv/gone, which this package made: it is not there any more" in found.stays
    )
    # Its line in /etc/fstab may be.
    assert "swap|/srv/gone|" in lines


def test_models_that_nobody_declares_any_more_stay_with_a_note_of_them() -> None:
    found = planned(**FORGOTTEN)
    assert (
        f"{OLD} (1 models, 2 KiB) with its user ollama: --purge-models removes them" in found.stays
    )
    assert steps(found)[-1] == "notes|/var/lib/pyinfra-ollama|"
    theirs = {**FORGOTTEN, "made": [f"models {OLD}"]}
    assert steps(planned(**theirs))[-1] == "notes|/var/lib/pyinfra-ollama|"
    left = {**theirs, "paths": ["folder /var/lib/pyinfra-ollama"], "units": [], "packages": []}
    assert planned(**{**left, "state": ["made"]}).steps == ()


def test_a_note_of_what_stays_is_kept_for_the_next() -> None:
    assert steps(planned())[-1] == "notes|/var/lib/pyinfra-ollama|"
    there = ["folder /var/lib/pyinfra-ollama", "folder /usr/share/ollama", f"folder {MODELS}"]
    left: dict[str, Any] = {
        "paths": there,
        "units": [],
        "made": ["user ollama"],
        "state": ["made"],
        "packages": [],
    }
    after = planned(**left)
    assert after.steps == ()
    assert any("--purge-models removes them" in text for text in after.stays)
    assert "user|ollama|" in steps(planned(wishes=Wishes(purge_models=True), **left))


def test_only_what_lasts_is_agreed_to() -> None:
    log = f"file {layout.monitoring.MONITOR_LOG}"
    before, after = planned(), planned(paths=[*ALL["paths"], log, f"{log}.1"])
    assert before.steps != after.steps
    assert before.agreed == after.agreed


@pytest.mark.parametrize("kind", ["foreign", "link"])
def test_somebody_elses_unit_of_that_name_is_left_alone(kind: str) -> None:
    nothing: dict[str, list[str]] = {name: [] for name in ALL if name != "uid"}
    there = [f"{kind} {layout.UNIT_FILE} /srv/x"]
    found = planned(**{**nothing, "paths": there, "units": ["ollama.service"]})
    assert found.steps == ()
    if kind == "foreign":
        assert f"{layout.UNIT_FILE}: it does not say that it is of this package" in found.stays


def test_backups_stay() -> None:
    assert "/srv/backup: backups are not what goes with an installation" in planned(having()).stays


def test_a_host_without_any_of_it_has_nothing_to_remove() -> None:
    nothing: dict[str, list[str]] = {name: [] for name in ALL if name != "uid"}
    assert planned(**nothing).steps == ()
