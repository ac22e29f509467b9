"""When the verifier has to look again: never on a converged host, always after a change."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.decide.verified import due, fingerprint
from pyinfra_ollama.settings import HostSettings
from tests.unit.decide.hosts import declared, whole
from tests.unit.decide.served import TEMPLATES, served

MODEL = {"name": "m:1"}
USUAL: dict[str, Any] = {"ollama": {"models": [MODEL]}, "swap": {"size": "1G"}}
LISTED = {"models": {"m:1": "a" * 64}}


def settings(**changes: Any) -> HostSettings:
    return declared(**{**USUAL, **changes})


def looks(wanted: HostSettings, **host: Any) -> bool:
    """Whether a host that was verified with the usual settings is looked at again."""
    snapshot = served(settings(), **{"api": LISTED, **host})
    return due(whole(wanted), snapshot, TEMPLATES)


def test_never_on_a_converged_host() -> None:
    assert not looks(settings())
    assert not looks(settings(packages={"tools": ["htop"]})), "no check looks at tools"


def test_not_for_what_happens_by_itself() -> None:
    restarted = {"environment": served(settings()).unit.environment, "pid": 4711}
    assert not looks(settings(), unit=restarted, now=1, memory={"MemAvailable": 1})


@pytest.mark.parametrize(
    "changes",
    [
        {"ollama": {"models": []}},
        {"ollama": {"models": [{**MODEL, "role": "embedding"}]}},
        {"ollama": {"models": [{**MODEL, "digest": "a" * 64}]}},
        {"ollama": {"models": [{**MODEL, "options": {"seed": 1}}]}},
        {"ollama": {"models": [MODEL], "port": 11500}},
        {"ollama": {"models": [MODEL], "version": "0.32.15"}},
        {"swap": {"size": "2G"}},
        {"swap": {"size": "1G", "swappiness": 20}},
        {"verify": {"min_free_disk": "2G"}},
        {"service": {"restart_seconds": 9}},
    ],
)
def test_after_any_declaration_that_a_check_looks_at(changes: dict[str, Any]) -> None:
    assert looks(settings(**changes))


@pytest.mark.parametrize(
    "host",
    [
        {"verified": None},
        {"api": {"models": {}}},
        {"unit": {"active": "failed"}},
        {"links": {"/opt/ollama/current": "releases/0.32.15"}},
    ],
)
def test_after_a_change_of_the_host_that_is_about_to_be_mended(host: dict[str, Any]) -> None:
    assert looks(settings(), **host)


def test_the_hash_is_the_same_in_every_run() -> None:
    one, two = settings(), settings()
    snapshot = served(one)
    first, second = (fingerprint(whole(s), snapshot, TEMPLATES) for s in (one, two))
    assert first == second
