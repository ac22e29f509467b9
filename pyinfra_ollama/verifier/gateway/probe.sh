# What the verifier asks of a gateway's host as root, read-only, in one command.
# $1 port of the status page   then the backends as ADDRESS:PORT
# Each section says how it ended; one without an end, or that failed, counts as unknown.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
status_port=$1
shift
pem=/etc/pyinfra-ollama/tls/gateway.pem
logs=/var/log/pyinfra-ollama
rotation=/etc/logrotate.d/pyinfra-ollama-gateway

section() {
    name=$1
    shift
    printf '@@begin %s\n' "$name"
    "$@"
    printf '\n@@end %s %s\n' "$name" "$?"
}

unit() {
    systemctl show nginx.service -p LoadState -p ActiveState -p SubState -p UnitFileState \
        -p MainPID -p NeedDaemonReload
}

# What the running nginx says it was started with, and what lies on the disk.
stamp() {
    running=$(curl -sS --fail --noproxy '*' --max-time 5 "http://127.0.0.1:$status_port/stamp" 2>/dev/null)
    printf 'running %s\n' "$running"
    set --
    for part in answers backends bodiless callers door-admin door-inference door-read_only endpoints proxy; do
        set -- "$@" "/etc/nginx/pyinfra-ollama/$part.conf"
    done
    disk=$(sha256sum -- /etc/nginx/nginx.conf "$@" /etc/nginx/pyinfra-ollama/route.js "$pem" 2>/dev/null | sha256sum)
    printf 'disk %s\n' "${disk%% *}"
}

# nginx's whole configuration without the keys: they stand in two maps of their own, and as
# regular expressions.
config() {
    nginx -T 2>/dev/null | awk '
        /^# configuration file / { hidden = 0 }
        /^map +\$http_(authorization|x_api_key)/ { hidden = 1 }
        !hidden && !/"~\^/ { print }
        /^}/ { hidden = 0 }
    ' | base64 -w0
}

# What nginx thinks of the files on the disk; what it quotes might be a key.
judged() {
    if said=$(nginx -t -q 2>&1); then echo good; else printf '%s\n' "$said" | sed 's/"[^"]*"/"..."/g' | tail -n 3; fi
}

# Certificates alone; the key stands in the same file.
certificate() {
    [ -e "$pem" ] || return 0
    sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' "$pem"
}

authority() {
    [ -e /etc/pyinfra-ollama/tls/authority.pem ] || return 0
    cat /etc/pyinfra-ollama/tls/authority.pem
}

renewal() {
    systemctl show certbot.timer -p ActiveState -p UnitFileState
    systemctl show certbot.service -p Result
    if [ -x /etc/pyinfra-ollama/renewed.sh ]; then echo 'Hook=there'; else echo 'Hook=missing'; fi
}

sockets() {
    ss -H -t -u -l -n -p
}

logs() {
    for path in "$logs" "$logs/gateway.log" "$logs/gateway-error.log"; do
        stat -c '%a %U %G %s %F|%n' "$path" 2>/dev/null || printf 'missing|%s\n' "$path"
    done
}

# Where nginx writes: a log that somebody removed is still written to, by nobody's name.
written() {
    pid=$(systemctl show nginx.service -p MainPID --value) || return 1
    [ "$pid" -gt 0 ] || return 0
    readlink "/proc/$pid/fd/"* 2>/dev/null | grep '/var/log/' | sort -u
}

rotated() {
    if [ -e "$rotation" ]; then sed -n 's/^ *rotate \([0-9]*\)$/rotate \1/p' "$rotation"; fi
    if command -v logrotate >/dev/null; then echo 'program there'; else echo 'program missing'; fi
    printf 'timer %s\n' "$(systemctl show logrotate.timer -p ActiveState --value)"
    if [ -e /etc/cron.daily/logrotate ]; then echo 'cron there'; fi
}

ipv6() {
    if [ -e /proc/net/if_inet6 ]; then echo yes; else echo no; fi
}

# All at once: a backend that is gone takes its whole time.
backends() {
    for backend in "$@"; do
        {
            said=$(curl -sS --fail --noproxy '*' --max-time 4 "http://$backend/api/version" 2>&1 | head -c 300 | tr '\n' ' ')
            printf '%s %s\n' "$backend" "$said"
        } &
    done
    wait
}

section uid id -u
section unit unit
section stamp stamp
# nginx makes a log that is missing when it is asked for its configuration.
section logs logs
section written written
section config config
section judged judged
section certificate certificate
section authority authority
section renewal renewal
section sockets sockets
section rotated rotated
section ipv6 ipv6
section backends backends "$@"
echo '@@done'
