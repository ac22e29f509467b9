# Everything the verifier asks of a host as root, read-only, in one command.
# Arguments: "all", or "again" for what changes when models are loaded; the models folder, its owner's home, the swap file or "".
# Each section says how it ended; one without an end, or that failed, counts as unknown.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
asked=$1 models=$2 home=$3 swapfile=$4
unit=ollama.service

section() {
    name=$1
    shift
    printf '@@begin %s\n' "$name"
    "$@"
    printf '\n@@end %s %s\n' "$name" "$?"
}

unit_properties() {
    systemctl show "$unit" -p LoadState -p ActiveState -p SubState -p UnitFileState \
        -p NRestarts -p NeedDaemonReload -p MainPID -p Result
}

process() {
    pid=$(systemctl show "$unit" -p MainPID --value) || return 1
    [ "$pid" -gt 0 ] || return 0
    exe=$(readlink "/proc/$pid/exe") && environ=$(base64 -w0 <"/proc/$pid/environ") || return 1
    # Both count from the boot, sleep included; the second word, a name, may hold anything.
    started=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20) || return 1
    age=$(($(cut -d . -f 1 /proc/uptime) - started / $(getconf CLK_TCK)))
    printf 'pid %s\nage %s\nexe %s\nenviron %s\n' "$pid" "$age" "$exe" "$environ"
}

# Processes end while they are listed: grep's 2 is no reason to give up.
members() {
    grep -lsE "/ollama\.service(/|\$)" /proc/[0-9]*/cgroup || [ $? -le 2 ]
}

sockets() {
    ss -H -t -u -l -n -p
}

executables() {
    ss -H -t -u -l -n -p | grep -o 'pid=[0-9]*' | sort -u | while IFS='=' read -r _ pid; do
        exe=$(readlink "/proc/$pid/exe") && printf '%s %s\n' "$pid" "$exe"
    done
    return 0
}

links() {
    readlink -f /opt/ollama/current || return 0
}

fstab() {
    [ -e /etc/fstab ] || return 0
    awk '$1 !~ /^#/ && $3 == "swap"' /etc/fstab
}

swappiness() {
    printf 'now %s\n' "$(cat /proc/sys/vm/swappiness)" || return 1
    if [ -w /proc/sys/vm/swappiness ]; then echo 'writable yes'; else echo 'writable no'; fi
    # The order of systemd-sysctl: by file name, the last one wins.
    for file in /etc/sysctl.d/*.conf /etc/sysctl.conf; do
        [ -e "$file" ] && sed -n 's/^[[:space:]]*vm[./]swappiness[[:space:]]*=[[:space:]]*/kept /p' "$file"
    done
    return 0
}

disk() {
    for folder in "$models" /opt/ollama; do
        while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
        df -P -B1 "$folder" || return 1
    done
}

localhost() {
    before=$(date +%s%N)
    timeout 5 getent ahosts localhost
    printf 'status %s\n' "$?"
    printf 'milliseconds %s\n' "$((($(date +%s%N) - before) / 1000000))"
    if grep -Eqs '^[[:space:]]*(127\.|::1).*[[:space:]]localhost([[:space:]]|$)' /etc/hosts; then
        echo 'hosts_file yes'
    else
        echo 'hosts_file no'
    fi
}

paths() {
    for path in "$home" "$models" "$swapfile"; do
        [ -n "$path" ] || continue
        stat -c '%a %U %G %s %F|%n' "$path" 2>/dev/null || printf 'missing|%s\n' "$path"
    done
}

section uid id -u
section members members
section sockets sockets
section executables executables
section memory cat /proc/meminfo
if [ "$asked" = all ]; then
    section unit unit_properties
    section process process
    section links links
    section swaps cat /proc/swaps
    section fstab fstab
    section swappiness swappiness
    section disk disk
    section localhost localhost
    section paths paths
fi
echo '@@done'
