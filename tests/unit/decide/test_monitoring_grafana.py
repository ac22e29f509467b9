"""What a Grafana on an observer is given, and when it is started anew."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from grafana_foundation_sdk.models.dashboard import Dashboard

from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.monitoring.grafana import grafana_files, reasons
from pyinfra_ollama.layout import grafana
from pyinfra_ollama.snapshot import FileState, Snapshot
from pyinfra_ollama.steps import Step
from tests.unit.grafana import faults

from .gateways import TEMPLATES
from .hosts import NOW
from .monitored import observing, with_grafana, with_monitoring
from .planning import plan
from .test_monitoring_plan import done


def files(snapshot: Snapshot, **fields: Any) -> dict[str, ManagedFile]:
    """Its files by their paths."""
    settings = observing(**fields).observer
    assert settings is not None
    return {file.path: file for file in grafana_files(settings, snapshot, TEMPLATES)}


def given(snapshot: Snapshot, started: float = NOW) -> Snapshot:
    """The host with all of it in place since `NOW - 10`."""
    found = with_grafana(snapshot, started=started)
    there = {
        file.path: FileState("regular file", file.mode, file.user, file.group, 1, file.sha256)
        for file in files(found).values()
    }
    changed = dict.fromkeys(grafana.PROVISIONING, NOW - 10.0)
    found = replace(found, files={**found.files, **there})
    assert found.monitoring is not None
    return with_monitoring(found, changed={**found.monitoring.changed, **changed})


def test_without_its_package_or_when_not_wanted_there_is_nothing() -> None:
    for found in (files(done()), files(with_grafana(done()), grafana=False)):
        assert set(found) == set(grafana.FILES)
        assert {file.content for file in found.values()} == {None}
    assert plan(observing(), done()).operations == ()


def test_it_gets_this_prometheus_and_the_folder_of_the_dashboard() -> None:
    found = files(with_grafana(done()), port=9999, scrape_seconds=30)
    source, provider = (found[path] for path in grafana.PROVISIONING)
    assert {(file.mode, file.user, file.group) for file in (source, provider)} == {
        ("640", "root", "grafana")
    }
    assert "    url: http://127.0.0.1:9999\n" in (source.content or "")
    assert "      timeInterval: 30s\n" in (source.content or "")
    assert f"      path: {grafana.DASHBOARD.rpartition('/')[0]}\n" in (provider.content or "")


def test_the_dashboard_knows_both_variables_and_stays_whole() -> None:
    found = files(with_grafana(done()), runbooks="https://wiki.example.com/runbooks/")
    board = json.loads(found[grafana.DASHBOARD].content or "")
    assert list(faults(Dashboard, board)) == []
    variables = {one["name"]: one for one in board["templating"]["list"]}
    source = files(with_grafana(done()))[grafana.DATA_SOURCE].content or ""
    assert f"uid: {variables['datasource']['current']['value']}\n" in source
    assert variables["runbooks"]["query"] == "https://wiki.example.com/runbooks"


def test_a_grafana_that_came_later_gets_all_of_it_at_the_next_run() -> None:
    found = plan(observing(), with_grafana(done()))
    assert found.operations == (Step.OBSERVER_GRAFANA,)
    assert [change.subject for change in found.changes] == [*grafana.FILES, grafana.UNIT]
    assert found.changes[-1].action == "restart"


def test_one_that_has_it_is_left_alone() -> None:
    assert plan(observing(), given(done())).operations == ()


def test_a_package_that_went_takes_it_along() -> None:
    found = plan(observing(), with_monitoring(given(done()), grafana=None))
    assert [(one.action, one.subject) for one in found.changes] == [
        ("remove", path) for path in grafana.FILES
    ]


@pytest.mark.parametrize("active", ["inactive", "failed", "activating"])
def test_one_that_does_not_run_is_not_started(active: str) -> None:
    found = plan(observing(port=9999), with_grafana(given(done()), active))
    assert grafana.UNIT not in [change.subject for change in found.changes]
    assert grafana.DATA_SOURCE in [change.subject for change in found.changes]


@pytest.mark.parametrize(
    ("started", "why"),
    [(NOW - 10.0, "changed since it was started"), (NOW - 11.0, "changed since"), (NOW - 9.9, "")],
)
def test_a_run_that_was_killed_before_the_restart_is_made_up_for(started: float, why: str) -> None:
    snapshot = given(done(), started)
    said = reasons(tuple(files(snapshot).values()), snapshot)
    assert (why in said[0]) if why else said == ()


def test_a_changed_dashboard_alone_restarts_nothing() -> None:
    found = plan(observing(runbooks="https://wiki.example.com/r"), given(done()))
    assert grafana.DASHBOARD in [change.subject for change in found.changes]
    assert grafana.UNIT not in [change.subject for change in found.changes]
