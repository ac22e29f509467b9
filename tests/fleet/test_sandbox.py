"""The unit's sandbox: tight by systemd's own measure, and wide enough to work in."""

from __future__ import annotations

import json
import shlex
from types import SimpleNamespace
from typing import cast

import pytest

from pyinfra_ollama.decide.unit import JUDGE, unit_values
from pyinfra_ollama.layout import UNIT_FILE
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import load
from pyinfra_ollama.snapshot import Snapshot
from tests.fleet.harness import ROOT, Fleet
from tests.fleet.serving import HOST, SMALL, have_served

UNITS = "/etc/systemd/system"


@pytest.fixture(scope="module")
def served(fleet: Fleet) -> Fleet:
    """A running service with models."""
    return have_served(fleet)


def inside(fleet: Fleet, command: str) -> str:
    """What a command says when root runs it among the server's mounts."""
    entered = f"nsenter --target {fleet.pid(HOST)} --mount sh -c {shlex.quote(command)} 2>&1"
    return fleet.ssh(HOST, entered).stdout


@pytest.mark.parametrize(
    "folder",
    ["/etc", "/usr/local/bin", "/opt/ollama", "/opt/ollama/current/bin", "/var/lib", "/boot"],
)
def test_the_server_cannot_write_elsewhere(served: Fleet, folder: str) -> None:
    assert "Read-only file system" in inside(served, f"touch {folder}/evil")
    assert served.ssh(HOST, f"test -e {folder}/evil").returncode != 0


def test_the_server_writes_its_home_and_has_a_tmp_of_its_own(served: Fleet) -> None:
    own = "/usr/share/ollama/.ollama/models/here"
    assert inside(served, f"touch {own} /tmp/here; ls /root; ls /home") == ""
    served.sh(HOST, f"rm {own}; ! test -e /tmp/here")


def test_the_server_has_no_privileges(served: Fleet) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in served.sh(HOST, f"cat /proc/{served.pid(HOST)}/status").splitlines()
        if ":\t" in line
    )
    assert status["Seccomp"] == "2"
    assert status["NoNewPrivs"] == "1"
    assert status["Umask"] == "0077"
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0


def test_pull_create_and_inference_work_inside(served: Fleet) -> None:
    """The pull and one create were the deployment's; creating from a file runs llama-quantize."""
    assert "Paris" in served.ask(HOST, SMALL)
    store = "/usr/share/ollama/.ollama/models"
    largest = served.sh(HOST, f"ls -S {store}/blobs | head -n 1").replace("-", ":")
    body = json.dumps({"model": "again", "files": {"model.gguf": largest}, "stream": False})
    said = served.sh(HOST, f"curl -fsS http://127.0.0.1:11434/api/create -d '{body}'")
    assert json.loads(said.splitlines()[-1]) == {"status": "success"}
    served.sh(
        HOST, 'curl -fsS -X DELETE http://127.0.0.1:11434/api/delete -d \'{"model":"again"}\''
    )


def unit_for(vendor: str | None) -> str:
    """The unit as it is written on a host with such a GPU; the lab has none."""
    settings = load([("host", {"ollama": {"models": []}})])["host"].server
    assert settings is not None
    found = SimpleNamespace(
        gpu=SimpleNamespace(vendor=vendor),
        account=SimpleNamespace(gpu_groups=frozenset({"render", "video"})),
    )
    values = unit_values(settings, cast("Snapshot", found))
    return render(ROOT / "templates", f"{UNIT_FILE[1:]}.j2", **values)


def exposure(fleet: Fleet, host: str, text: str) -> float:
    """What `systemd-analyze security` gives a unit that is only a file."""
    fleet.sh(host, f"cat >/root/ollama.service && {HAVE_PROGRAM}", stdin=text)
    judged = "systemd-analyze security --no-pager --offline=true /root/ollama.service | tail -n 1"
    return float(fleet.sh(host, judged).split(":", 1)[1].split()[0])


HAVE_PROGRAM = (
    "{ test -e /opt/ollama/current || { mkdir -p /opt/ollama/current/bin; "
    "install -m 755 /bin/true /opt/ollama/current/bin/ollama; }; }"
)


def check_units(fleet: Fleet, host: str) -> None:
    """All three units are tight, and systemd understands every line of them."""
    for vendor, most in ((None, 1.2), ("nvidia", 1.5), ("amd", 1.5)):
        text = unit_for(vendor)
        assert exposure(fleet, host, text) <= most, vendor
        said = fleet.ssh(host, "systemd-analyze verify --man=no /root/ollama.service 2>&1")
        assert (said.returncode, said.stdout) == (0, ""), vendor


def test_units_for_gpus_are_tight_by_the_file(served: Fleet) -> None:
    check_units(served, HOST)


def test_units_for_gpus_are_tight_on_trixie(trixie: Fleet) -> None:
    check_units(trixie, "host1")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ExecStart=", "ExecStart=ollama/"),
        ("ProtectClock=yes", "ProtectTime=yes"),
        ("ProtectClock=yes", "ProtectClock=perhaps"),
        ("[Install]", "[Instal]"),
        ("SystemCallFilter=@system-service", "SystemCallFilter=@system-servant"),
    ],
)
def test_a_unit_that_systemd_would_not_obey_is_not_installed(
    served: Fleet, old: str, new: str
) -> None:
    """What files a judge lets pass is held in test_files.py; this is the judge of units."""
    assert judged(served, unit_for(None)) == (0, "")
    code, said = judged(served, unit_for(None).replace(old, new, 1))
    assert code == 1
    assert "/run/judged" in said


def judged(fleet: Fleet, text: str) -> tuple[int, str]:
    """Exit code and words of the judge of units, on a candidate laid out as for a swap."""
    fleet.sh(HOST, f"mkdir -p /run/judged{UNITS} && cat >/run/judged{UNIT_FILE}", stdin=text)
    ended = fleet.ssh(HOST, f"stage=/run/judged; export stage; {JUDGE}")
    return ended.returncode, ended.stdout + ended.stderr
