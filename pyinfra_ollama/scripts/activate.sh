# Bring the service to the declared release and environment, once, and prove that it answers;
# otherwise go back to the release that ran before and fail.
# $1 version   $2 base URL   $3 seconds to wait   $4 yes: restart   $5 yes: take over an installation
set -eu
export LC_ALL=C
version=$1 url=$2 patience=$3 restart=$4 adopt=$5
unit=ollama.service opt=/opt/ollama current=/opt/ollama/current previous=/opt/ollama/previous
command=/usr/local/bin/ollama library=/usr/local/lib/ollama taken=/usr/local/lib/.ollama.taken
proved=$opt/releases/$version/.answered

say() { printf 'ollama %s: %s\n' "$version" "$*"; }
target() { readlink "$1" 2>/dev/null || true; }
point() { [ "$(target "$1")" = "$2" ] || { ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1"; }; }
uptime() { cut -d . -f 1 /proc/uptime; }
answers() { # VERSION, or * for any
  deadline=$(($(uptime) + patience)) rounds=0
  while :; do
    case $(curl -sS --noproxy '*' --max-time 5 "$url/api/version" 2>/dev/null || true) in
      *'"version":"'$1'"'*) [ "$(systemctl is-active $unit)" = active ] && return 0 ;;
    esac
    [ "$(systemctl is-failed $unit)" = failed ] && return 1
    [ "$(uptime)" -lt "$deadline" ] || return 1
    sleep 0.2; rounds=$((rounds + 1))
    [ $((rounds % 25)) -ne 0 ] || say "waiting for $url/api/version"
  done
}
start() { systemctl reset-failed $unit 2>/dev/null || true; systemctl restart $unit || true; }

# Where to go back to: what was current; or, after a run killed between switch and proof, what
# still runs or ran before. A release that has answered once is not at fault: then nowhere.
before=$(target $current) formerly=$(target $previous) back=
runs=$(target "/proc/$(systemctl show $unit -p MainPID --value)/exe")
if [ "$before" != "releases/$version" ]; then
  back=$before
  [ -z "$before" ] || point $previous "$before"
  point $current "releases/$version"
  restart=yes
elif [ ! -e "$proved" ]; then
  back=$formerly
  case $runs in "$opt"/releases/*/bin/ollama) back=${runs#"$opt/"} back=${back%/bin/ollama} ;; esac
fi
rm -rf $taken
if [ "$adopt" = yes ]; then
  # The official script lays files out as a release does, so its installation becomes one.
  official=$opt/releases/official back=releases/official
  # systemd still knows how it was before.
  ! systemctl is-enabled --quiet $unit 2>/dev/null || made official enabled
  ! systemctl is-active --quiet $unit || made official active
  # Only what is still outside comes in: a run that was killed may have brought the rest.
  mkdir -p "$official/bin" "$official/lib"
  if [ -d $library ]; then
    copied $library "$official/lib/ollama"
    # At once: half of it would be taken for an installation.
    mv -T $library $taken
  fi
  if [ -e $command ] && [ ! -L $command ]; then copied $command "$official/bin/ollama"; rm -f $command; fi
  point $previous $back
  rm -rf $taken
fi
mkdir -p "${command%/*}"
point $command $current/bin/ollama
systemctl daemon-reload
systemctl enable --quiet $unit
since=$(date +%s)
[ "$restart" != yes ] || start
systemctl is-active --quiet $unit || start

if answers "$version"; then
  [ -e "$proved" ] || touch "$proved"
  say "answers at $url"
  exit 0
fi

printf 'ollama %s does not answer at %s within %s s; the last lines of its journal:\n' "$version" "$url" "$patience" >&2
# Ollama prints its environment at start, proxy credentials included: that line stays here.
journalctl -u $unit --since "@$since" -n 20 --no-pager -o cat 2>/dev/null | grep -v 'server config' | tail -n 12 >&2 || true

if [ -z "$back" ] || [ "$back" = "releases/$version" ] || [ ! -x "$opt/$back/bin/ollama" ]; then
  printf 'there is no other release to go back to; look with: journalctl -u ollama -e\n' >&2
  exit 1
fi
point $current "$back"
if [ "$adopt" != yes ] && [ -n "$formerly" ]; then point $previous "$formerly"; fi
start
name=${back##*/} expected=${back##*/}
[ "$name" != official ] || expected='*'
if answers "$expected"; then
  printf 'went back to ollama %s, which answers; the declared %s is not running\n' "$name" "$version" >&2
else
  printf 'went back to ollama %s, which does not answer either; look with: journalctl -u ollama -e\n' "$name" >&2
fi
exit 1
