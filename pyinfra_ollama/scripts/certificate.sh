# Make a certificate with the host's own small authority, which is made once.
# $1 days   then the names and addresses that clients use
# Key and certificate stand in one file, so that the two are replaced by one rename.
set -eu
umask 077
export LC_ALL=C
days=$1
shift
folder=/etc/pyinfra-ollama/tls
(umask 022 && mkdir -p /etc/pyinfra-ollama)
mkdir -p "$folder" && chmod 755 "$folder"
scratch=$(mktemp -d /run/pyinfra-ollama-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM PIPE
fail() { printf 'the certificate could not be made: %s\n' "$(tail -n 3 "$scratch/said")" >&2; exit 1; }

if ! { [ -s "$folder/authority.key" ] && openssl x509 -in "$folder/authority.pem" -noout -checkend $((days * 86400)) >/dev/null 2>&1; }; then
  # It outlives ten certificates; a new one has to be brought to every client.
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj "/CN=pyinfra-ollama authority of $(uname -n)" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$scratch/authority.key" -out "$scratch/authority.pem" 2>"$scratch/said" || fail
  mv "$scratch/authority.key" "$folder/authority.key"
  install -m 644 "$scratch/authority.pem" "$folder/authority.pem.new"
  mv "$folder/authority.pem.new" "$folder/authority.pem"
  echo "a new authority was made: clients need $folder/authority.pem"
fi

# Besides what is declared, what the host is called and its addresses.
names=
add() {
  case $1 in
    *:*|[0-9]*.[0-9]*.[0-9]*.[0-9]*) kind=IP ;;
    *) kind=DNS ;;
  esac
  case ",$names," in *",$kind:$1,"*) ;; *) names=$names${names:+,}$kind:$1 ;; esac
}
for name in "$@" "$(uname -n)" localhost 127.0.0.1 $(hostname -I 2>/dev/null); do
  # A host's name may hold what a certificate's cannot.
  case $name in ''|*[!a-zA-Z0-9.:-]*) ;; *) add "$name" ;; esac
done
cat >"$scratch/extensions" <<END
subjectAltName=$names
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
END
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=${1:-$(uname -n)}" \
  -keyout "$scratch/key.pem" -out "$scratch/request.pem" 2>"$scratch/said" || fail
openssl x509 -req -in "$scratch/request.pem" -CA "$folder/authority.pem" -CAkey "$folder/authority.key" \
  -set_serial "0x$(openssl rand -hex 16)" -days "$days" -sha256 -extfile "$scratch/extensions" \
  -out "$scratch/certificate.pem" 2>"$scratch/said" || fail
cat "$scratch/key.pem" "$scratch/certificate.pem" "$folder/authority.pem" >"$folder/gateway.pem.new"
mv "$folder/gateway.pem.new" "$folder/gateway.pem"
echo "a certificate for $names, valid for $days days"
