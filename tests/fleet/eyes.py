"""All of a host that a deployment could change, seen with find, systemctl, ss and dpkg."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.fleet.harness import Fleet

View = dict[str, str]

# Logs, caches of the boot and scratch space move by themselves. "at" tells when a file was
# written: one written anew with the same text differs in nothing else.
_SCRIPT = r"""
skip='/proc /sys /dev /run /tmp /var/log /var/tmp /var/lib/systemd /var/lib/sudo'
set --; for path in $skip; do set -- "$@" -path "$path" -prune -o; done
find / -xdev "$@" -type d -printf 'file %p\t%y %m %u:%g\n' \
  -o -printf 'file %p\t%y %m %u:%g %l\nat %p\t%s %T@\n'
cd /etc && sha256sum systemd/system/ollama.service* systemd/system/ollama.service.d/* \
  pyinfra-ollama/* sysctl.d/* fstab 2>/dev/null | sed 's,\([^ ]*\)  \(.*\),content /etc/\2\t\1,'
dpkg-query -W -f 'package ${Package}\t${Version} ${db:Status-Abbrev}\n'
systemctl show ollama | grep -E '^(MainPID|InvocationID|ActiveState|UnitFileState|NRestarts|'\
'NeedDaemonReload|Memory(Max|High)|CPUQuotaPerSecUSec|TasksMax|OOMPolicy|RestartUSec|'\
'StartLimit(IntervalUSec|Burst))=' | sed 's/^/unit /; s/=/\t/'
pid=$(systemctl show ollama -p MainPID --value)
if [ "$pid" -gt 0 ]; then
  printf 'exe\t%s\n' "$(readlink "/proc/$pid/exe")"
  tr '\0' '\n' <"/proc/$pid/environ" | sed 's/^/env /; s/=/\t/'
fi
ss -H -ltn | awk '{ print "listener " $4 "\tyes" }'
"""
# What a start gives a process without anybody's doing.
_PER_START = {"env INVOCATION_ID", "env JOURNAL_STREAM", "env SYSTEMD_EXEC_PID"}


def look(fleet: Fleet, host: str) -> View:
    """Files with owner, mode, size and time; packages; the unit; its process; listeners."""
    rows = (line.split("\t", 1) for line in fleet.sh(host, _SCRIPT).splitlines())
    return {key: value for key, value in rows if key not in _PER_START}


def look_at_all(fleet: Fleet, hosts: tuple[str, ...]) -> dict[str, View]:
    """Several hosts at the same time."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(hosts, pool.map(lambda host: look(fleet, host), hosts), strict=True))


def differing(before: View, after: View) -> set[str]:
    """What came, went or changed."""
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}
