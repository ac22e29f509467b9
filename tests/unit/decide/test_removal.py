"""Uninstalling: what goes, in which order, and what stays and why."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.removal.plan import Plan, Wishes, plan
from pyinfra_ollama.decide.removal.seen import read
from pyinfra_ollama.settings import Declared

from .backups import having
from .hosts import declaration
from .removals import ALL, DOOR, MODELS, SSH, answer


def planned(declared: Declared | None = None, wishes: Wishes | None = None, **changes: Any) -> Plan:
    server = declaration(swap={"size": "1G"})
    return plan(declared or server, read(answer(**changes)), wishes or Wishes())


def steps(found: Plan) -> list[str]:
    return [step.line for step in found.steps]


def test_all_of_it_in_an_order_in_which_a_cut_is_finished_by_the_next() -> None:
    found = planned(wishes=Wishes(purge_models=True))
    assert steps(found) == [
        "disable|ollama.service|",
        "link|/usr/local/bin/ollama|/opt/ollama/",
        f"file|{layout.UNIT_FILE}|",
        f"file|{layout.DROP_IN}|",
        f"empty|{layout.DROP_IN.rpartition('/')[0]}|",
        "reload|systemd|",
        "tree|/opt/ollama|",
        "tree|/etc/pyinfra-ollama|",
        "swap|/swapfile|",
        "swappiness|60|",
        f"tree|{MODELS}/blobs|",
        f"tree|{MODELS}/manifests|",
        f"empty|{MODELS}|",
        "tree|/usr/share/ollama|",
        "user|ollama|",
        "group|ollama|",
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
        ({"packages": ["new zstd", "old curl"]}, Wishes(), "packages", "with them would go curl"),
        ({}, Wishes(keep_packages=True), "packages", "--keep-packages"),
        ({"made": [], "packages": []}, Wishes(), "packages", "did not note which"),
        ({"made": ["user ollama"]}, Wishes(), "swap", "the swapfile /swapfile: it is not noted"),
        ({"made": ["group x"]}, Wishes(purge_models=True), "user", "it is not noted that this"),
        ({"firewall": [SSH, DOOR]}, Wishes(), "firewall", "ufw and its rules for SSH"),
    ],
)
def test_what_was_there_before_stays_and_the_plan_says_why(
    changes: dict[str, list[str]], wishes: Wishes, verb: str, reason: str
) -> None:
    found = planned(wishes=wishes, **changes)
    assert not [step for step in found.steps if step.verb == verb]
    assert any(reason in text for text in found.stays)


def test_nobody_is_locked_out_by_the_rules_that_go() -> None:
    enabled_before = steps(planned(firewall=[SSH, DOOR]))
    assert f"rule|{DOOR}|" in enabled_before
    assert f"rule|{SSH}|" not in enabled_before
    by_us = steps(planned(firewall=[SSH, DOOR], made=["firewall"]))
    assert by_us.index("firewall|ufw|") < by_us.index(f"rule|{SSH}|")


def test_nginx_gets_its_own_configuration_back_or_keeps_ours() -> None:
    there = [*ALL["paths"], f"file {layout.NGINX_CONF}", f"folder {layout.NGINX_FOLDER}"]
    known = planned(paths=there, before=[layout.NGINX_CONF])
    assert steps(known).index(f"file|{layout.NGINX_CONF}|") < steps(known).index(
        "restart|nginx.service|"
    )
    unknown = planned(paths=there)
    assert f"file|{layout.NGINX_CONF}|" not in steps(unknown)
    assert any("nginx.conf" in text for text in unknown.stays)
    goes = planned(paths=there, packages=["new nginx", "new zstd"])
    assert f"file|{layout.NGINX_CONF}|" in steps(goes)


def test_an_nginx_that_is_not_ours_is_left_alone() -> None:
    found = planned(paths=[*ALL["paths"], f"foreign {layout.NGINX_CONF}"])
    assert not [line for line in steps(found) if "nginx" in line]
    assert not [text for text in found.stays if "nginx" in text]


def test_what_was_put_back_is_not_taken_for_ours_by_the_next() -> None:
    there = [f"foreign {layout.NGINX_CONF}", "folder /var/lib/pyinfra-ollama"]
    found = planned(paths=there, before=[layout.NGINX_CONF], units=[], made=[], packages=[])
    assert steps(found) == [
        "reload|systemd|",
        "restart|nginx.service|",
        "tree|/var/lib/pyinfra-ollama|",
    ]


def test_an_official_installation_is_moved_back_before_its_folder_goes() -> None:
    found = steps(planned(official=["there"], before=[layout.UNIT_FILE]))
    assert found.index("official|official|") < found.index("tree|/opt/ollama|")


def test_backups_stay() -> None:
    assert "/srv/backup: backups are not what goes with an installation" in planned(having()).stays


def test_a_host_without_any_of_it_has_nothing_to_remove() -> None:
    nothing: dict[str, list[str]] = {name: [] for name in ALL if name != "uid"}
    assert planned(**nothing).steps == ()
