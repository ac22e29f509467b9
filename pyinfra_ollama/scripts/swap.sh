# Make, resize or remove one swapfile; other swap is left alone.
# $1 path   $2 bytes, 0 to remove   $3 how to make the file anew: "beside" the old one, which
# is active until the new one is ready, "instead" of it when the disk has no room for both,
# or "no"   $4 swappiness to set or ""
set -eu
umask 077
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
path=$1 size=$2 make=$3 swappiness=$4
fail() { printf 'swap %s: %s\n' "$path" "$*" >&2; exit 1; }

# Containers see all swap of their machine: another's may have the same path.
active() { [ -e "$path" ] && awk -v path="$path" '$1 == path { found = 1 } END { exit !found }' /proc/swaps; }
retire() { # WHAT FOR
  ! active || swapoff "$path" ||
    fail "could not be switched off to be $1: is there memory for what it holds? It stays as it was"
}
fstab() { # yes, no: have this path's one line or none, replacing the file atomically
  lines=$(awk -v path="$path" '$1 == path && $3 == "swap" { n++ } END { print n + 0 }' /etc/fstab 2>/dev/null || true)
  case $1$lines in yes1 | no0 | no) return 0 ;; esac
  file=$(readlink -f /etc/fstab)
  [ -e "$file" ] || (umask 022 && : >"$file")
  new=$(mktemp "${file%/*}/.fstab-XXXXXX")
  if ! {
    awk -v path="$path" '!($1 == path && $3 == "swap")' "$file" >"$new" &&
      { [ "$1" = no ] || printf '%s none swap sw 0 0\n' "$path" >>"$new"; } &&
      chown --reference="$file" "$new" && chmod --reference="$file" "$new" && mv -f "$new" "$file"
  }; then rm -f "$new"; fail "$file could not be written; it stays as it was"; fi
}

rm -f "$path.new"
if [ "$size" -eq 0 ]; then
  retire removed
  fstab no
  rm -f "$path"
  unmade swapfile "$path"
  exit 0
fi

if [ "$make" != no ]; then
  [ -e "$path" ] || made swapfile "$path"
  trap 'rm -f "$path.new"' EXIT
  trap 'exit 130' HUP INT TERM PIPE
  made_folders "${path%/*}"
  (umask 022 && mkdir -p "${path%/*}/")
  if [ "$make" = instead ]; then retire "made anew"; rm -f "$path"; fi
  : >"$path.new"
  # btrfs swaps to files that are not copied on write only; elsewhere there is no such mark.
  chattr +C "$path.new" 2>/dev/null || true
  # Where space cannot be allocated at once, it is written out: a file with holes is refused.
  fallocate -l "$size" "$path.new" 2>/dev/null ||
    dd if=/dev/zero of="$path.new" bs=1M count=$((size / 1048576)) status=none ||
    fail "could not be written; is the disk full?"
  mkswap "$path.new" >/dev/null
  retire "made anew"
  mv -fT "$path.new" "$path"
fi
chown root:root "$path"
chmod 600 "$path"
if ! active && ! swapon "$path"; then
  rm -f "$path"
  fstab no
  fail "could not be switched on here and was removed; set swap = None for this host"
fi
fstab yes
if [ -n "$swappiness" ]; then
  grep -q '^swappiness ' /var/lib/pyinfra-ollama/made 2>/dev/null || made swappiness "$(cat /proc/sys/vm/swappiness)"
  sysctl -q -w "vm.swappiness=$swappiness"
fi
