# What the verifier asks of a host's firewall as root, read-only, in one command, where one is declared.
# Each section says how it ended; one without an end, or that failed, counts as unknown.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

section() {
    name=$1
    shift
    printf '@@begin %s\n' "$name"
    "$@"
    printf '\n@@end %s %s\n' "$name" "$?"
}

# "disabled" is an answer, with a status of its own.
at_boot() {
    grep -i '^ENABLED=' /etc/ufw/ufw.conf || echo 'ENABLED=no'
    printf 'unit=%s\n' "$(systemctl is-enabled ufw.service 2>/dev/null)"
}

filter6() {
    [ -d /proc/sys/net/ipv6 ] || { echo none; return 0; }
    ip6tables -S
}

# A host without Docker has no such chain, which is no failure.
published() {
    iptables -t nat -S DOCKER 2>/dev/null || return 0
}

section boot at_boot
section filter4 iptables -S
section filter6 filter6
section published published
section sockets ss -H -t -u -l -n -p
echo '@@done'
