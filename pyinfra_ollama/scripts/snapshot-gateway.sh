# What the operations of the gateway compare; runs as one with snapshot.sh, after it. Reads only.
# $9 port of the status page    ${10} ports for clients, space separated
section gateway
systemctl show nginx.service -p ActiveState,UnitFileState,MainPID 2>/dev/null
stat -c 'Logs=%a %U:%G' /var/log/pyinfra-ollama 2>/dev/null
# The hash of what the running nginx was started with, by its own word.
printf 'Running=%s\n' "$(curl -sS --noproxy '*' --max-time 5 "http://127.0.0.1:$9/stamp" 2>/dev/null)"
if [ -s /etc/pyinfra-ollama/tls/gateway.pem ] && command -v openssl >/dev/null 2>&1; then
  openssl x509 -in /etc/pyinfra-ollama/tls/gateway.pem -noout -startdate -enddate -ext subjectAltName 2>/dev/null | sed 's/^ */Certificate=/'
  openssl verify -CAfile /etc/pyinfra-ollama/tls/authority.pem /etc/pyinfra-ollama/tls/gateway.pem >/dev/null 2>&1 && echo Issued=here
  [ -r /etc/pyinfra-ollama/tls/authority.pem ] && printf 'Authority=%s\n' "$(base64 -w0 /etc/pyinfra-ollama/tls/authority.pem)"
fi
# Who listens where the gateway is to.
for port in $9 ${10}; do
  ss -H -ltnp "sport = :$port" 2>/dev/null | sed 's/^/Listener=/'
done
# What a person has nginx serve already, which the gateway's nginx.conf would leave out.
if [ -e /etc/nginx/nginx.conf ] && ! head -n 1 /etc/nginx/nginx.conf | grep -q '^# Managed by pyinfra-ollama'; then
  packaged=$(dpkg-query -W -f '${Conffiles}\n' nginx-common nginx 2>/dev/null | sed -n 's,^ /etc/nginx/nginx.conf \([0-9a-f]*\).*,\1,p' | head -n 1)
  [ "$(md5sum </etc/nginx/nginx.conf | cut -d ' ' -f 1)" = "$packaged" ] || echo Foreign=/etc/nginx/nginx.conf
  for site in /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/*; do
    [ -e "$site" ] || continue
    [ "$(readlink -f "$site")" = /etc/nginx/sites-available/default ] || printf 'Foreign=%s\n' "$site"
  done
fi
