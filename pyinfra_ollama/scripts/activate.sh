# Bring the service to the declared release and environment, once, and prove that it answers;
# otherwise go back to the release that ran before and fail.
# $1 version   $2 base URL   $3 seconds to wait   $4 yes: restart   $5 installation to take over: yes
set -eu
export LC_ALL=C
version=$1 url=$2 patience=$3 restart=$4 adopt=$5
unit=ollama.service current=/opt/ollama/current

say() { printf 'ollama %s: %s\n' "$version" "$*"; }
point() { ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1"; }
answers() { # VERSION
  rounds=0
  while [ "$rounds" -lt $((patience * 5)) ]; do
    case $(curl -sS --noproxy '*' --max-time 5 "$url/api/version" 2>/dev/null || true) in
      *"\"version\":\"$1\""*) [ "$(systemctl is-active $unit)" = active ] && return 0 ;;
    esac
    [ "$(systemctl is-failed $unit)" = failed ] && return 1
    sleep 0.2; rounds=$((rounds + 1))
    [ $((rounds % 25)) -ne 0 ] || say "waiting for $url/api/version"
  done
  return 1
}
start() { systemctl reset-failed $unit 2>/dev/null || true; systemctl restart $unit || true; }

before=
[ -L "$current" ] && before=$(readlink "$current")
if [ "$before" != "releases/$version" ]; then
  [ -z "$before" ] || point /opt/ollama/previous "$before"
  point "$current" "releases/$version"
  restart=yes
fi
mkdir -p /usr/local/bin
point /usr/local/bin/ollama /opt/ollama/current/bin/ollama
systemctl daemon-reload
systemctl enable --quiet $unit
[ "$restart" != yes ] || start
systemctl is-active --quiet $unit || start

if answers "$version"; then
  [ "$adopt" != yes ] || rm -rf /usr/local/lib/ollama
  say "answers at $url"
  exit 0
fi

printf 'ollama %s does not answer at %s within %s s; the last lines of its journal:\n' "$version" "$url" "$patience" >&2
# Ollama prints its environment at start, proxy credentials included: that line stays here.
journalctl -u $unit -n 20 --no-pager -o cat 2>/dev/null | grep -v 'server config' | tail -n 12 >&2 || true

back=$(readlink /opt/ollama/previous 2>/dev/null || true)
if [ -z "$back" ] || [ "$back" = "releases/$version" ] || [ ! -x "/opt/ollama/$back/bin/ollama" ]; then
  printf 'there is no previous release to go back to; look with: journalctl -u ollama -e\n' >&2
  exit 1
fi
point "$current" "$back"
start
if answers "${back##*/}"; then
  printf 'went back to ollama %s, which answers; the declared %s is not running\n' "${back##*/}" "$version" >&2
else
  printf 'went back to ollama %s, which does not answer either; look with: journalctl -u ollama -e\n' "${back##*/}" >&2
fi
exit 1
