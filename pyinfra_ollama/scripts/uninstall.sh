# Take away what the plan of `pyinfra-ollama uninstall` names, in its order, and nothing else. What is gone
# already is no fault, so one that was cut off is finished by the next.
# Standard input, a line a step: "VERB|SUBJECT|MORE"
set -eu
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"
state=/var/lib/pyinfra-ollama
steps=$(mktemp /run/pyinfra-ollama-XXXXXX)
trap 'rm -f "$steps"' EXIT
trap 'exit 130' HUP INT TERM PIPE
cat >"$steps"
fail() { printf 'uninstall: %s\n' "$*" >&2; exit 1; }
runs() { systemctl is-active --quiet "$1"; }

# Back comes what somebody else had there.
back() { # PATH
  kept=$state/before$1 new=${1%/*}/.${1##*/}.before
  if [ ! -e "$kept" ] && [ ! -L "$kept" ]; then rm -f "$1"; return; fi
  rm -f "$new"
  cp -a "$kept" "$new"
  mv -fT "$new" "$1"
}
fstab_without() { # PATH of a swapfile
  file=$(readlink -f /etc/fstab)
  [ -e "$file" ] || return 0
  new=$(mktemp "${file%/*}/.fstab-XXXXXX")
  if ! {
    awk -v path="$1" '!($1 == path && $3 == "swap")' "$file" >"$new" &&
      chown --reference="$file" "$new" && chmod --reference="$file" "$new" && mv -f "$new" "$file"
  }; then rm -f "$new"; fail "$file could not be written; it stays as it was"; fi
}
tree() { # PATH
  said=$(rm -rf "$1" 2>&1) && return
  # Where a disk is mounted, the folder itself cannot go.
  [ -z "$(find "$1" ! -type d -print -quit)" ] || fail "$1 could not be removed: $(printf '%s' "$said" | tail -n 1)"
  echo "$1 stays, empty: $(printf '%s' "$said" | tail -n 1)"
}
official() {
  # What the official script had put there is its own, and was only moved. What it lies in goes later.
  from=/opt/ollama/releases/official
  case $(readlink /usr/local/bin/ollama 2>/dev/null) in /opt/ollama/*) rm -f /usr/local/bin/ollama ;; esac
  if [ -d "$from/lib/ollama" ] && [ ! -e /usr/local/lib/ollama ]; then copied "$from/lib/ollama" /usr/local/lib/ollama; fi
  if [ -e "$from/bin/ollama" ] && [ ! -e /usr/local/bin/ollama ]; then copied "$from/bin/ollama" /usr/local/bin/ollama; fi
}
undo() { # SCRIPT of ufw.sh
  exec 9>>/run/lock/pyinfra-ollama-firewall
  if flock -w 30 9 && sh "$1" locked; then undone=0; else undone=1; fi
  exec 9>&-
  return "$undone"
}
# ufw leaves its chains in the kernel, empty and without effect.
dismantle() { # TOOL PREFIX
  command -v "$1" >/dev/null 2>&1 || return 0
  {
    echo '*filter'
    "$1" -S | sed -nE "s/^-A ((INPUT|OUTPUT|FORWARD) -j $2-)/-D \1/p"
    "$1" -S | sed -nE "s/^-N ($2-)/-F \1/p"
    "$1" -S | sed -nE "s/^-N ($2-)/-X \1/p"
    echo COMMIT
  } | "$1-restore" -n
}
purge() { # NAMES: these and no others
  # One that was killed among them left dpkg in the middle of its work.
  dpkg --configure -a --force-confdef --force-confold >/dev/null 2>&1 </dev/null || true
  # shellcheck disable=SC2086 # a list of names
  printf '%s\n' $1 >>"$state/packages-going"
  # shellcheck disable=SC2086
  more=$(apt-get -s -qq purge $1 2>/dev/null | sed -nE 's/^(Purg|Remv) ([^ :]+).*/\2/p' | grep -vxF -f "$state/packages-going" | tr '\n' ' ' || true)
  [ -z "$more" ] || fail "with the packages would go $more: ask for the plan again"
  # shellcheck disable=SC2086
  said=$(apt-get -q -y -o DPkg::Lock::Timeout=300 purge $1 2>&1 </dev/null) ||
    fail "the packages could not be removed: $(printf '%s' "$said" | grep -E '^(E|W):' | tail -n 3 | tr '\n' ' ')"
  # Some end badly when they are stopped.
  for name in $1; do systemctl reset-failed "$name.service" 2>/dev/null || true; done
}

