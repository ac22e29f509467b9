# Have ufw filter as declared, on trial: the kernel gets the new rules, the disk keeps the old ones
# until ufw-keep.sh confirms, over a new SSH connection, that the host can still be reached.
# Unconfirmed, the kernel gets the disk's rules back after $1 seconds, from a timer of systemd that
# does not need whoever started this; so does a host that boots in the meantime.
# $1 seconds   $2 name of this trial   $3 ipv6: yes or no   then rules, in the order in which they
# are to be made: "allow|PROTOCOL|PORT|NETWORK|COMMENT" or "delete|..."
# Relied on: --datadir of ufw 0.36.1 and 0.36.2, which edits a copy of its files (tried 2026-11).
set -eu
umask 077
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
seconds=$1 trial=$2 ipv6=$3
shift 3
folder=/run/pyinfra-ollama-firewall undo=/run/pyinfra-ollama-firewall/undo
stage=$folder/stage timer=pyinfra-ollama-firewall-undo init=/lib/ufw/ufw-init
log=$folder/log
fail() { printf 'firewall: %s\n' "$*" >&2; exit 1; }

exec 9>>/run/lock/pyinfra-ollama-firewall
flock -w 30 9 || fail "another change holds /run/lock/pyinfra-ollama-firewall; wait for it to end"
if [ -e "$undo" ]; then
  echo "an earlier change was not confirmed: it is undone first"
  sh "$undo" locked || fail "that could not be done; look with: sh -x $undo locked"
fi
rm -rf "$folder"
mkdir "$folder"
# Until something changed, nothing has to be undone.
trap '[ -e "$undo" ] || rm -rf "$folder"' EXIT
trap 'exit 130' HUP INT TERM PIPE

mkdir -p "$stage/etc/default" "$stage/lib/ufw" "$stage/usr/lib/ufw"
cp -a /etc/ufw "$stage/etc/"
cp -a /etc/default/ufw "$stage/etc/default/"
(cd / && sha256sum etc/ufw/*.rules etc/ufw/ufw.conf etc/default/ufw) >"$folder/before"
conf=$stage/etc/ufw/ufw.conf default=$stage/etc/default/ufw
have() { # FILE KEY VALUE
  if grep -q "^$2=" "$1"; then sed -i "s/^$2=.*/$2=$3/" "$1"; else printf '%s=%s\n' "$2" "$3" >>"$1"; fi
}
edit() { ufw --datadir="$stage" "$@" >"$log" 2>&1 </dev/null || fail "ufw refused \"$*\": $(tail -n 1 "$log")"; }
# Not enabled, the copy is edited without a look at the kernel.
have "$conf" ENABLED no
have "$default" IPV6 "$ipv6"
if ! grep -qE '^DEFAULT_INPUT_POLICY="?(DROP|REJECT)' "$default"; then edit default deny incoming; fi
for rule; do
  IFS='|' read -r action protocol port network comment <<END
$rule
END
  case $action in
    allow) edit allow proto "$protocol" from "$network" to any port "$port" comment "$comment" ;;
    delete) edit delete allow proto "$protocol" from "$network" to any port "$port" ;;
    *) fail "unknown rule: $rule" ;;
  esac
done

cat >"$folder/undo.new" <<END
# Give the kernel the rules that are on disk. Written by pyinfra-ollama; it removes itself.
# \$1 locked: whoever calls holds the lock
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
# A change that hangs does not keep the host locked.
if [ "\$1" != locked ]; then exec 9>>/run/lock/pyinfra-ollama-firewall; flock -w 15 9; fi
[ -e $undo ] || exit 0
[ "\$1" = locked ] || [ "\$1" = $trial ] || exit 0
rules() { iptables-restore -n </etc/ufw/user.rules && { [ $ipv6 = no ] || ip6tables-restore -n </etc/ufw/user6.rules; }; }
if [ ! -e $folder/only-rules ] || ! rules; then
  # Should they fail to load, an open host is better than one that nobody reaches.
  $init force-stop
  . /etc/ufw/ufw.conf
  case \$ENABLED in yes | YES) $init start || $init force-stop ;; esac
fi
rm -rf $folder
systemctl stop $timer.timer
END
printf '%s\n' "$trial" >"$folder/trial"
systemctl stop "$timer.timer" 2>/dev/null || true
systemctl reset-failed "$timer.service" 2>/dev/null || true
mv "$folder/undo.new" "$undo"
systemd-run --quiet --collect --unit="$timer" --on-active="$seconds" \
  --timer-property=AccuracySec=1s /bin/sh "$undo" "$trial" 9>&- || {
  rm -f "$undo"
  fail "no timer could be set that would undo the change, so nothing was changed"
}

same() { cmp -s "/etc/$1" "$stage/etc/$1"; }
whole() { # TOOL PREFIX: the kernel has all of a firewall that denies
  [ "$("$1" -S INPUT 2>/dev/null | grep -cxF -e '-P INPUT DROP' -e "-A INPUT -j $2-before-input")" = 2 ] &&
    "$1" -C "$2-before-input" -j "$2-user-input" 2>/dev/null
}
# ufw hooks its chains into the kernel's when it makes them, and never again.
unhooked() { # TOOL PREFIX
  "$1" -S "$2-before-input" >/dev/null 2>&1 && ! "$1" -C INPUT -j "$2-before-input" 2>/dev/null
}
dismantle() { # TOOL PREFIX
  {
    echo '*filter'
    "$1" -S | sed -nE "s/^-A ((INPUT|OUTPUT|FORWARD) -j $2-)/-D \1/p"
    "$1" -S | sed -nE "s/^-N ($2-)/-F \1/p"
    "$1" -S | sed -nE "s/^-N ($2-)/-X \1/p"
    echo COMMIT
  } | "$1-restore" -n
}
only_rules() { # differ, of a firewall that is on
  grep -qix ENABLED=yes /etc/ufw/ufw.conf && same default/ufw && whole iptables ufw &&
    { [ "$ipv6" = no ] || whole ip6tables ufw6; }
}
switch() {
  if only_rules; then
    : >"$folder/only-rules"
    # At once: between two rule sets nothing is open that neither of them opens.
    have "$conf" ENABLED yes &&
      iptables-restore -n <"$stage/etc/ufw/user.rules" &&
      { [ "$ipv6" = no ] || ip6tables-restore -n <"$stage/etc/ufw/user6.rules"; }
  else
    "$init" --rootdir / --datadir "$stage" force-stop || return 1
    if unhooked iptables ufw; then dismantle iptables ufw; fi
    if unhooked ip6tables ufw6; then dismantle ip6tables ufw6; fi
    ufw --rootdir=/ --datadir="$stage" --force enable
  fi
}
if ! switch >"$log" 2>&1; then
  said=$(tail -n 3 "$log")
  sh "$undo" locked >/dev/null 2>&1 || true
  fail "the kernel did not take the new rules, the old ones are back: $said"
fi
printf 'the new rules are on trial for %s s, until a new SSH connection confirms them\n' "$seconds"
