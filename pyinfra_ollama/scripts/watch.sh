# Have the monitor's timer run now and after every boot, and journald with the bounds on disk.
# $1 whether journald has to be restarted: yes or no
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

[ "$1" = yes ] || exit 0
file=/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf
# journald is known to have read the file when it started in a later second than the file is of.
[ "$(stat -c %Y "$file")" -le "$(date +%s)" ] || touch "$file"
while [ "$(date +%s)" -le "$(stat -c %Y "$file")" ]; do sleep 0.1; done
# systemd keeps the sockets of its clients for it meanwhile.
systemctl restart systemd-journald.service
say "journald has its bounds"
