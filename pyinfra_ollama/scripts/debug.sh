# Have the server log more for a while, or as declared again. It is restarted, now and at the end.
# $1 on or off   $2 seconds it lasts   $3 value of OLLAMA_DEBUG   $4 base URL   $5 seconds to wait
# What it changes lies in /run: a boot ends it too. The end is scheduled before anything is changed.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
wanted=$1 seconds=$2 level=$3 url=$4 patience=$5
folder=/run/systemd/system/ollama.service.d
drop_in=$folder/90-pyinfra-ollama-debug.conf
end=$folder/90-pyinfra-ollama-debug.end
unit=pyinfra-ollama-debug-end
record=/run/pyinfra-ollama/run

fail() { printf '%s\n' "$*" >&2; exit 1; }
[ -e /etc/systemd/system/ollama.service ] || fail "there is no ollama.service on this host: deploy it first"
if [ -e "$record" ] && ! grep -q '^ended=' "$record"; then
  holder=$(sed -n 's/^holder=//p' "$record") started=$(sed -n 's/^started=//p' "$record")
  # proc(5): what follows the name begins with field 3; 22 is when the process started.
  now=$(sed 's/.*) //' "/proc/${holder:-0}/stat" 2>/dev/null | cut -d ' ' -f 20)
  if [ -n "$now" ] && [ "$now" = "$started" ]; then
    fail "$(sed -n 's/^who=//p' "$record") is deploying to this host: try again later"
  fi
fi
answers() { curl -sS --fail --noproxy '*' --max-time 5 "$url/api/version" >/dev/null 2>&1; }
settle() {
  systemctl daemon-reload
  # One that a person stopped stays so.
  systemctl is-active --quiet ollama.service || { echo "the server does not run"; return 0; }
  # Restarts that were asked for are no failures: systemd refuses the sixth within two minutes.
  systemctl reset-failed ollama.service
  systemctl restart ollama.service
  deadline=$(($(cut -d . -f 1 /proc/uptime) + patience))
  until answers; do
    [ "$(cut -d . -f 1 /proc/uptime)" -lt "$deadline" ] || fail "the server was restarted and does not answer within $patience s"
    sleep 0.2
  done
  echo "the server was restarted"
}

if [ "$wanted" = off ]; then
  systemctl stop "$unit.timer" 2>/dev/null || true
  [ -e "$drop_in" ] || { echo "debug mode was off"; exit 0; }
  rm -f "$drop_in" "$end"
  echo "debug mode is off"
  settle
  exit 0
fi

mkdir -p "$folder"
# A script, not its text as an argument: systemd 252 reads a ";" of a transient unit in another way
# after a daemon-reload.
cat >"$end.new" <<END
rm -f $end
[ -e $drop_in ] || exit 0
rm -f $drop_in
systemctl daemon-reload
systemctl reset-failed ollama.service
systemctl try-restart ollama.service
END
mv -f "$end.new" "$end"
systemctl stop "$unit.timer" 2>/dev/null || true
systemd-run --quiet --collect --unit="$unit" --on-active="$seconds" --timer-property=AccuracySec=1s sh "$end" || {
  # Never without an end; the former one is gone.
  rm -f "$end"
  [ ! -e "$drop_in" ] || { rm -f "$drop_in"; settle; }
  fail "the end of debug mode could not be scheduled, so it is off"
}
printf '# Written by pyinfra-ollama debug; goes by itself.\n[Service]\nEnvironment=OLLAMA_DEBUG=%s\n' "$level" >"$drop_in.new"
if cmp -s "$drop_in.new" "$drop_in"; then
  rm -f "$drop_in.new"
  echo "debug mode lasts longer; nothing was restarted"
else
  mv -f "$drop_in.new" "$drop_in"
  echo "debug mode is on"
  settle
fi
printf 'it ends at %s\n' "$(date -d "+$seconds seconds" '+%Y-%m-%d %H:%M:%S %Z')"
