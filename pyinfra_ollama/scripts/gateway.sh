# Have nginx serve what lies on disk: started, or reloaded without dropping a request, and proved
# by the answer of its status page.
# $1 port of the status page   $2 seconds to wait   then the files whose hash tells what it serves
set -eu
export LC_ALL=C
port=$1 patience=$2
shift 2
folder=/etc/nginx/pyinfra-ollama
logs=/var/log/pyinfra-ollama
say() { printf 'gateway: %s\n' "$*"; }

install -d -o root -g adm -m 755 "$logs"
# As logrotate makes them; whoever tried the configuration first made them root's alone.
for log in "$logs/gateway.log" "$logs/gateway-error.log"; do
  [ -e "$log" ] || : >"$log"
  chown www-data:adm "$log"
  chmod 640 "$log"
done
wanted=$(sha256sum -- "$@" 2>/dev/null | sha256sum | cut -d ' ' -f 1)
printf 'location = /stamp { return 200 %s; }\n' "$wanted" >"$folder/.stamp.new"
mv "$folder/.stamp.new" "$folder/stamp.conf"

if ! said=$(nginx -t 2>&1); then
  printf 'nginx refuses its configuration, what ran before goes on:\n%s\n' "$said" >&2
  exit 1
fi
since=$(wc -c <"$logs/gateway-error.log" 2>/dev/null || echo 0)
was nginx.service
systemctl enable --quiet nginx
if systemctl is-active --quiet nginx; then systemctl reload nginx || true
else
  systemctl reset-failed nginx 2>/dev/null || true
  systemctl start nginx || true
fi

deadline=$(($(cut -d . -f 1 /proc/uptime) + patience))
while [ "$(curl -sS --noproxy '*' --max-time 2 "http://127.0.0.1:$port/stamp" 2>/dev/null)" != "$wanted" ]; do
  if [ "$(cut -d . -f 1 /proc/uptime)" -ge "$deadline" ]; then
    printf 'nginx does not serve what is declared within %s s; its last words:\n' "$patience" >&2
    tail -c "+$((since + 1))" "$logs/gateway-error.log" 2>/dev/null | grep -E '\[(emerg|alert|crit|error)\]' | tail -n 5 >&2 || true
    systemctl status nginx --no-pager -n 5 2>/dev/null | tail -n 5 >&2 || true
    exit 1
  fi
  sleep 0.1
done
rm -f "$folder/reload-due"
say "serves as declared"
