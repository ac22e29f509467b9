"""What the tests of releases share: a host whose real release must not be touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fleet.archives import NAME
from tests.fleet.harness import BIN, ROOT, VERSION, Fleet, Ran

HOST = "host1"
BROKEN = "0.33.1"
ROOM_MIB = 300


def have_served(fleet: Fleet) -> Fleet:
    """The real release runs; its folder is a disk of its own, small enough to be filled."""
    mounted = fleet.ssh(HOST, "mountpoint -q /opt/ollama && systemctl is-active -q ollama")
    if mounted.returncode != 0:
        fleet.reset(HOST)
        fleet.sh(HOST, "mkdir -p /opt/ollama")
        fleet.sh(HOST, f"mount -t tmpfs -o size={ROOM_MIB}m,mode=755 tmpfs /opt/ollama")
    fleet.apply(inventory(fleet, VERSION))
    return fleet


def inventory(fleet: Fleet, version: str, *, user: str = "root", **more: Any) -> Path:
    """One host without models; the last task only looks at lists."""
    declared: dict[str, Any] = {
        "ollama": {"version": version},
        "verify": {"generate": False},
        "preflight": {"free_margin": "16M"},
    }
    return fleet.inventory(HOST, user=user, **{**declared, **more})


def refused(fleet: Fleet, path: Path, *words: str) -> Ran:
    """Apply, and hold that it fails with these words and leaves everything as it was."""
    with untouched(fleet):
        ran = fleet.apply(path, check=False)
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    for word in words:
        assert word in ran.err, f"{word!r} is not in:\n{ran.err}"
    return ran


def install(fleet: Fleet, source: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the installing script alone on the host, with what the mirror has of `BROKEN`."""
    folder = f"{fleet.lab.mirror_url}/{BROKEN}"
    script = (ROOT / "pyinfra_ollama/scripts/release.sh").read_text()
    # Its patience with a silent server, cut from a minute and three more tries.
    assert "--speed-time 60" in script
    assert "--retry 3" in script
    script = script.replace("--speed-time 60", "--speed-time 1").replace("--retry 3", "--retry 1")
    fleet.sh(HOST, "cat >/root/release.sh", stdin=script)
    archive = source or f"{folder}/{NAME}||{folder}/sha256sum.txt"
    return fleet.ssh(HOST, f"sh /root/release.sh {BROKEN} '' '' '{archive}'", timeout=30)


def refused_by_script(fleet: Fleet, *words: str, source: str | None = None) -> None:
    """As `refused`, without the rest of the deployment around the script."""
    with untouched(fleet):
        ended = install(fleet, source)
    assert ended.returncode == 1, ended.stdout
    for word in words:
        assert word in ended.stderr, f"{word!r} is not in:\n{ended.stderr}"


@contextmanager
def untouched(fleet: Fleet) -> Iterator[None]:
    """Nothing new, nothing gone, and the same process answers."""
    before = seen(fleet)
    yield
    assert seen(fleet) == before
    assert fleet.version(HOST) == VERSION


def seen(fleet: Fleet) -> tuple[str, str]:
    """The main process, and all that lies where releases are put, with sizes and modes."""
    files = (
        "find /opt/ollama /var/tmp /tmp /run/pyinfra* -xdev ! -name '*-lab*' "
        "-printf '%p %y %m %l\\n' 2>/dev/null | sort; "
        "find /opt/ollama -type f ! -name .lock -printf '%p %s %T@\\n' | sort"
    )
    return fleet.pid(HOST), fleet.sh(HOST, files)


def start_pyinfra(path: Path) -> subprocess.Popen[bytes]:
    """A deployment that goes on beside the test."""
    return subprocess.Popen(
        [str(BIN / "pyinfra"), str(path), "deploy.py", "-y"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYINFRA_PROGRESS": "off"},
    )
