# What the verifier asks of a host that looks after itself, as root, read-only, in one command.
# Each section says how it ended; one without an end, or that failed, counts as unknown.
set -u
LC_ALL=C TZ=UTC
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL TZ PATH

section() {
    name=$1
    shift
    printf '@@begin %s\n' "$name"
    "$@"
    printf '\n@@end %s %s\n' "$name" "$?"
}

timer() {
    systemctl show ollama-monitor.timer -p LoadState,ActiveState,UnitFileState &&
        systemctl cat ollama-monitor.timer 2>/dev/null | sed -n 's/^OnUnitActiveSec=/Every=/p'
}

# systemd's clock stands still in a suspend, /proc/uptime does not: it is the next best where Python,
# without which the monitor does not run either, is missing.
clock() {
    python3 -I -S -c 'import time; print(time.monotonic())' 2>/dev/null || cut -d ' ' -f 1 /proc/uptime
}

# When the last run began, in microseconds, what time it is now, and what the run came to.
monitor() {
    systemctl show ollama-monitor.service -p ActiveState,Result,InactiveExitTimestampMonotonic &&
        printf 'Clock=%s\n' "$(clock)"
    printf 'Now=%s\n' "$(date +%s)"
    [ ! -r /var/lib/pyinfra-ollama/maintenance ] ||
        printf 'Maintenance=%s\n' "$(head -n 1 /var/lib/pyinfra-ollama/maintenance)"
}

journal() {
    systemd-analyze cat-config systemd/journald.conf | grep -E '^(SystemMaxUse|MaxRetentionSec)='
    started=$(systemctl show systemd-journald.service -p ExecMainStartTimestamp --value)
    printf 'Started=%s\n' "$(date -d "$started" +%s)"
    printf 'Written=%s\n' "$(stat -c %Y /etc/systemd/journald.conf.d/60-pyinfra-ollama.conf 2>/dev/null)"
    # Without the folder, the journal is in memory only.
    [ ! -d /var/log/journal ] || printf 'Used=%s\n' "$(du -s -B1 /var/log/journal | cut -f 1)"
}

logs() {
    for file in /var/log/ollama-monitor.log /var/log/pyinfra-ollama/*.log; do
        [ ! -f "$file" ] || stat -c '%s %n' "$file"
    done
}

rotation() {
    systemctl show logrotate.timer -p ActiveState,UnitFileState &&
        systemctl cat logrotate.timer 2>/dev/null | grep '^OnCalendar='
    # A dry run, which changes nothing; it says on stderr what it would do.
    logrotate -d /etc/logrotate.conf 2>&1 | sed -n 's/^error: /Error=/p; s/^rotating pattern: /Pattern=/p'
}

section timer timer
section monitor monitor
section configuration cat /etc/pyinfra-ollama/monitoring.json
section journal journal
section logs logs
section rotation rotation
echo '@@done'
