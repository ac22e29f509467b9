# Have units enabled and run with what lies on disk, and prove that each answers.
# $1 seconds to wait for each   then for each unit: its name, restart or reload, its URL
set -eu
export LC_ALL=C
patience=$1
shift
systemctl daemon-reload
status=0
while [ $# -gt 0 ]; do
  unit=$1 action=$2 url=$3
  shift 3
  case $unit in ollama-*) ;; *) was "$unit" ;; esac
  systemctl enable --quiet "$unit"
  systemctl reset-failed "$unit" 2>/dev/null || true
  systemctl "$action" "$unit" || true
  deadline=$(($(cut -d . -f 1 /proc/uptime) + patience))
  until curl -sS --fail --noproxy '*' --max-time 2 -o /dev/null "$url" 2>/dev/null; do
    if [ "$(cut -d . -f 1 /proc/uptime)" -ge "$deadline" ]; then
      printf '%s does not answer at %s within %s s; its last words:\n' "$unit" "$url" "$patience" >&2
      journalctl -u "$unit" -n 8 --no-pager -o cat >&2 2>/dev/null || true
      status=1
      break
    fi
    sleep 0.2
  done
  [ "$status" != 0 ] || printf '%s runs as declared\n' "$unit"
done
exit "$status"
