"""What a person is told of a pull, and how often."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.operations import pull
from tests.unit.operations.fakes import Clock, Host

MIB = 1024**2


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> tuple[pull.Progress, Host, Clock]:
    clock, host = Clock(), Host()
    monkeypatch.setattr(pull, "time", clock)
    return pull.Progress(host, "m:1"), host, clock  # type: ignore[arg-type]


def layer(done: Any = 25 * MIB, total: Any = 100 * MIB, digest: str = "sha256:1") -> dict[str, Any]:
    return {"status": "pulling 1", "digest": digest, "total": total, "completed": done}


def test_what_takes_no_time_is_told_once(told: tuple[pull.Progress, Host, Clock]) -> None:
    progress, host, _ = told
    progress.show(layer())
    progress.done()
    assert host.said == ["m:1: ready, 100 MiB, 0.0 s"]


def test_a_line_every_few_seconds(told: tuple[pull.Progress, Host, Clock]) -> None:
    progress, host, clock = told
    for _ in range(24):
        progress.show(layer())
        clock.sleep(0.5)
    assert len(host.said) == 2
    assert host.said[0].startswith("m:1: 25")
    assert host.said[0].endswith("(25 %), 5 s")


@pytest.mark.parametrize(
    "event",
    [
        {"status": "verifying sha256 digest"},
        {"status": "verifying sha256 digest", "total": 0, "completed": 0, "digest": "x"},
        {"status": "verifying sha256 digest", "total": "many", "completed": None},
        {"status": "verifying sha256 digest", "digest": "x", "total": 5},
    ],
)
def test_without_figures_the_servers_words(
    told: tuple[pull.Progress, Host, Clock], event: dict[str, Any]
) -> None:
    progress, host, clock = told
    clock.sleep(6)
    progress.show(event)
    assert host.said == ["m:1: verifying sha256 digest, 6 s"]


def test_layers_are_added_up(told: tuple[pull.Progress, Host, Clock]) -> None:
    progress, host, _ = told
    for digest in ("a", "b", "a"):
        progress.show(layer(total=1024**3, digest=digest))
    progress.done()
    assert "2 GiB" in host.text
