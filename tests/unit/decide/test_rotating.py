"""What rotates logs runs again where somebody stopped it."""

from __future__ import annotations

from dataclasses import replace

from pyinfra_ollama.decide.watching import need
from pyinfra_ollama.steps import Step

from .planning import plan, words
from .removals import ALL, planned, steps
from .served import TEMPLATES
from .watched import looked_after, watched


def test_what_rotates_logs_is_started_by_its_package_where_that_is_about_to_come() -> None:
    declared = watched()
    snapshot = looked_after(declared, rotation="inactive", rotation_enabled="")
    ours = [one for one in plan(declared, snapshot).changes if one.operation is Step.MONITORING]
    assert words(ours) == ["enable ollama-monitor.timer (logrotate.timer as well)"]
    bare = {n: v for n, v in snapshot.packages.installed.items() if n != "logrotate"}
    snapshot = replace(snapshot, packages=replace(snapshot.packages, installed=bare))
    assert need(declared, snapshot, TEMPLATES).reasons == ()


def test_a_timer_that_was_disabled_before_is_so_again() -> None:
    # The package was there, so it stays.
    made = ["unit logrotate.timer disabled inactive"]
    found = planned(packages=[*ALL["packages"], "here logrotate", "had logrotate"], made=made)
    assert "disable|logrotate.timer|" in steps(found)
