"""Uninstalling: what packages leave behind goes with them, and nothing of others."""

from __future__ import annotations

import pytest

from pyinfra_ollama import layout

from .removals import ALL, planned, steps


def test_what_packages_leave_behind_goes_with_them() -> None:
    page = "/var/www/html/index.nginx-debian.html"
    made = [f"left {page}", "left /var/www/html", "account prometheus"]
    found = steps(planned(packages=["new nginx", "here nginx"], made=made))
    assert found[found.index("packages|nginx|") :][1:] == [
        f"away|{page}|",
        "empty|/var/www/html|",
        "tree|/var/lib/pyinfra-ollama|",
    ]
    there = [*ALL["paths"], f"foreign {page}"]
    cut = steps(planned(packages=["asked nginx"], made=made, paths=there))
    assert f"away|{page}|" in cut
    stays = steps(planned(packages=["here nginx", "here prometheus"], made=made))
    assert not [line for line in stays if "www" in line or "prometheus" in line]


NODE_EXPORTER = layout.monitoring.NODE_EXPORTER


@pytest.mark.parametrize("packages", [[f"new {NODE_EXPORTER}"], [f"asked {NODE_EXPORTER}"]])
def test_the_user_of_packages_that_go_or_went_goes_with_them(packages: list[str]) -> None:
    found = planned(packages=packages, made=["account prometheus"])
    assert "user|prometheus|" in steps(found)
    # Whoever agrees to the plan has read of it.
    assert [step.text for step in found.steps if step.subject == "prometheus"] == [
        "remove the user prometheus, which packages that went left behind"
    ]


@pytest.mark.parametrize(
    "packages",
    [
        # None of this package's made it.
        ["new nginx"],
        # Another exporter of Debian's, with the same user.
        [f"new {NODE_EXPORTER}", "here prometheus-blackbox-exporter"],
    ],
)
def test_a_user_that_others_made_or_need_stays(packages: list[str]) -> None:
    found = steps(planned(packages=packages, made=["account prometheus"]))
    assert not [line for line in found if line.startswith("user|prometheus")]


def test_a_user_as_whom_something_runs_stays_and_the_plan_says_so() -> None:
    packages = [f"new {NODE_EXPORTER}", "runs prometheus /srv/own/prometheus"]
    found = planned(packages=packages, made=["account prometheus"])
    assert not [line for line in steps(found) if line.startswith("user|prometheus")]
    assert "the user prometheus: /srv/own/prometheus runs as it" in found.stays


def test_what_a_certbot_of_somebody_elses_keeps_stays() -> None:
    kept = "/var/lib/letsencrypt"
    there, made = [*ALL["paths"], f"folder {kept}"], [f"left {kept}"]
    assert f"tree|{kept}|" not in steps(planned(packages=[], paths=there, made=made))
    ours = planned(packages=["asked certbot"], paths=there, made=made)
    assert f"tree|{kept}|" in steps(ours)
    assert f"remove {kept}, which certbot left behind" in [step.text for step in ours.steps]
