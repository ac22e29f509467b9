# Ask addresses from this host, changing nothing. One argument an address: "head|URL" or "get|URL".
# A bare host has no curl: then plain HTTP is asked by bash, and HTTPS only gets a connection.
# An HTTPS proxy may come on standard input, for it may hold a password.
export LC_ALL=C
IFS= read -r https_proxy || true
[ -z "$https_proxy" ] || export https_proxy
accept='Accept: application/vnd.docker.distribution.manifest.v2+json'
scratch=$(mktemp -d /run/pyinfra-ollama-XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM PIPE

with_curl() { # WAY URL
  head=; [ "$1" = head ] && head=-I
  code=$(curl -sSL $head --connect-timeout 8 --max-time 25 -H "$accept" -D "$scratch/headers" \
    -o "$scratch/body" -w '%{http_code}' "$2" 2>"$scratch/error") || true
}
# shellcheck disable=SC2016 # $0 and $1 are the inner shell's
with_bash() { # WAY URL
  rest=${2#*://} address=${2#*://}; address=${address%%/*}
  host=${address%:*} port=${address##*:}
  case $address in \[*) host=${address#?} host=${host%%]*} port=${address##*]} port=${port#:} ;; esac
  [ "${port:-$address}" != "$address" ] || { port=80; case $2 in https:*) port=443 ;; esac; }
  case $2 in
    https:*)
      timeout 8 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>"$scratch/error" && code=open ;;
    *)
      verb=GET; [ "$1" = head ] && verb=HEAD
      timeout 15 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "%s /%s HTTP/1.0\r\nHost: %s\r\n%s\r\n\r\n" "$2" "$3" "$4" "$5" >&3 && cat <&3' \
        "$host" "$port" "$verb" "${rest#*/}" "$address" "$accept" >"$scratch/answer" 2>"$scratch/error" || true
      tr -d '\r' <"$scratch/answer" | sed '/^$/q' >"$scratch/headers"
      tr -d '\r' <"$scratch/answer" | sed '1,/^$/d' >"$scratch/body"
      code=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$scratch/headers")
      # Followed once there is curl; its size is not known until then.
      case $code in 30[12378]) code=open; : >"$scratch/headers" ;; esac ;;
  esac
}

for question; do
  way=${question%%|*} url=${question#*|} code=
  : >"$scratch/headers"; : >"$scratch/body"; : >"$scratch/error"
  if command -v curl >/dev/null 2>&1; then with_curl "$way" "$url"; else with_bash "$way" "$url"; fi
  length=$(tr -d '\r' <"$scratch/headers" | awk 'tolower($1) == "content-length:" { n = $2 } END { print n }')
  printf '@@pyinfra-ollama:%s|%s|%s|%s\n' "$url" "${code:-000}" "$length" "$(tail -n 1 "$scratch/error")"
  [ "$way" = get ] && head -c 65536 "$scratch/body" && echo
done
printf '@@pyinfra-ollama:end\n'
