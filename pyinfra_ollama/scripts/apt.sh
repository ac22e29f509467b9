# Install and upgrade packages without questions.
# $1 yes: fetch the lists first   $2 upgrade: "", safe or full   $3 seconds to wait for another
# apt or dpkg   then packages to install
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
update=$1 upgrade=$2 patience=$3 fetched=
shift 3
scratch=$(mktemp -d /run/pyinfra-ollama-XXXXXX)
log=$scratch/log
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM PIPE
fail() { printf 'packages: %s\n' "$*" >&2; exit 1; }

patient() { # COMMAND: run it, again and again while another process holds its lock
  waited=0
  until "$@" >"$log" 2>&1 </dev/null; do
    holder=$(sed -nE 's/.*held by process ([0-9]+ \([^)]*\)).*/\1/p; s/.*locked by another process with pid ([0-9]+).*/\1/p' "$log" | tail -n 1)
    [ -n "$holder" ] || return 1
    [ "$waited" -gt 0 ] || echo "waiting for process $holder, which holds the lock of apt or dpkg"
    [ "$waited" -lt "$patience" ] ||
      fail "process $holder has held the lock of apt or dpkg for more than $patience s: let it end or stop it, then run again"
    sleep 2; waited=$((waited + 2))
  done
}
why() { grep -E '^(E:|W:|dpkg: error|Err:)' "$log" | tail -n 8 | sed 's/^/  /'; }
# Keeps a configuration file that a person changed.
apt() { patient apt-get -q -y -o DPkg::Lock::Timeout=0 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"; }
# apt-get (2.6, tried 2026-11) may wait for ever for its own helpers when the disk is full.
moving() { # COMMAND: run it, but no longer than it does something
  still=0 before=
  "$@" &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2; still=$((still + 1))
    now=$(stat -c %s "$log"; du -s /var/lib/apt/lists)
    [ "$now" = "$before" ] || still=0
    before=$now
    if [ "$still" -ge 600 ]; then
      kill -KILL "$child"
      echo "E: apt-get stood still for two minutes and was ended; is the disk full?"
      break
    fi
  done
  wait "$child"
}
lists() {
  echo "fetching package lists"
  patient moving apt-get -q update -o APT::Update::Error-Mode=any ||
    fail "the package lists could not be fetched: check the host's sources and network
$(why)"
  (umask 077 && mkdir -p /var/lib/pyinfra-ollama)
  touch /var/lib/pyinfra-ollama/apt-updated
  fetched=yes
}
add() { apt --no-install-recommends --no-remove install "$@"; }

# A killed run may have left packages unpacked only, even without what they depend on; a full disk
# also some that dpkg refuses to configure until they are unpacked anew.
torn() { dpkg-query -W -f '${db:Status-Eflag} ${binary:Package}\n' | sed -n 's/^reinstreq //p'; }
finish() {
  apt --no-install-recommends --no-remove --fix-broken install && [ -z "$(torn)" ] && return
  # shellcheck disable=SC2046 # a list of names
  [ -n "$(torn)" ] && apt --no-install-recommends --no-remove --reinstall install $(torn)
}
# What was there before the first of them; what is asked for is noted below. `pyinfra-ollama uninstall` reads it.
before() {
  had=/var/lib/pyinfra-ollama/packages-before
  [ ! -e "$had" ] || return 0
  [ ! -e /var/lib/pyinfra-ollama/apt-updated ] || made older
  (umask 077 && mkdir -p /var/lib/pyinfra-ollama)
  # Some packages leave these behind when they are purged.
  stamps=/var/lib/systemd/timers/stamp
  for path in /var/www /var/www/html /var/www/html/index.nginx-debian.html "$stamps-logrotate.timer" "$stamps-certbot.timer" \
    /var/lib/letsencrypt; do
    [ -e "$path" ] || made left "$path"
  done
  getent passwd prometheus >/dev/null || made account prometheus
  dpkg-query -W -f '${db:Status-Abbrev}|${Package}\n' | sed -n 's/^.i.|//p' | sort -u >"$had.new"
  mv "$had.new" "$had"
}
[ $# -eq 0 ] || before
broken=
patient dpkg --configure -a --force-confdef --force-confold || broken=yes
[ "$update" != yes ] || lists
if [ -n "$broken$(torn)" ]; then
  echo "finishing what was left half installed"
  finish || { [ -n "$fetched" ] || { lists && finish; }; } ||
    fail "packages that were left half installed could not be finished; look with: dpkg --audit
$(why)"
fi
if [ $# -gt 0 ]; then
  printf '%s\n' "$@" >>/var/lib/pyinfra-ollama/packages-asked
  echo "installing $*"
  # Lists that are too old name files that are gone, or lack a package.
  add "$@" || { [ -n "$fetched" ] || { lists && add "$@"; }; } ||
    fail "$* could not be installed; if one is unknown, check its name in Packages(tools=[...])
$(why)"
  for name; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
      fail "$name is no package of its own: name the package that brings it in Packages(tools=[...])"
  done
fi
case $upgrade in
  "") ;;
  *)
    echo "upgrading"
    if [ "$upgrade" = full ]; then apt dist-upgrade; else apt --no-remove upgrade; fi ||
      fail "the upgrade failed
$(why)"
    grep -E '^[0-9]+ upgraded' "$log" ;;
esac
if [ -e /run/reboot-required ]; then echo "a reboot is needed to finish; it is left to you"; fi
