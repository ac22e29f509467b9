# Have a certificate from an ACME authority; nginx serves its challenge. Renewal is certbot's timer's,
# which calls the same hook.
# $1 directory URL   $2 email or ""   $3 yes: whatever certificate there is   then the names
set -eu
export LC_ALL=C
directory=$1 email=$2 force=$3
shift 3
name=pyinfra-ollama
authority=/etc/pyinfra-ollama/tls/acme-authority.pem
lineage=/etc/letsencrypt/live/$name

# Nothing but nginx's workers has to read what certbot puts there for the authority.
install -d -m 755 /var/lib/pyinfra-ollama-acme
[ ! -s "$authority" ] || export REQUESTS_CA_BUNDLE=$authority
domains=
for domain in "$@"; do domains=$domains${domains:+,}$domain; done
set -- certonly --non-interactive --agree-tos --webroot -w /var/lib/pyinfra-ollama-acme \
  --cert-name "$name" --renew-with-new-domains --key-type ecdsa --server "$directory" \
  --deploy-hook /etc/pyinfra-ollama/renewed.sh --domains "$domains"
if [ -n "$email" ]; then set -- "$@" --email "$email"; else set -- "$@" --register-unsafely-without-email; fi
if [ "$force" = yes ]; then set -- "$@" --force-renewal; else set -- "$@" --keep-until-expiring; fi
if ! said=$(certbot "$@" 2>&1); then
  printf 'the authority gave no certificate; the gateway goes on with the one it has:\n%s\n' "$said" | grep -v '^$' | tail -n 15 >&2
  exit 1
fi
# A run that was killed between certificate and hook has not had it yet; for others it does nothing.
RENEWED_LINEAGE=$lineage sh /etc/pyinfra-ollama/renewed.sh
systemctl daemon-reload
was certbot.timer
systemctl enable --quiet --now certbot.timer
echo "a certificate of $directory"
