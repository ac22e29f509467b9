"""The backup's files, and what a host's state asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide import preflight
from pyinfra_ollama.decide.backup.files import tool_files, unit_files
from pyinfra_ollama.decide.backup.state import repository_reasons, timer_reasons
from pyinfra_ollama.decide.files import changed
from pyinfra_ollama.decide.verified import due, fingerprint
from pyinfra_ollama.settings import Secret
from pyinfra_ollama.snapshot import whole_question
from pyinfra_ollama.steps import Step

from .backups import PASSWORD, PLACES, having, keeping, setting, text
from .gateways import key
from .hosts import declaration, host
from .planning import plan
from .served import TEMPLATES, served


def test_what_is_not_declared_is_taken_away() -> None:
    gone = (layout.backup.SSH_KEY, layout.backup.CREDENTIALS, layout.backup.KNOWN_HOSTS)
    assert [text(having(), path) for path in gone] == [None, None, None]


def test_the_units_start_the_tool_at_the_declared_times() -> None:
    declared = having(at="*-*-* 00/6:00", spread_seconds=60)
    timer = text(declared, "/etc/systemd/system/ollama-backup-run.timer") or ""
    assert "\nOnCalendar=*-*-* 00/6:00\nRandomizedDelaySec=60\n" in timer
    service = text(declared, "/etc/systemd/system/ollama-backup-rehearse.service") or ""
    assert "\nExecStart=/usr/local/sbin/ollama-backup rehearse\n" in service
    assert "\nReadWritePaths=-/srv/backup\n" in service
    far = having(PLACES["sftp"])
    written = (text(far, layout.backup.UNIT_FILES[0]) or "").split("ReadWritePaths=")[1:]
    assert [words.strip() for words in written] == ["-/var/lib/prometheus/node-exporter"]


def test_what_a_registry_brings_again_is_told_to_the_tool() -> None:
    models = [
        {"name": "a:1"},
        {"name": "mine", "base": "b:2", "options": {"num_ctx": 512}},
        {"name": "c:3", "options": {"num_ctx": 512}},
    ]
    declared = having(others={"ollama": {"models": models}})
    library = "manifests/registry.ollama.ai/library"
    assert setting(declared, "pulled").split() == [f"{library}/a/1"]


def test_a_gateways_identity_is_kept_and_put_back() -> None:
    gateway = {"keys": [key("chat")], "server_names": ["a.example.com"], "tls": {"agree_tos": True}}
    declared = having(others={"gateway": gateway})
    identity = setting(declared, "identity").split()
    assert "/etc/pyinfra-ollama/tls" in identity
    assert "/etc/letsencrypt/live/pyinfra-ollama" in identity
    assert "/etc/nginx/nginx.conf" in setting(declared, "paths").split()
    assert set(identity) - set(setting(declared, "paths").split()) == {"/etc/pyinfra-ollama/tls"}
    assert setting(declared, "unless_there") == "/etc/letsencrypt/accounts"


def test_a_converged_host_asks_for_nothing() -> None:
    declared = having()
    found = keeping(declared, served(declared))
    files = (*tool_files(declared, TEMPLATES), *unit_files(declared, TEMPLATES))
    assert not changed(files, found.files)
    assert not repository_reasons(declared, found)
    assert not timer_reasons(unit_files(declared, TEMPLATES), found)
    found = replace(found, verified=fingerprint(declared, found, TEMPLATES))
    assert not due(declared, found, TEMPLATES)
    assert Step.BACKUP_FILES not in plan(declared, found).operations


def test_a_repository_is_made_sure_of_once_for_each_that_is_declared() -> None:
    declared = having()
    assert repository_reasons(declared, keeping(declared, repository=None))
    moved = having({"path": "/srv/other"})
    assert repository_reasons(moved, keeping(declared)) == ("another repository is declared",)
    other = having(password=Secret.value("another-password"))
    assert repository_reasons(other, keeping(declared)) == (
        "another password or login is declared",
    )
    # Its login stands in the address that restic is given.
    far = having(PLACES["rest"])
    login = having(PLACES["rest"].model_copy(update={"password": Secret.value("another")}))
    assert repository_reasons(login, keeping(far)) == ("another password or login is declared",)


def test_all_that_is_declared_is_kept_with_its_configuration() -> None:
    declared = having(
        others={
            "monitoring": {},
            "firewall": {"ssh_port": 22},
            "metrics": {"observers": ["10.0.0.1"]},
        }
    )
    kept = set(setting(declared, "paths").split())
    assert {
        "/etc/pyinfra-ollama",
        "/etc/ufw",
        "/etc/default/prometheus-node-exporter",
        "/etc/systemd/system/ollama-exporter.service",
        "/etc/systemd/system/ollama-monitor.timer",
        "/etc/systemd/system/ollama-backup-run.timer",
    } <= kept
    assert "/etc/prometheus/prometheus.yml" not in kept


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"timers": frozenset(layout.backup.UNITS[1:])}, "ollama-backup-run.timer does not run"),
        ({"started": "0" * 64}, "the timers were started with another schedule"),
    ],
)
def test_timers_are_started_by_what_the_host_says(state: dict[str, object], reason: str) -> None:
    declared = having()
    units = unit_files(declared, TEMPLATES)
    found = keeping(declared, **state)
    assert timer_reasons(units, found) == (reason,)
    assert due(declared, replace(found, verified="x"), TEMPLATES)


def test_a_bare_host_is_foretold_all_of_it() -> None:
    found = plan(having(), host()).operations
    assert [step for step in found if step.name.startswith("BACKUP")] == [
        Step.BACKUP_FILES,
        Step.BACKUP_REPOSITORY,
        Step.BACKUP_TIMERS,
    ]


def test_a_repository_beside_the_models_is_warned_about() -> None:
    declared = having()
    warned = preflight.findings(declared, keeping(declared, shares_disk=True), (), None)
    assert "the repository /srv/backup lies on the disk whose loss it is for" in [
        finding.seen for finding in warned if finding.level == "warning"
    ]


def test_the_host_is_asked_about_it_only_where_it_is_declared() -> None:
    asked = whole_question(having())
    assert asked.scripts == ("snapshot", "snapshot-backup")
    assert asked.arguments()[8:] == ("",) * 5 + ("/srv/backup",)
    assert "restic" in asked.packages
    assert "openssh-client" in whole_question(having(PLACES["sftp"])).packages
    plain = whole_question(declaration())
    assert asked.covers(plain)
    assert not plain.covers(asked)
    assert PASSWORD not in repr(asked)
