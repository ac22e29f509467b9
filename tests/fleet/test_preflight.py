"""Before anything is changed: what stands in the way of each host, in one table.

GPUs are not tried here, for the lab has none: their detection is held in tests/unit/snapshot.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.fleet.harness import VERSION, Fleet, Ran

BAD, GOOD = "host1", "host2"
LISTENER = (
    'perl -MIO::Socket::INET -e \'@s = IO::Socket::INET->new(LocalAddr => "127.0.0.1",'
    " LocalPort => 11434, Listen => 1) or die; sleep 600'"
)
NOBODY = "127.0.0.1:9"


@pytest.fixture(scope="module")
def bare(fleet: Fleet) -> Fleet:
    """Two bare hosts, one of them unfit in every way there is."""
    fleet.reset(BAD, GOOD)
    fleet.sh(BAD, "rm /etc/os-release; printf 'ID=slackware\\nVERSION_ID=15.0\\n' >/etc/os-release")
    fleet.sh(BAD, "cp /etc/hosts /root/hosts; : >/etc/hosts")
    fleet.sh(BAD, f"systemd-run -q --unit=stranger {LISTENER}")
    return fleet


def failures(ran: Ran, host: str) -> dict[str, list[str]]:
    """The lines under "left as it is" of a host, by check."""
    block = re.search(rf"\[{host}\] this host is left as it is:\n((?:  \w.*\n)+)", ran.err)
    found: dict[str, list[str]] = {}
    for line in block[1].splitlines() if block else []:
        check, _, text = line.strip().partition(": ")
        found.setdefault(check, []).append(text)
    return found


def network(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """A mirror and a registry where nobody listens, and a model that a registry does not know."""
    unknown = {"name": f"{fleet.lab.registry}/library/no-such:1b", "insecure": True}
    dead = {"name": f"{NOBODY}/library/smollm2:135m", "insecure": True}
    return {
        "release": {"url": f"http://{NOBODY}/{{version}}/{{archive}}"},
        "ollama": {"version": "0.32.15", "models": [unknown, dead]},
    }


def test_everything_that_is_wrong_with_a_host_is_said_at_once(bare: Fleet) -> None:
    bad = {**network(bare), "preflight": {"min_memory": "1000G"}}
    path = bare.inventory(BAD, GOOD, verify={"generate": False}, each={BAD: bad})
    bare.sh(BAD, "touch /root/before")
    ran = bare.apply(path, check=False)
    assert ran.code == 1
    assert "Traceback" not in ran.text

    found = failures(ran, BAD)
    pid = bare.sh(BAD, "systemctl show stranger -p MainPID --value")
    assert "slackware 15.0" in found["system"][0]
    assert "Preflight(force_os=True)" in found["system"][0]
    assert "/etc/hosts" in found["localhost"][0]
    assert "1000 GiB needed" in found["memory"][0]
    assert f"11434 is held by perl (pid {pid})" in found["port"][0]
    refused_by_network(found, bare)
    assert set(found) == {"system", "localhost", "memory", "port", "network"}

    # The same in a table of all hosts, on standard error.
    table = ran.err.partition("Preflight")[2].partition("Beginning operation run")[0]
    for check in found:
        assert re.search(rf"{BAD} +failure +{check} ", table), table
    assert re.search(rf"{GOOD} +ok ", table), table
    assert "Preflight " not in ran.out.partition("{")[0]

    # Nothing of it was changed, and the other host went on.
    new = "find / -xdev -newer /root/before -type f ! -path '/var/log/*'"
    assert bare.sh(BAD, new) == ""
    assert bare.ssh(BAD, "test -e /opt/ollama || id ollama").returncode != 0
    assert bare.version(GOOD) == VERSION


def refused_by_network(found: dict[str, list[str]], fleet: Fleet) -> None:
    """All three addresses are named, each with the reason."""
    text = "\n".join(found["network"])
    assert f"the release: http://{NOBODY}/0.32.15/ollama-linux-" in text
    assert f"/library/smollm2:135m: http://{NOBODY}/v2/library/smollm2/manifests/135m" in text
    assert text.lower().count("connection refused") + text.count("Couldn't connect") == 3
    unknown = f"{fleet.lab.registry}/v2/library/no-such/manifests/1b does not exist"
    assert unknown in text
    assert "check the name" in text


def test_a_host_with_curl_says_the_same_of_the_network(bare: Fleet) -> None:
    """Bare hosts are asked with bash; here it is curl, and something runs already."""
    before = bare.pid(GOOD)
    ran = bare.apply(bare.inventory(GOOD, **network(bare)), check=False)
    assert ran.code == 1
    refused_by_network(failures(ran, GOOD), bare)
    assert bare.pid(GOOD) == before
    assert bare.version(GOOD) == VERSION


def test_warnings_do_not_stop_a_host(bare: Fleet) -> None:
    """An unsupported system, forced, and a network that is not asked: tried in a dry run."""
    bare.sh(BAD, "systemctl stop stranger; cp /root/hosts /etc/hosts")
    lenient = {"force_os": True, "skip_network": True}
    ran = bare.plan(bare.inventory(BAD, preflight=lenient))
    assert failures(ran, BAD) == {}
    for check, seen in (("system", "force_os is set"), ("network", "not asked")):
        assert re.search(rf"{BAD} +warning +{check} +.*{seen}", ran.err), ran.err
    assert "Have the release installed" in ran.planned[BAD]
