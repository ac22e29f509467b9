# One run at a time changes a host. The lock is the connection of the run: a record under /run
# names its sshd process (with @local, pyinfra's own), so the lock ends with the run, however
# that ends, and with the host; nothing waits on it and nothing has to be cleared away.
# $1 take or release   $2 the run   $3 who runs it   $4 pyinfra's pid if it runs on this machine
# $5 seconds of silence after which a connection counts as lost   $6 when this host was looked at
# Prints KEY=VALUE lines: state (taken, mine, held, busy, free) and about the run in the way.
set -eu
umask 077
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
folder=/run/pyinfra-ollama record=/run/pyinfra-ollama/run
me=$2 myself=$3 local=$4 quiet=$5 looked=$6

say() { printf '%s\n' "state=$1"; [ -z "$run" ] || cat "$record"; printf 'now=%s\n' "$(date +%s)"; }
# proc(5): what follows the name in /proc/PID/stat begins with field 3.
field() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f "$(($2 - 2))"; }
# The process that lives as long as the connection of a process; nothing when it has none.
connection() {
  pid=$1
  while [ "${pid:-0}" -gt 1 ]; do
    [ "$pid" != "$local" ] || { echo "$pid"; return; }
    case $(cat "/proc/$pid/comm" 2>/dev/null) in sshd*) echo "$pid"; return ;; esac
    pid=$(field "$pid" 4)
  done
}
lives() { [ -n "$holder" ] && [ "$(field "$holder" 22)" = "$started" ]; }
# While a run holds the lock, something comes over its connection every few seconds.
silent() {
  heard=$(ss -HOtinp state established 2>/dev/null | grep "pid=$holder," |
    sed -n 's/.* lastrcv:\([0-9]*\).*/\1/p' | sort -n | head -n 1)
  [ "${heard:-0}" -gt "$((quiet * 1000))" ]
}
# A command of this package that outlived its connection.
orphan() {
  for file in $(grep -lsxFz pyinfra-ollama /proc/[0-9]*/cmdline || true); do
    one=${file#/proc/} one=${one%/cmdline}
    [ -z "$(field "$one" 3)" ] || [ -n "$(connection "$one")" ] || { echo "$one"; return; }
  done
}

mkdir -p "$folder"
exec 9>"$folder/.mutex"
flock -w 30 9
run='' holder='' started='' ended=''
if [ -e "$record" ]; then
  while IFS='=' read -r key value; do
    case $key in
      run) run=$value ;; holder) holder=$value ;; started) started=$value ;; ended) ended=$value ;;
    esac
  done <"$record"
fi

if [ "$1" = release ]; then
  [ "$run" != "$me" ] || [ -n "$ended" ] || printf 'ended=%s\n' "$(date +%s)" >>"$record"
  say free
  exit 0
fi

mine=$(connection $$)
state=taken
if [ -n "$run" ] && [ -z "$ended" ]; then
  if [ "$run" = "$me" ] && [ "$holder" = "$mine" ]; then say mine; exit 0; fi
  if [ "$run" != "$me" ]; then
    if lives; then
      if ! silent; then say held; exit 0; fi
      # So that no command comes over it any more, should the other end wake up.
      echo silent=yes >>"$record"
      kill "$holder"
      rounds=0
      while lives && [ "$rounds" -lt 50 ]; do sleep 0.1; rounds=$((rounds + 1)); done
    fi
    left=$(orphan)
    if [ -n "$left" ]; then say busy; printf 'left=%s\n' "$left"; exit 0; fi
    echo over=yes
  fi
fi
[ -z "$run" ] || [ "$run" = "$me" ] || [ "${ended:-$looked}" -lt "$looked" ] || echo late=yes
say "$state"
rm -rf "$folder"/stage-*
printf '%s\n' "run=$me" "who=$myself" "since=$(date +%s)" "holder=$mine" \
  "started=$([ -z "$mine" ] || field "$mine" 22)" >"$record.new"
mv -f "$record.new" "$record"