while IFS='|' read -r verb subject more <&3; do
  case $verb in
    undo) [ ! -e "$subject" ] || undo "$subject" || fail "a change of the firewall that nobody confirmed could not be undone; look with: sh -x $subject locked" ;;
    disable)
      systemctl disable --quiet --now "$subject" 2>/dev/null || systemctl stop "$subject" 2>/dev/null || true
      ! runs "$subject" || fail "$subject does not stop; look with: systemctl status $subject"
      systemctl reset-failed "$subject" 2>/dev/null || true ;;
    stop) systemctl stop "$subject" 2>/dev/null || true ;;
    unable) systemctl disable --quiet "$subject" 2>/dev/null || true ;;
    restart) ! runs "$subject" || systemctl restart "$subject" || echo "$subject does not start with what was put back; look with: systemctl status $subject" ;;
    enable) systemctl enable --quiet "$subject" ;;
    start) systemctl start "$subject" || echo "$subject does not start as it did before; look with: systemctl status $subject" ;;
    reload) systemctl daemon-reload ;;
    file) back "$subject" ;;
    away) rm -f "$subject" ;;
    # A link of somebody else's stays.
    link) case $(readlink "$subject" 2>/dev/null) in "$more"*) rm -f "$subject" ;; esac ;;
    tree) case $subject in /*/*) tree "$subject" ;; *) fail "$subject is no folder of ours" ;; esac ;;
    empty) rmdir "$subject" 2>/dev/null || true ;;
    official) official ;;
    swap)
      if awk -v path="$subject" '$1 == path { found = 1 } END { exit !found }' /proc/swaps; then
        swapoff "$subject" || fail "$subject could not be switched off: is there memory for what it holds?"
      fi
      fstab_without "$subject"
      rm -f "$subject" "$subject.new" ;;
    swappiness) sysctl -q -w "vm.swappiness=$subject" 2>/dev/null || true ;;
    firewall)
      ufw --force disable >/dev/null || fail "ufw could not be disabled; look with: ufw status verbose"
      dismantle iptables ufw
      dismantle ip6tables ufw6 ;;
    rule)
      # A word is a word: PROTOCOL PORT NETWORK.
      set -f
      # shellcheck disable=SC2086
      set -- $subject
      set +f
      ufw --force delete allow proto "$1" from "$3" to any port "$2" >/dev/null || fail "ufw does not delete its rule for $subject; look with: ufw show added" ;;
    policy)
      case $subject.$more in
        *_POLICY.*ACCEPT*) set -- default allow incoming ;;
        *_POLICY.*) set -- default deny incoming ;;
        *) sed -i "s/^$subject=.*/$subject=$more/" /etc/default/ufw; set -- reload ;;
      esac
      ufw "$@" >/dev/null || fail "ufw does not take its former settings; look with: ufw $*" ;;
    lineage) ! command -v certbot >/dev/null 2>&1 || certbot delete --non-interactive --cert-name "$subject" >/dev/null 2>&1 || fail "certbot does not delete $subject; look with: certbot certificates" ;;
    user) ! getent passwd "$subject" >/dev/null || userdel "$subject" || fail "the user $subject could not be removed; look for what runs as it with: ps -u $subject" ;;
    group) ! getent group "$subject" >/dev/null || groupdel "$subject" ;;
    packages) purge "$subject" ;;
    notes)
      # What the next uninstall has to know of what stays.
      grep -E '^(user|group|folder|models) ' "$state/made" >"$state/.made.new" || true
      mv -f "$state/.made.new" "$state/made"
      find "$state" -mindepth 1 -maxdepth 1 ! -name made -exec rm -rf {} + ;;
    *) fail "unknown step $verb" ;;
  esac
done 3<"$steps"
# Scratch of commands that were killed; whoever had the lock is gone.
rm -rf /run/pyinfra-ollama-??????
echo "all of it is gone"
