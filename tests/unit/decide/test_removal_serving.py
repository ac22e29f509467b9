"""Uninstalling: the firewall and the services of others' packages become what they were."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.removal.steps import Plan, Wishes
from pyinfra_ollama.layout import grafana

from .removals import ALL, DOOR, SSH, THEIRS, planned, steps


def rule(port: int) -> str:
    return f"rule|tcp {port} 0.0.0.0/0|"


def test_nobody_is_locked_out_by_the_rules_that_go() -> None:
    enabled_before = steps(planned(firewall=[SSH, DOOR, THEIRS]))
    assert rule(443) in enabled_before
    assert rule(22) not in enabled_before
    assert "firewall|ufw|" not in enabled_before
    by_us = steps(planned(firewall=[SSH, DOOR], made=["firewall"]))
    assert by_us.index("firewall|ufw|") < by_us.index(rule(22)) < by_us.index(rule(443))


def test_a_firewall_that_somebody_relies_on_stays() -> None:
    found = planned(firewall=[SSH, DOOR, THEIRS], made=["firewall", "unit ufw.service x inactive"])
    assert [line for line in steps(found) if line.startswith(("rule", "firewall"))] == [rule(443)]
    assert not [line for line in steps(found) if "ufw.service" in line]
    assert any(text.startswith("ufw, enabled, with the rules for SSH") for text in found.stays)


def test_what_was_denied_by_default_before_is_so_again() -> None:
    made = ['ufw DEFAULT_INPUT_POLICY "ACCEPT"']
    again = 'policy|DEFAULT_INPUT_POLICY|"ACCEPT"'
    assert again in steps(planned(firewall=[DOOR, THEIRS], made=made))
    # One that this package enabled, and on which somebody relies since, goes on denying.
    assert again not in steps(planned(firewall=[DOOR, THEIRS], made=[*made, "firewall"]))


def test_a_firewall_that_is_gone_has_no_settings_to_put_back() -> None:
    made = ['ufw DEFAULT_INPUT_POLICY "ACCEPT"', "ufw IPV6 no", "unit ufw.service enabled active"]
    assert not [line for line in steps(planned(made=made)) if line.startswith("policy")]
    there = steps(planned(made=made, packages=["here ufw", "had ufw"]))
    assert len([line for line in there if line.startswith("policy")]) == 2


def test_a_change_of_the_firewall_on_trial_is_undone_first() -> None:
    found = planned(paths=[*ALL["paths"], "file /run/pyinfra-ollama-firewall/undo"])
    assert steps(found)[0] == "undo|/run/pyinfra-ollama-firewall/undo|"


GATE = [*ALL["paths"], f"file {layout.NGINX_CONF}", f"folder {layout.NGINX_FOLDER}"]


def nginx(*packages: str, **changes: Any) -> Plan:
    return planned(paths=GATE, packages=["here nginx", *packages], **changes)


def test_an_nginx_that_was_there_before_goes_on_with_what_it_had() -> None:
    found = nginx("had nginx", before=[layout.NGINX_CONF])
    lines = steps(found)
    assert lines.index(f"file|{layout.NGINX_CONF}|") < lines.index("restart|nginx.service|")
    assert not [text for text in found.stays if "nginx" in text]


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        ("disabled inactive", ["disable|nginx.service|"]),
        ("enabled inactive", ["stop|nginx.service|"]),
        ("disabled active", ["unable|nginx.service|", "restart|nginx.service|"]),
    ],
)
def test_a_service_becomes_what_it_was(noted: str, expected: list[str]) -> None:
    made = [f"unit nginx.service {noted}"]
    found = nginx("had nginx", before=[layout.NGINX_CONF], made=made)
    assert [line for line in steps(found) if "nginx.service" in line] == expected


def test_a_service_that_came_with_this_package_and_stays_is_stopped() -> None:
    found = nginx(before=[layout.NGINX_CONF], wishes=Wishes(keep_packages=True))
    assert "disable|nginx.service|" in steps(found)
    assert "nginx, stopped and disabled: it ran with files of this package" in found.stays
    unknown = nginx()
    assert "disable|nginx.service|" in steps(unknown)
    assert any(f"{layout.NGINX_CONF} again with: apt-get" in text for text in unknown.stays)


def test_a_firewall_that_was_on_is_not_switched_off_for_a_moment() -> None:
    packages = ["here ufw", "had ufw"]
    for was, expected in (("enabled active", []), ("disabled inactive", ["disable"])):
        made = [f"unit ufw.service {was}"]
        found = planned(packages=packages, made=made, firewall=[DOOR])
        assert [one.verb for one in found.steps if one.subject == "ufw.service"] == expected


def test_an_nginx_that_is_not_ours_is_left_alone() -> None:
    found = planned(paths=[*ALL["paths"], f"foreign {layout.NGINX_CONF}"])
    assert not [line for line in steps(found) if "nginx" in line]
    assert not [text for text in found.stays if "nginx" in text]


def test_what_was_put_back_is_not_taken_for_ours_by_the_next() -> None:
    there = [f"foreign {layout.NGINX_CONF}", "folder /var/lib/pyinfra-ollama"]
    made, packages = ["unit nginx.service enabled active"], ["here nginx", "had nginx"]
    found = planned(
        paths=there, before=[layout.NGINX_CONF], units=[], made=made, packages=packages, models=[]
    )
    assert steps(found) == [
        "reload|systemd|",
        "restart|nginx.service|",
        "tree|/var/lib/pyinfra-ollama|",
    ]


BOUNDS = ["restart|systemd-journald.service|", "restart|logrotate.timer|"]
TOOLS = f"folder {layout.monitoring.TOOLS_FOLDER}"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([f"file {layout.monitoring.JOURNALD_FILE}"], BOUNDS),
        ([f"file {layout.monitoring.MONITOR_UNITS[-1]}"], BOUNDS),
        # One that was cut off had removed these files, but nothing had read so.
        ([TOOLS], BOUNDS),
        ([f"folder {layout.HOST_LIBRARY}"], []),
    ],
)
def test_bounds_of_logs_go_also_when_nobody_declares_them_any_more(
    there: list[str], expected: list[str]
) -> None:
    found = steps(planned(paths=[*ALL["paths"], *there]))
    assert [line for line in found if line in BOUNDS] == expected


def test_a_grafana_of_a_persons_own_reads_that_ours_is_gone() -> None:
    there = [*ALL["paths"], f"file {grafana.DATA_SOURCE}"]
    lines = steps(planned(paths=there))
    assert lines.index(f"file|{grafana.DATA_SOURCE}|") < lines.index(f"restart|{grafana.UNIT}|")
    assert not [line for line in steps(planned()) if "grafana" in line]
