"""Uninstalling where others are: what was there before, what was added since, what is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import gatewaying, official
from tests.fleet.harness import OLDER, Fleet
from tests.fleet.leaving import assert_same, look, uninstall

pytestmark = pytest.mark.slow

HOST, OTHER = "host2", "host1"
NOTES = "/var/lib/pyinfra-ollama"
# A web server with a configuration of its own, which is a link, and a firewall with its rules.
THEIRS = r"""
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq -y --no-install-recommends install nginx ufw iptables >/dev/null
mkdir -p /srv/site /etc/systemd/journald.conf.d
printf 'events {}\nhttp { server { listen 8088; return 200 theirs; } }\n' >/srv/site/nginx.conf
ln -sf /srv/site/nginx.conf /etc/nginx/nginx.conf
systemctl restart nginx && systemctl disable -q nginx
sed -i 's/^DEFAULT_INPUT_POLICY=.*/DEFAULT_INPUT_POLICY="ACCEPT"/' /etc/default/ufw
ufw allow 22/tcp && ufw deny 9999/tcp && ufw --force enable
"""


def declared(fleet: Fleet, *hosts: str, **more: Any) -> Path:
    """A server behind a gateway and a firewall."""
    gateway = {**gatewaying.declared(), "replace_sites": True}
    parts: dict[str, Any] = {"gateway": gateway, "firewall": {}, "verify": {"generate": False}}
    return fleet.inventory(*(hosts or (HOST,)), **{**parts, **more})


@pytest.fixture(autouse=True)
def let_in(fleet: Fleet) -> Iterator[None]:
    """Whoever comes next gets in."""
    yield
    fleet.ssh(HOST, "! command -v ufw || ufw --force disable")


def test_what_others_had_is_theirs_again(fleet: Fleet) -> None:
    fleet.reset(HOST)
    official.install(fleet, HOST, OLDER)
    fleet.sh(HOST, f"HOME=/root ollama pull --insecure {fleet.embedding()['name']}")
    fleet.sh(HOST, THEIRS, timeout=300)
    # What is adopted belongs to its user, as closely as this package has it.
    home = "/usr/share/ollama"
    fleet.sh(HOST, f"chown -R ollama: {home}; find {home} -type d -exec chmod 700 {{}} +")
    before = look(fleet, HOST)
    inventory = declared(fleet, release={"adopt": True}, monitoring={"journal_days": 3})
    fleet.apply(inventory)
    assert fleet.version(HOST) != OLDER
    assert fleet.ssh(HOST, "curl --fail -s http://127.0.0.1:8088").returncode

    ran = uninstall(inventory, "--yes")
    assert ran.code == 0, ran.text
    assert "move the official installation back" in ran.out
    assert_same(before, look(fleet, HOST))
    assert fleet.version(HOST) == OLDER
    assert fleet.listed(HOST) == {fleet.embedding()["name"]}
    assert fleet.sh(HOST, "curl --fail -s http://127.0.0.1:8088") == "theirs"


def test_what_others_added_since_stays_with_all_that_it_needs(fleet: Fleet) -> None:
    fleet.reset(HOST)
    inventory = declared(fleet, monitoring={})
    fleet.apply(inventory)
    site = "/etc/nginx/conf.d/theirs.conf"
    fleet.sh(
        HOST,
        f"touch {site}; ufw allow 8080/tcp; apt-get -qq -y --no-install-recommends install "
        "python3-yaml >/dev/null",
        timeout=300,
    )
    ran = uninstall(inventory, "--yes", "--format", "json")
    assert ran.code == 0, ran.text
    [host] = ran.document["hosts"]
    assert host["status"] == "removed"
    stays = "\n".join(host["stays"])
    assert f"package nginx: {site} is not of this package" in stays
    assert "package python3: python3-yaml needs it" in stays
    assert "package ufw: it has rules that are not of this package" in stays
    assert fleet.sh(HOST, "python3 -c 'import yaml'; nginx -t 2>&1 | tail -n 1").endswith("ful")
    # What nobody declares any more serves nobody; the firewall that somebody relies on goes on.
    assert fleet.ssh(HOST, "systemctl is-active nginx").stdout.strip() == "inactive"
    shown = fleet.sh(HOST, "ufw show added")
    assert "8080/tcp" in shown
    assert "443" not in shown
    assert fleet.sh(HOST, "ufw status | head -n 1") == "Status: active"
    assert fleet.ssh(HOST, "command -v logrotate || command -v zstd").returncode
    # The models' user is of this package: the next uninstall still knows.
    assert fleet.sh(HOST, f"ls -A {NOTES}") == "made"
    assert "--purge-models removes them" in stays
    purged = uninstall(inventory, "--purge-models", "--yes")
    assert purged.code == 0, purged.text
    assert fleet.ssh(HOST, f"id ollama || test -e /usr/share/ollama || test -e {NOTES}").returncode


def test_a_host_without_notes_keeps_what_cannot_be_told_apart(fleet: Fleet) -> None:
    """As an older version of this package left it; another host fails and keeps nobody."""
    fleet.reset(HOST, OTHER)
    inventory = declared(fleet)
    fleet.apply(inventory)
    fleet.sh(HOST, f"cd {NOTES} && rm -rf made before packages-*")
    unit = "/etc/systemd/system/ollama.service"
    fleet.sh(
        OTHER,
        f"printf '[Service]\\nExecStart=/bin/sleep 999\\n' >{unit}; systemctl start ollama",
    )
    both = declared(fleet, HOST, OTHER)
    fleet.sh(HOST, "chattr +i /opt/ollama/releases/0.33.0/bin/ollama")
    failed = uninstall(both, "--yes")
    fleet.sh(HOST, "chattr -i /opt/ollama/releases/0.33.0/bin/ollama")
    assert failed.code == 1, failed.text
    for words in ("an older version", "ufw with the rules for SSH", "nginx, stopped and disabled"):
        assert words in failed.out
    assert "/opt/ollama" in failed.out.splitlines()[-1]
    assert f"stays: {unit}: it does not say that it is of this package" in failed.out
    assert fleet.sh(OTHER, "systemctl is-active ollama") == "active"

    ran = uninstall(both, "--yes")
    assert ran.code == 0, ran.text
    assert fleet.ssh(HOST, "systemctl is-active nginx").stdout.strip() == "inactive"
    assert fleet.ssh(HOST, "grep -rl 'Managed by pyinfra-ollama' /etc /usr/local").stdout == ""
    assert "22/tcp" in fleet.sh(HOST, "ufw show added")
    again = uninstall(both, "--plan")
    assert again.code == 0, again.text
