# Have a Grafana that runs read its provisioning anew, and prove that it took it: it listens only then.
# $1 seconds to wait for it
set -eu
export LC_ALL=C
patience=$1
unit=grafana-server.service
refuse() {
  printf '%s %s; its last words:\n' "$unit" "$1" >&2
  journalctl -u "$unit" -n 8 --no-pager -o cat >&2 2>/dev/null || true
  exit 1
}
systemctl try-restart "$unit" || true
deadline=$(($(cut -d . -f 1 /proc/uptime) + patience))
until pid=$(systemctl show "$unit" -p MainPID --value) && [ "${pid:-0}" != 0 ] &&
  ss -Hltnxp 2>/dev/null | grep -q "pid=$pid,"; do
  case $(systemctl show "$unit" -p ActiveState --value) in
    failed | inactive) refuse 'ended when it was started with its data source and dashboard' ;;
  esac
  [ "$(cut -d . -f 1 /proc/uptime)" -lt "$deadline" ] || refuse "does not listen within $patience s of its start"
  sleep 0.2
done
printf '%s runs with its data source and dashboard\n' "$unit"
