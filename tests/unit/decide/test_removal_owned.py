"""Uninstalling: the host's answer is whole, and nothing that a deployment makes is forgotten."""

from __future__ import annotations

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.commands import script
from pyinfra_ollama.decide import watching
from pyinfra_ollama.decide.backup.files import tool_files, unit_files
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.monitoring.grafana import grafana_files
from pyinfra_ollama.decide.monitoring.work import monitoring_files
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.seen import SECTIONS, Seen, SeenError, read
from pyinfra_ollama.decide.swap import files as swap_files
from pyinfra_ollama.decide.unit import unit_files as service_files
from pyinfra_ollama.layout import grafana

from .backups import having
from .gateways import key
from .hosts import declaration, host
from .monitored import observing, with_grafana
from .removals import ALL, MODELS, answer, planned, steps
from .served import TEMPLATES


@pytest.mark.parametrize("section", SECTIONS)
def test_unknown_is_not_empty(section: str) -> None:
    lines = answer()
    cut = lines[: lines.index(f"@@begin {section}") + 1]
    with pytest.raises(SeenError, match=section):
        read(cut)


def test_every_file_that_a_deployment_writes_is_known_here() -> None:
    gateway = {"keys": [key("chat")], "server_names": ["a.example.com"], "tls": {"agree_tos": True}}
    declared = having(others={"gateway": gateway, "swap": {"size": "1G"}, "monitoring": {}})
    assert declared.server is not None
    assert declared.server.swap is not None
    assert declared.gateway is not None
    watch = observing()
    assert watch.observer is not None
    written = [
        *swap_files(declared.server.swap, TEMPLATES),
        *monitoring_files(observing(), TEMPLATES),
        *grafana_files(watch.observer, with_grafana(host()), TEMPLATES),
        *watching.tool_files(declared, TEMPLATES),
        *watching.unit_files(declared, TEMPLATES),
        *service_files(declared.server, host(), TEMPLATES).files,
        *gateway_files(declared.gateway, host(), TEMPLATES),
        *tool_files(declared, TEMPLATES),
        *unit_files(declared, TEMPLATES),
    ]
    own = (*owned.TREES, layout.STATE)
    unknown = [
        file.path
        for file in written
        if file.path not in owned.FILES and not file.path.startswith(tuple(f"{p}/" for p in own))
    ]
    assert len(written) > 70
    assert unknown == []
    # By this a file is known to be ours when it stands alone.
    silent = [
        file.path
        for file in written
        if file.path in owned.FILES
        and "pyinfra-ollama" not in file.path
        and "Managed by pyinfra-ollama" not in (file.content or "")[:400]
    ]
    assert silent == []


def test_every_path_of_the_layout_is_known_here() -> None:
    paths = {
        value
        for module in (layout, layout.backup, layout.monitoring, grafana)
        for name, value in vars(module).items()
        if isinstance(value, str) and value.startswith("/") and name.isupper() and name != "FSTAB"
    }
    own = (path.removesuffix("*") for path in owned.paths(declaration()))
    known = (*own, layout.OFFICIAL_LIBRARY, layout.NGINX_USERS)
    assert [
        path
        for path in sorted(paths)
        if path not in known and not path.startswith(tuple(f"{one}/" for one in known))
    ] == []


def test_the_seen_answer_is_read() -> None:
    seen = read(answer())
    assert isinstance(seen, Seen)
    assert (seen.models[MODELS].count, seen.models[MODELS].bytes, seen.uid) == (2, 1048576, 0)
    assert seen.noted("swapfile") == ("/swapfile",)


def test_apt_that_cannot_tell_is_not_taken_for_nothing() -> None:
    with pytest.raises(SeenError, match=r"apt cannot tell .* Unmet dependencies.*--keep-packages"):
        read(answer(packages=["fail Unmet dependencies. Try this"]))


def test_what_packages_leave_behind_is_noted_before_the_first_of_them() -> None:
    noting = script("apt").partition("before() {")[2].partition("\n}")[0]
    noting = noting.replace("$stamps", "/var/lib/systemd/timers/stamp").replace('"', "")
    for path in (path for paths in owned.LEFT.values() for path in paths):
        assert f" {path}" in noting, path


def test_what_a_killed_run_laid_beside_our_files_goes() -> None:
    ours = "/usr/local/bin/.ollama-health.a1B2c3"
    there = [*ALL["paths"], f"left {ours}", "left /srv/.models.backup"]
    found = [line for line in steps(planned(paths=there)) if line.startswith("away")]
    assert found == [f"away|{ours}|"]
