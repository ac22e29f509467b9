"""What lies on a converged host that an undisturbed deployment would not have left there."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path

from tests.fleet.archives import NAME
from tests.fleet.harness import VERSION, Fleet
from tests.fleet.torture.moments import WHOLE, Moment
from tests.fleet.torture.staging import staged

# Whole folders are listed, not patterns looked for: what nobody thought of is litter too. What the
# monitor remembers is there from its first run on, whenever its timer comes.
_OWNED = r"""
find /opt/ollama -maxdepth 2 -mindepth 1 -printf '%p\n'
find /var/lib/pyinfra-ollama /etc/pyinfra-ollama -mindepth 1 -printf '%p\n' 2>/dev/null
find /etc/systemd/system /etc/sysctl.d /usr/local/bin /usr/local/lib -name '*ollama*' -printf '%p\n'
find /etc /opt /usr/share/ollama /usr/local /var/lib/pyinfra-ollama -regextype posix-extended \
  -regex '.*/[.][^/]*[.-][A-Za-z0-9]{6}' ! -name .pyinfra-ollama -printf '%p\n'
find / -maxdepth 1 -name '*swapfile*' -printf '%p\n'
find /run /tmp /var/tmp -maxdepth 2 \( -path '/run/pyinfra-ollama-*' -o -path '*/stage-*' \
  -o -path '/tmp/pyinfra*' -o -path '/var/tmp/pyinfra*' \) ! -path '/run/pyinfra-ollama-monitor*' \
  -printf '%p\n' 2>/dev/null
find /usr/share/ollama -name '*-partial*' -printf '%p\n'
dpkg --audit | grep '^ ' | sed 's/^/half installed:/'
cd /usr/share/ollama/.ollama/models/blobs 2>/dev/null && sha256sum -- sha256-* 2>/dev/null |
  awk '$2 != "sha256-" $1 { print "damaged: " $2 }'
true
"""
_FILES = f"cd /opt/ollama/releases/{VERSION} && find . -type f | sort | xargs sha256sum"
_UNIT = "/etc/systemd/system/ollama.service"
_ALWAYS = {
    "/etc/systemd/system/multi-user.target.wants/ollama.service",
    "/opt/ollama/current",
    "/opt/ollama/releases",
    "/opt/ollama/releases/.lock",
    f"/opt/ollama/releases/{VERSION}",
    "/usr/local/bin/ollama",
    "/var/lib/pyinfra-ollama/apt-updated",
    "/var/lib/pyinfra-ollama/verified",
    _UNIT,
    f"{_UNIT}.d",
    f"{_UNIT}.d/50-pyinfra-ollama.conf",
}
# What uninstalling goes by; what is noted depends on what a run came to make.
_MADE = {
    f"/var/lib/pyinfra-ollama/{note}" for note in ("made", "packages-asked", "packages-before")
}
# Notes of the deployment inside a release; all else there came out of the archive.
_NOTES = {"./.answered", "./.pyinfra-ollama"}


# With every role there is too much to name: such a host is held against one that nothing befell.
_EVERYTHING = "find /etc /opt/ollama /usr/local /var/lib/pyinfra-ollama -printf '%p %y %m %u %g\\n'"
# A backup that was cut off leaves it; the next one (`ollama-backup run`) takes it away.
_UNTIL_THE_NEXT = "/var/lib/pyinfra-ollama/backup/.at-work-"
_undisturbed: dict[str, set[str]] = {}
_one_at_a_time = threading.Lock()


def litter(fleet: Fleet, moment: Moment, host: str) -> list[str]:
    """What is too much, missing or damaged, each in a few words."""
    if moment.scenario == WHOLE:
        found = _everything(fleet, host)
        allowed = _of_an_undisturbed(fleet, moment, host)
    else:
        found = set(fleet.sh(host, _OWNED).splitlines()) - _MADE
        allowed = _usual(fleet, moment, host)
    unlike = [f"too much: {path}" for path in sorted(found - allowed)]
    unlike += [f"missing: {path}" for path in sorted(allowed - found)]
    return unlike + _unlike_the_archive(fleet, host)


def _everything(fleet: Fleet, host: str) -> set[str]:
    found = fleet.sh(host, f"{_EVERYTHING}\n{_OWNED}").splitlines()
    return {line for line in found if _UNTIL_THE_NEXT not in line}


def _of_an_undisturbed(fleet: Fleet, moment: Moment, host: str) -> set[str]:
    """What lies on a host on which the same was declared; the host itself is used for it, once."""
    with _one_at_a_time:
        if moment.models not in _undisturbed:
            inventory = staged(fleet, moment, (host,))
            with fleet.turn(inventory):
                fleet.apply(inventory)
            _undisturbed[moment.models] = _everything(fleet, host)
        return _undisturbed[moment.models]


def _usual(fleet: Fleet, moment: Moment, host: str) -> set[str]:
    allowed = set(_ALWAYS)
    if moment.swap:
        allowed |= {f"/swapfile-{fleet.lab.name}-{host}", "/etc/sysctl.d/60-pyinfra-ollama.conf"}
    return allowed


def _unlike_the_archive(fleet: Fleet, host: str) -> list[str]:
    made = fleet.lab.made
    assert made is not None
    packed = _packed(Path(made.releases) / VERSION / NAME)
    installed = _hashes(fleet.sh(host, _FILES))
    wanted = {path for path in packed if not path.startswith(("./lib/ollama/cuda", _VULKAN))}
    odd = {path for path in installed if path not in _NOTES and packed.get(path) != installed[path]}
    return [f"unlike the archive: {path}" for path in sorted(odd | wanted - installed.keys())]


_VULKAN = "./lib/ollama/vulkan"


@cache
def _packed(archive: Path) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "-I", "zstd", "-xf", archive, "-C", folder], check=True)
        words = "find . -type f | sort | xargs sha256sum"
        text = subprocess.run(
            ["sh", "-c", words], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
    return _hashes(text)


def _hashes(text: str) -> dict[str, str]:
    rows = (line.split("  ", 1) for line in text.splitlines())
    return {path: digest for digest, path in rows}
