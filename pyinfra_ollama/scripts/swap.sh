# Make, resize or remove one swapfile; other swap is left alone.
# $1 path   $2 bytes, 0 to remove   $3 yes: make the file anew   $4 swappiness to set or ""
set -eu
umask 077
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
path=$1 size=$2 remake=$3 swappiness=$4
fail() { printf 'swap %s: %s\n' "$path" "$*" >&2; exit 1; }

active() { awk -v path="$path" '$1 == path { found = 1 } END { exit !found }' /proc/swaps; }
fstab() { # LINE or nothing: replace the line of this path, atomically
  new=$(mktemp /etc/.fstab-XXXXXX)
  awk -v path="$path" '!($1 == path && $3 == "swap")' /etc/fstab >"$new" 2>/dev/null || true
  [ -z "${1:-}" ] || printf '%s\n' "$1" >>"$new"
  chmod 644 "$new"
  mv -f "$new" /etc/fstab
}

if [ "$size" -eq 0 ]; then
  fstab
  if active; then swapoff "$path" || fail "could not be switched off; is there memory for what it holds?"; fi
  rm -f "$path" "$path.new"
  exit 0
fi

if [ "$remake" = yes ]; then
  rm -f "$path.new"
  trap 'rm -f "$path.new"' EXIT
  if active; then swapoff "$path" || fail "could not be switched off to be resized; is there memory for what it holds?"; fi
  # A file with holes cannot be swapped to; where fallocate makes one, write it out.
  fallocate -l "$size" "$path.new" 2>/dev/null && ! [ "$(stat -f -c %T "$path.new")" = btrfs ] ||
    dd if=/dev/zero of="$path.new" bs=1M count=$((size / 1048576)) status=none ||
    fail "could not be written; is the disk full?"
  mkswap "$path.new" >/dev/null
  mv -f "$path.new" "$path"
fi
chown root:root "$path"
chmod 600 "$path"
if ! active; then
  swapon "$path" || fail "could not be switched on here (a container, or a file system without swapfiles); set swap = None for this host"
fi
fstab "$path none swap sw 0 0"
if [ -n "$swappiness" ]; then sysctl -q -w "vm.swappiness=$swappiness"; fi
