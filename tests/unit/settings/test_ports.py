"""Ports of monitoring that something else on a host has."""

from __future__ import annotations

import pytest

from .observed import GATEWAY, WATCH, loaded, problems


@pytest.mark.parametrize(
    ("port", "owner"),
    [(11434, "Ollama"), (9180, "the gateway"), (9100, "Debian's exporters"), (9090, "Prometheus")],
)
def test_a_port_that_another_has_is_refused(port: int, owner: str) -> None:
    host = {**WATCH, "ollama": {}, "gateway": GATEWAY, "metrics": {"port": port}}
    assert problems(watch=host) == [
        ("metrics.port", f"{port}, the port of {owner} on this host"),
    ]


@pytest.mark.parametrize("field", ["port", "alertmanager_port"])
@pytest.mark.parametrize(
    ("port", "owner"),
    [
        (11434, "Ollama"),
        (9180, "the gateway"),
        (9100, "Debian's exporters"),
        (9113, "Debian's exporters"),
    ],
)
def test_an_observers_port_that_another_has_is_refused(field: str, port: int, owner: str) -> None:
    host = {**WATCH, "ollama": {}, "gateway": GATEWAY, "metrics": {}, "observer": {field: port}}
    assert problems(watch=host) == [
        (f"observer.{field}", f"{port}, the port of {owner} on this host")
    ]
    alone = {**WATCH, "observer": {field: port}}
    assert loaded(watch=alone)["watch"].observer


def test_ports_of_an_observer_and_its_own_exporter_differ() -> None:
    host = {**WATCH, "metrics": {"port": 9500}, "observer": {"alertmanager_port": 9500}}
    assert problems(watch=host) == [
        ("metrics.port", "9500, the port of Alertmanager on this host"),
    ]
