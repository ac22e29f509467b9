"""What is on a host already: an official installation, and other people's drop-ins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import official
from tests.fleet.archives import publish, small
from tests.fleet.harness import OLDER, VERSION, Fleet

HOST = "host2"
BROKEN = "0.33.8"
BINARY, LIBRARY = "/usr/local/bin/ollama", "/usr/local/lib/ollama"
DROP_INS = "/etc/systemd/system/ollama.service.d"


@pytest.fixture(scope="module")
def there(fleet: Fleet) -> Fleet:
    """The older version, installed as the official script does, with a model."""
    fleet.reset(HOST)
    official.install(fleet, HOST, OLDER)
    fleet.sh(HOST, f"HOME=/root ollama pull --insecure {fleet.embedding()['name']}")
    return fleet


def inventory(fleet: Fleet, version: str = VERSION, **release: Any) -> Path:
    """One host with the model that is there already."""
    return fleet.inventory(
        HOST,
        ollama={"version": version, "models": [fleet.embedding()]},
        release=release,
        service={"restart_seconds": 1, "start_limit_burst": 2, "start_timeout_seconds": 10},
        verify={"generate": False},
    )


@contextmanager
def registry_stopped(fleet: Fleet) -> Iterator[None]:
    """Nothing can be pulled."""
    fleet.sh("infra", "systemctl stop lab-registry")
    try:
        yield
    finally:
        fleet.sh("infra", "systemctl start lab-registry")


def blobs(fleet: Fleet) -> str:
    """Every file of the models, with the time it was written."""
    return fleet.sh(
        HOST, "find /usr/share/ollama/.ollama/models -type f -printf '%p %s %T@\\n' | sort"
    )


def test_an_official_installation_is_refused_with_what_removes_it(there: Fleet) -> None:
    before, models = there.pid(HOST), blobs(there)
    ran = there.apply(inventory(there), check=False)
    assert ran.code == 1
    assert "an installation that this package did not make" in ran.err
    assert "Release(adopt=True)" in ran.err
    assert there.pid(HOST) == before != "0"
    assert there.ssh(HOST, "test -e /opt/ollama").returncode != 0

    found = re.search(r"(systemctl disable [^;]+); (rm -rf /[^\n]+)", ran.err)
    assert found, ran.err
    for command in found.groups():
        there.sh(HOST, command)
    for path in (BINARY, LIBRARY, "/etc/systemd/system/ollama.service"):
        assert there.ssh(HOST, f"test -e {path}").returncode != 0
    assert "did not make" not in there.plan(inventory(there)).err
    assert blobs(there) == models


def test_an_adoption_that_fails_is_undone(there: Fleet) -> None:
    official.install(there, HOST, OLDER)
    publish(there.lab, BROKEN, small(BROKEN))
    ran = there.apply(inventory(there, BROKEN, adopt=True), check=False)
    assert ran.code == 1
    assert "went back to ollama official, which answers" in ran.err
    assert there.version(HOST) == OLDER
    assert there.listed(HOST) == {there.embedding()["name"]}


def test_an_adopted_installation_keeps_its_models(there: Fleet) -> None:
    official.install(there, HOST, OLDER)
    models, path = blobs(there), inventory(there, adopt=True)
    with registry_stopped(there):
        there.apply(path)
    assert there.version(HOST) == VERSION
    assert there.listed(HOST) == {there.embedding()["name"]}
    assert blobs(there) == models
    assert there.sh(HOST, f"readlink {BINARY}") == "/opt/ollama/current/bin/ollama"
    assert there.ssh(HOST, f"test -e {LIBRARY}").returncode != 0
    assert there.sh(HOST, "systemctl is-enabled ollama") == "enabled"
    # What was there is the release to go back to.
    assert there.sh(HOST, "/opt/ollama/previous/bin/ollama --version 2>&1").endswith(OLDER)

    before = there.pid(HOST)
    assert there.apply(path).changed() == {}
    assert there.pid(HOST) == before


def test_the_official_script_run_over_ours_is_noticed(there: Fleet) -> None:
    official.install(there, HOST, OLDER)
    ran = there.apply(inventory(there), check=False)
    assert ran.code == 1
    assert "an installation that this package did not make" in ran.err
    there.apply(inventory(there, adopt=True))
    assert there.version(HOST) == VERSION
    assert there.plan(inventory(there)).planned == {}


OVERRIDES = (
    "Environment=OLLAMA_DEBUG=1",
    "  PassEnvironment = OLLAMA_DEBUG",
    "ExecStart=\\nExecStart=/usr/bin/ollama serve",
)


@pytest.mark.parametrize("line", OVERRIDES)
def test_a_drop_in_that_sets_environment_or_program_is_refused(there: Fleet, line: str) -> None:
    there.sh(HOST, f"printf '[Service]\\n{line}\\n' >{DROP_INS}/override.conf")
    try:
        before = there.pid(HOST)
        ran = there.apply(inventory(there), check=False)
    finally:
        there.sh(HOST, f"rm {DROP_INS}/override.conf")
    assert ran.code == 1
    assert f"{DROP_INS}/override.conf sets the environment or the program of the service" in ran.err
    assert "declare them in Ollama(...)" in ran.err
    assert there.pid(HOST) == before


def test_another_drop_in_is_left_alone(there: Fleet) -> None:
    path, before = inventory(there), there.pid(HOST)
    there.sh(HOST, f"printf '[Service]\\nNice=5\\n' >{DROP_INS}/90-nice.conf")
    there.apply(path)
    assert there.sh(HOST, f"cat {DROP_INS}/90-nice.conf") == "[Service]\nNice=5"
    assert there.sh(HOST, "systemctl show ollama -p Nice -p NeedDaemonReload --value") == "5\nno"
    assert there.pid(HOST) == before
    assert there.plan(path).planned == {}
