"""All that a host is, so that it can be compared with what it was."""

from __future__ import annotations

from pathlib import Path

from tests.fleet.harness import BIN, Fleet, Ran, run

# What the kernel makes, what a boot clears, and what apt and logs keep of their own work.
UNSEEN = ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/cache/apt", "/var/lib/apt")
KEPT = "/srv/kept"
# Swap is the machine's, of all labs; a file in use cannot be removed, so this host's are there.
LOOK = r"""
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
echo '## paths'
find / -xdev \( PRUNED \) -prune -o -printf '%y %m %u:%g %p %l\n' |
  grep -vE ' (/var/lib/ucf/hashfile|/var/log/(apt|journal)/)' | sort
echo '## contents'
find / -xdev \( PRUNED -o -path /var/lib/dpkg -o -path /var/lib/ucf -o \
  -path /var/log -o -path /var/cache \) -prune -o \
  -type f -size -50M ! -path '/etc/*-' -print0 | xargs -0 sha256sum | sort
echo '## packages'; dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n'
apt-mark showauto
echo '## swap'; while read -r path _; do [ ! -e "$path" ] || echo "$path"; done </proc/swaps
cat /proc/sys/vm/swappiness
echo '## units'; systemctl list-unit-files --no-legend --no-pager | awk '{ print $1, $2 }'
echo '## running'; systemctl list-units --plain --no-legend --no-pager --state=active,failed |
  grep -vE '^(session|user|run-|network-online)' | awk '{ print $1, $3 }'
echo '## timers'; systemctl show logrotate.timer -p TimersCalendar | sed 's/ ; .*//'
echo '## listening'; ss -Hlntu | awk '{ print $1, $5 }' | sort
echo '## firewall'
if command -v ufw >/dev/null; then ufw status verbose; fi
if command -v iptables >/dev/null; then iptables -S; ip6tables -S; fi
"""


# What a deployment installs may need newer packages than the lab's base has; those stay newer.
UPGRADE = """
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq -y upgrade && apt-get clean && rm -rf /var/lib/apt/lists/*
"""


def bare(fleet: Fleet, host: str) -> dict[str, list[str]]:
    """Make a host bare, with Debian's newest packages; what there is then."""
    fleet.reset(host)
    fleet.sh(host, UPGRADE, timeout=300)
    return look(fleet, host)


def look(fleet: Fleet, host: str) -> dict[str, list[str]]:
    """What there is, by other eyes than the package's."""
    pruned = " -o ".join(f"-path {path}" for path in (*UNSEEN, KEPT))
    found: dict[str, list[str]] = {}
    for line in fleet.sh(host, LOOK.replace("PRUNED", pruned), timeout=120).splitlines():
        if line.startswith("## "):
            found[line] = []
        else:
            found[list(found)[-1]].append(line)
    return found


def assert_same(before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """Says what was and is not any more, and what is now."""
    found = [
        f"{sign} {line}"
        for name in before
        for sign, ours, others in (("-", before, after), ("+", after, before))
        for line in ours[name]
        if line not in others[name]
    ]
    assert not found, "\n".join(found)


def uninstall(inventory: Path, *words: str) -> Ran:
    """`pyinfra-ollama uninstall`."""
    return run([str(BIN / "pyinfra-ollama"), "uninstall", str(inventory), *words], 600)
