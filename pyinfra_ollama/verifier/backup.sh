# What the verifier asks of a host's backup as root, read-only, in one command, where one is declared.
# $1, $2 when the repository is declared to be looked through, and when a rehearsal is
# Each section says how it ended; one without an end, or that failed, counts as unknown.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
state=/var/lib/pyinfra-ollama/backup

section() {
    name=$1
    shift
    printf '@@begin %s\n' "$name"
    "$@"
    printf '\n@@end %s %s\n' "$name" "$?"
}

# One that never was is an answer.
kept() { [ ! -e "$state/$1" ] || cat "$state/$1"; }
made() { [ ! -e "$state/repository" ] || stat -c %Y "$state/repository"; }
enabled() {
    for unit in run check rehearse; do
        printf '%s %s %s\n' "$unit" "$(systemctl is-active "ollama-backup-$unit.timer" 2>/dev/null)" \
            "$(systemctl is-enabled "ollama-backup-$unit.timer" 2>/dev/null)"
    done
}
# TASK CALENDAR: when its timer had to begin it, after the last time or since it was started as it is; 0 for never.
due() {
    [ -e "$state/repository" ] || { echo "$1 0"; return; }
    since=$({ stat -c %Y "$state/repository" "$state/timers"; sed -n 's/^finished=//p' "$state/$1"; } 2>/dev/null | sort -n | tail -n 1)
    next=$(systemd-analyze calendar --base-time="@$since" -- "$2" | sed -n -e 's/^ *Next elapse: //p' -e 's/^ *(in UTC): //p' | tail -n 1)
    [ "$next" != never ] || { echo "$1 0"; return; }
    next=$([ -n "$next" ] && date -d "$next" +%s) && echo "$1 $next"
}
dues() { due check "$1" && due rehearse "$2"; }
private() { stat -c '%a %U:%G %n' /etc/pyinfra-ollama/backup/*; }

section now date +%s
section timers enabled
section made made
section run kept run
section check kept check
section rehearse kept rehearse
section due dues "$1" "$2"
section private private
echo '@@done'
