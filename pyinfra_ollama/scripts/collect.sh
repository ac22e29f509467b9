# What a bug report needs of a host, read only: each part between two marker lines, packed and in
# base64, so that nothing in a log can be taken for a marker.
# $1 how far back (-3600s)   $2 most bytes of each part; the last ones are kept
# Nothing that holds keys is read: neither the gateway's callers nor any environment file.
set -u
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin"
since=$1 most=$2
part() {
  printf '@@part %s\n' "$1"
  shift
  "$@" 2>&1 | tail -c "$most" | gzip -c | base64
  printf '@@end\n'
}
journal() { journalctl --no-pager -o short-iso-precise --since "$since" "$@"; }
about() { date; uname -a; uptime; cat /etc/os-release; cat /var/lib/pyinfra-ollama/verified 2>/dev/null; }
versions() {
  # shellcheck disable=SC2016 # dpkg-query's own words
  dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n' \
    nginx certbot ufw logrotate python3 systemd openssh-server prometheus-node-exporter 2>/dev/null
  readlink /opt/ollama/current /opt/ollama/previous
  ls -l /opt/ollama/releases
  systemctl --version
}
units() {
  systemctl status --no-pager -n 0 ollama nginx ollama-monitor.timer ollama-monitor logrotate.timer
  systemctl show ollama | grep -v '^Environment'
  systemctl --failed --no-pager
}
resources() {
  free -m; df -h; df -i; swapon --show
  ps -eo pid,ppid,user,stat,pcpu,rss,etime,comm --sort=-rss | head -n 30
  ss -ltnp
}
kernel() { journal -k | grep -iE 'oom|out of memory|killed process|nvidia|amdgpu|nvme|i/o error'; }
health() { if command -v ollama-health >/dev/null; then ollama-health --json; else echo '{}'; fi; }

part about.txt about
part versions.txt versions
part units.txt units
part resources.txt resources
part health.json health
part server.log journal -u ollama
part nginx.log journal -u nginx
part monitor.log journal -u ollama-monitor
part kernel.log kernel
# What was rotated just now as well; it is packed by the next rotation only.
seconds=${since#-}
oldest=$(($(date +%s) - ${seconds%s}))
for log in /var/log/pyinfra-ollama/gateway*.log /var/log/pyinfra-ollama/gateway*.log.1; do
  [ -f "$log" ] || continue
  case $log in *.1) [ "$(stat -c %Y "$log")" -ge "$oldest" ] || continue ;; esac
  part "${log##*/}" cat "$log"
done
echo '@@done'
