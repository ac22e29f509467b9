# What the verifier asks of a host's backup as root, read-only, in one command, where one is declared.
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
private() { stat -c '%a %U:%G %n' /etc/pyinfra-ollama/backup/*; }

section now date +%s
section timers enabled
section made made
section run kept run
section check kept check
section rehearse kept rehearse
section private private
echo '@@done'
