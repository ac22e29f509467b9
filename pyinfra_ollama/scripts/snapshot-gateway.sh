# shellcheck disable=SC2154 # status_port, ports and line are of snapshot.sh
# What the operations of the gateway compare; runs as one with snapshot.sh, after it. Reads only.
# status_port ($9) is that of the status page, ports (${10}) are those for clients, space separated;
# snapshot.sh sets them, and has section, lines and first_line.
# It leaves IFS at a line break.
unset IFS
pem=/etc/pyinfra-ollama/tls/gateway.pem authority=/etc/pyinfra-ollama/tls/authority.pem
section gateway
systemctl show nginx.service -p ActiveState,UnitFileState 2>/dev/null
[ -e /proc/net/if_inet6 ] && echo IPv6=there
stat -c 'Logs=%a %U:%G' /var/log/pyinfra-ollama 2>/dev/null
stat -c 'Log=%a %U:%G' /var/log/pyinfra-ollama/gateway.log 2>/dev/null
# The hash of what the running nginx was started with, by its own word.
printf 'Running=%s\n' "$(curl -sS --fail --noproxy '*' --max-time 5 "http://127.0.0.1:$status_port/stamp" 2>/dev/null)"
# What a person has nginx serve already, which the gateway's nginx.conf would leave out.
first_line /etc/nginx/nginx.conf
case $line in
  '' | '# Managed by pyinfra-ollama'*) ;;
  *)
    # shellcheck disable=SC2016 # dpkg-query's own words
    packaged=$(dpkg-query -W -f '${Conffiles}\n' nginx-common 2>/dev/null | sed -n 's,^ /etc/nginx/nginx.conf \([0-9a-f]*\).*,\1,p')
    found=$(md5sum </etc/nginx/nginx.conf)
    [ "${found%% *}" = "$packaged" ] || echo Foreign=/etc/nginx/nginx.conf
    for site in /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/*; do
      [ ! -e "$site" ] || [ "$(readlink -f "$site")" = /etc/nginx/sites-available/default ] || printf 'Foreign=%s\n' "$site"
    done ;;
esac
# Who listens where the gateway is to.
wanted="sport = :$status_port"
for port in $ports; do wanted="$wanted or sport = :$port"; done
ss -H -ltnp "$wanted" 2>/dev/null | sed 's/^/Listener=/'

section certificate
if [ -s "$pem" ] && command -v openssl >/dev/null 2>&1; then
  openssl x509 -in "$pem" -noout -startdate -enddate -ext subjectAltName 2>/dev/null
  openssl verify -CAfile "$authority" "$pem" >/dev/null 2>&1 && echo issued=here
fi
# certbot's, to be where nginx has its own, and whether it is renewed.
lineage=/etc/letsencrypt/live/pyinfra-ollama
if [ -e "$lineage/privkey.pem" ]; then
  printf 'lineage=%s\n' "$(cat "$lineage/privkey.pem" "$lineage/fullchain.pem" 2>/dev/null | sha256sum)"
  sed -n 's/^server *= */directory=/p' /etc/letsencrypt/renewal/pyinfra-ollama.conf 2>/dev/null
  printf 'timer=%s\n' "$(systemctl is-enabled certbot.timer 2>/dev/null)"
fi
section authority
lines "$authority"
