# Have the monitor's timer and logrotate's run now and after every boot, and journald with the bounds on disk.
# $1 whether journald has to be restarted: yes or no   $2 the figures of the monitor, for Prometheus
# made.sh has was.
set -eu
export LC_ALL=C
say() { printf 'watch: %s\n' "$*"; }

systemctl daemon-reload
systemctl enable --quiet ollama-monitor.timer
systemctl start ollama-monitor.timer
systemctl is-active --quiet ollama-monitor.timer || {
  systemctl status ollama-monitor.timer --no-pager -n 5 >&2 || true
  exit 1
}
say "the timer runs"

# Without it logs have no bound.
if [ "$(systemctl is-enabled logrotate.timer 2>/dev/null)" != enabled ] || ! systemctl is-active --quiet logrotate.timer; then
  was logrotate.timer
  { systemctl enable --quiet logrotate.timer && systemctl start logrotate.timer; } || {
    say "logrotate.timer does not start, so logs have no bound; if it is masked: systemctl unmask logrotate.timer" >&2
    exit 1
  }
  say "logs are rotated"
fi

# One that never runs is told of too: until it does, its figures say since when it should.
figures=$2 folder=${2%/*} name=pyinfra_ollama_monitor_set_up_timestamp_seconds
if [ -d "$folder" ] && [ ! -e "$figures" ]; then (
  # An ordinary user may own the folder, and put a link in it or in its place at any moment.
  cd -P "$folder"
  [ "$PWD" = "$(cd -P "${folder%/*}" && pwd)/${folder##*/}" ] || { say "$folder is a link: no figures are written there"; exit 0; }
  umask 022
  set -C
  new=$(mktemp -u ".${figures##*/}.XXXXXX")
  printf '# HELP %s When ollama-monitor was set up, until it first ran.\n# TYPE %s gauge\n%s %s\n' \
    "$name" "$name" "$name" "$(date +%s)" >"$new"
  mv -fT "$new" "${figures##*/}"
); fi

[ "$1" = yes ] || exit 0
file=/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf
# journald is known to have read the file when it started in a later second than the file is of.
[ "$(stat -c %Y "$file")" -le "$(date +%s)" ] || touch "$file"
while [ "$(date +%s)" -le "$(stat -c %Y "$file")" ]; do sleep 0.1; done
# systemd keeps the sockets of its clients for it meanwhile.
systemctl restart systemd-journald.service
say "journald has its bounds"
