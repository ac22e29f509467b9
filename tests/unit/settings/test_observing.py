"""Who observes whom: targets, addresses, ports, and the firewall's opening."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pyinfra_ollama import settings
from pyinfra_ollama.settings import Opening
from pyinfra_ollama.settings.observer import Target

from .observed import GATEWAY, SERVER, WATCH, loaded, problems


def test_nobody_observes_a_host_that_is_alone() -> None:
    metrics = loaded(gpu=SERVER)["gpu"].metrics
    assert metrics is not None
    assert (metrics.address, metrics.observers, metrics.is_open) == ("127.0.0.1", (), False)


def test_a_host_without_the_declaration_has_none() -> None:
    found = loaded(gpu={"ollama": {}})["gpu"]
    assert (found.metrics, found.observer) == (None, None)
    assert found.server is not None
    assert not found.server.runner_metrics


def test_an_observer_without_targets_observes_all_that_have_metrics() -> None:
    found = loaded(gpu=SERVER, other={"ollama": {}}, watch=WATCH)
    observer = found["watch"].observer
    assert observer is not None
    assert observer.targets == (
        Target(name="gpu", address="10.0.0.1", port=9434, parts=("/node",)),
    )
    metrics = found["gpu"].metrics
    assert metrics is not None
    assert (metrics.address, metrics.observers, metrics.is_open) == ("::", ("10.0.0.9",), True)
    server = found["gpu"].server
    assert server is not None
    assert server.runner_metrics


def test_a_host_whose_runners_do_not_tell_is_known_as_such() -> None:
    silent = {**SERVER, "metrics": {"runners": False}}
    observer = loaded(a=SERVER, b=silent, watch=WATCH)["watch"].observer
    assert observer is not None
    assert [(target.name, target.runners) for target in observer.targets] == [
        ("a", True),
        ("b", False),
    ]


def test_targets_are_hosts_and_groups() -> None:
    watch = {**WATCH, "observer": {"targets": ["gpus", "gate"]}}
    hosts = dict.fromkeys(("a", "b", "c", "gate"), SERVER)
    found = loaded(groups={"gpus": ("a", "b")}, watch=watch, **hosts)
    observer = found["watch"].observer
    assert observer is not None
    assert [target.name for target in observer.targets] == ["a", "b", "gate"]
    metrics = found["c"].metrics
    assert metrics is not None
    assert metrics.observers == ()


def test_a_gateway_has_nginx_to_observe_and_an_observer_observes_itself() -> None:
    watch = {**WATCH, "ollama": {}, "gateway": GATEWAY, "metrics": {}}
    found = loaded(watch=watch)["watch"]
    assert found.observer is not None
    assert found.observer.targets == (
        Target(name="watch", address="127.0.0.1", port=9434, parts=("/node", "/nginx")),
    )
    assert found.metrics is not None
    assert found.metrics.address == "127.0.0.1"


def test_the_address_that_metrics_are_on_is_the_one_to_ask() -> None:
    server = {**SERVER, "metrics": {"listen": "10.1.0.1", "port": 9500}}
    observer = loaded(gpu=server, watch=WATCH)["watch"].observer
    assert observer is not None
    assert [(one.address, one.port) for one in observer.targets] == [("10.1.0.1", 9500)]


def test_the_firewall_lets_in_observers_and_nobody_else() -> None:
    server = {**SERVER, "firewall": {}, "metrics": {"observers": ["2001:db8::9"]}}
    watch = {"observer": {"source_addresses": ["10.2.0.9"]}}
    found = loaded(gpu=server, watch=watch)["gpu"]
    assert found.opened == (Opening("9434", "tcp", ("2001:db8::9", "10.2.0.9"), "observers"),)
    assert loaded(gpu={**SERVER, "firewall": {}})["gpu"].opened == ()


def test_an_observer_whose_address_is_not_known_is_asked_for_it() -> None:
    found = problems(gpu=SERVER, watch={"observer": {}})
    assert found == [("metrics", "the observer 'watch', whose address is not known")]


@pytest.mark.parametrize(
    ("targets", "path", "seen"),
    [
        (["gpx"], "observer.targets[0]", "'gpx'"),
        (["plain"], "observer.targets", "'plain', which declares no valid Metrics(...)"),
        (["hidden"], "observer.targets", "'hidden', which has its metrics on 127.0.0.1 only"),
    ],
)
def test_what_cannot_be_observed_is_said(targets: list[str], path: str, seen: str) -> None:
    hidden = {**SERVER, "metrics": {"listen": "127.0.0.1"}}
    watch = {**WATCH, "observer": {"targets": targets}}
    assert problems(plain={"ollama": {}}, hidden=hidden, watch=watch) == [(path, seen)]


def test_a_monitor_that_runs_seldom_is_not_to_be_called_silent_in_between() -> None:
    seldom = {**SERVER, "monitoring": {"interval": "24h"}}
    often = {**SERVER, "monitoring": {"interval": "450s"}}
    assert problems(a=often, b=seldom, watch=WATCH) == [
        (
            "observer.alerts.monitor_silent_seconds",
            "900, though ollama-monitor of 'b' runs every 24h",
        )
    ]
    patient = {**WATCH, "observer": {"alerts": {"monitor_silent_seconds": 172_800}}}
    assert loaded(a=often, b=seldom, watch=patient)["watch"].observer
    assert loaded(a=often, watch=WATCH)["watch"].observer


def test_a_host_may_be_an_observer_alone() -> None:
    found = loaded(watch=WATCH)["watch"]
    assert found.server is None
    assert found.observer is not None
    assert found.observer.targets == ()


def test_what_few_hosts_declare_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys; from pyinfra_ollama import settings\n"
        "settings.load([('a', {'ollama': settings.Ollama(), 'other': 1})])\n"
        "later = {f'{settings.__name__}.{module}' for module in settings._LATER.values()}\n"
        "assert not later & set(sys.modules), later & set(sys.modules)\n"
        "assert all(getattr(settings, name).__name__ == name for name in settings._LATER)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_name_that_is_none_is_no_setting() -> None:
    with pytest.raises(AttributeError, match="Metrix"):
        _ = settings.Metrix
