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

# Back comes what somebody else had there.
clear() {
  if [ ! -e "$state/before$1" ]; then rm -f "$1"; return; fi
  cp -p "$state/before$1" "$1.new"
  mv -fT "$1.new" "$1"
  echo "put back $1"
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

while IFS='|' read -r verb subject more <&3; do
  case $verb in
    disable)
      systemctl disable --quiet --now "$subject" 2>/dev/null || true
      ! systemctl is-active --quiet "$subject" || fail "$subject does not stop; look with: systemctl status $subject"
      systemctl reset-failed "$subject" 2>/dev/null || true ;;
    restart) ! systemctl is-active --quiet "$subject" || systemctl restart "$subject" || fail "$subject does not start with what was put back" ;;
    reload) systemctl daemon-reload ;;
    file) clear "$subject" ;;
    # A link of somebody else's stays.
    link) case $(readlink "$subject" 2>/dev/null) in "$more"*) rm -f "$subject" ;; esac ;;
    tree) case $subject in /*/*) rm -rf "$subject" ;; *) fail "$subject is no folder of ours" ;; esac ;;
    empty) [ ! -d "$subject" ] || rmdir --ignore-fail-on-non-empty "$subject" ;;
    official)
      # What the official script had put there is its own, and was only moved.
      official=/opt/ollama/releases/official
      if [ -e "$official/bin/ollama" ] && [ ! -e /usr/local/bin/ollama ]; then mv "$official/bin/ollama" /usr/local/bin/ollama; fi
      if [ -d "$official/lib/ollama" ] && [ ! -e /usr/local/lib/ollama ]; then mv "$official/lib/ollama" /usr/local/lib/ollama; fi ;;
    swap)
      if awk -v path="$subject" '$1 == path { found = 1 } END { exit !found }' /proc/swaps; then
        swapoff "$subject" || fail "$subject could not be switched off: is there memory for what it holds?"
      fi
      fstab_without "$subject"
      rm -f "$subject" "$subject.new" ;;
    swappiness) sysctl -q -w "vm.swappiness=$subject" || true ;;
    firewall) ufw --force disable >/dev/null ;;
    rule)
      # The words of `ufw show added`; globs of nobody are looked for.
      set -f
      # shellcheck disable=SC2086 # a list of words
      ufw --force delete ${subject%% comment *} >/dev/null
      set +f ;;
    lineage) ! command -v certbot >/dev/null 2>&1 || certbot delete --non-interactive --cert-name "$subject" >/dev/null 2>&1 || fail "certbot does not delete $subject; look with: certbot certificates" ;;
    user) ! getent passwd "$subject" >/dev/null || userdel "$subject" ;;
    group) ! getent group "$subject" >/dev/null || groupdel "$subject" ;;
    packages)
      # shellcheck disable=SC2086 # a list of names
      said=$(apt-get -q -y -o DPkg::Lock::Timeout=300 purge $subject 2>&1 </dev/null) ||
        fail "the packages could not be removed: $(printf '%s' "$said" | grep -E '^(E|W):' | tail -n 3 | tr '\n' ' ')" ;;
    *) fail "unknown step $verb" ;;
  esac
done 3<"$steps"
echo "all of it is gone"
