"""What a run would do for exporters and observers, before it does it."""

from __future__ import annotations

from dataclasses import replace

from pyinfra_ollama import layout
from pyinfra_ollama.decide import verified
from pyinfra_ollama.decide.plan.foretell import texts_to_read
from pyinfra_ollama.snapshot import PackageState, Snapshot
from pyinfra_ollama.snapshot.monitoring import MonitoringState
from pyinfra_ollama.snapshot.observing import daemons
from pyinfra_ollama.snapshot.wanted import wanted_packages
from pyinfra_ollama.steps import Step

from .gateways import TEMPLATES
from .hosts import NOW
from .monitored import HOOK, converged, observing
from .planning import bare, plan

WATCH = observing()


def done() -> Snapshot:
    """The observer's host with nothing left to be done."""
    found = converged(WATCH)
    packages = PackageState(dict.fromkeys(wanted_packages(WATCH), "1"), frozenset(), (), NOW - 60)
    found = replace(found, packages=packages)
    return replace(found, verified=verified.fingerprint(WATCH, found, TEMPLATES))


def test_a_bare_host_gets_all_of_it_in_the_order_of_the_run() -> None:
    found = plan(WATCH, replace(bare(), monitoring=MonitoringState()))
    assert found.operations == (
        Step.LISTENING,
        Step.PACKAGES,
        Step.EXPORTER_FILES,
        Step.EXPORTERS,
        Step.OBSERVER_FILES,
        Step.OBSERVER,
        Step.VERIFY,
    )
    # Before the packages that would start them otherwise.
    early = [change.subject for change in found.changes if change.operation == Step.LISTENING]
    assert early == [layout.monitoring.DEFAULTS[name] for name in daemons(WATCH)]


def test_a_converged_host_gets_nothing() -> None:
    assert plan(WATCH, done()).operations == ()


def test_a_changed_threshold_is_a_file_and_a_reload() -> None:
    changed = observing(alerts={"disk_percent": 50})
    found = plan(changed, done())
    assert found.operations == (Step.OBSERVER_FILES, Step.OBSERVER, Step.VERIFY)
    rules, reload = found.changes[:2]
    assert rules.subject == layout.monitoring.PROMETHEUS_RULES
    assert (reload.action, reload.subject) == ("reload", "prometheus.service")


def test_the_webhook_is_shown_nowhere() -> None:
    found = plan(WATCH, replace(bare(), monitoring=MonitoringState()))
    assert HOOK not in repr(found)
    assert "canary" not in repr(found)
    files = {file.path for file in (change.file for change in found.changes) if file}
    assert layout.monitoring.ALERTMANAGER_CONFIG in files


def test_only_files_that_may_be_shown_are_read_for_a_diff() -> None:
    other = observing(receiver={}, alerts={"disk_percent": 50})
    assert texts_to_read(other, done(), TEMPLATES) == (layout.monitoring.PROMETHEUS_RULES,)
