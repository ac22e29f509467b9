# What there is of this package on a host, for `pyinfra-ollama uninstall`. Reads only.
# $1 paths that may be there, one per line   $2 units, space separated   $3 models folder   $4 keep: packages stay
set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"
paths=$1 units=$2 models=$3 packages=$4
state=/var/lib/pyinfra-ollama
section() { printf '\n@@begin %s\n' "$1"; }
end() { printf '\n@@end 0\n'; }

section paths
tell() {
  path=$1
  if [ -L "$path" ]; then printf 'link %s %s\n' "$path" "$(readlink "$path")"
  elif [ -d "$path" ]; then printf 'folder %s\n' "$path"
  elif [ -e "$path" ]; then
    # What does not say that it is ours is somebody else's, but for what cannot say it.
    kind="foreign"
    case $path in *pyinfra-ollama* | /var/lib/systemd/* | /var/log/*) kind="file" ;; esac
    head -c 400 "$path" 2>/dev/null | grep -qa 'Managed by pyinfra-ollama' && kind="file"
    printf '%s %s\n' "$kind" "$path"
  fi
}
printf '%s\n' "$paths" | while IFS= read -r path; do
  case $path in
    # A log and what logrotate made of it.
    *\*) for one in "${path%\*}"*; do case ${one#"${path%\*}"} in "" | .[0-9]*) tell "$one" ;; esac; done ;;
    *) tell "$path" ;;
  esac
done
end
section units
for unit in $units; do
  said=$(systemctl is-active "$unit" 2>/dev/null) enabled=$(systemctl is-enabled "$unit" 2>/dev/null)
  # Of one that is not there, each version of systemd says something else.
  case $said.$enabled in
    active.* | activating.* | reloading.* | deactivating.* | failed.* | *.enabled*) printf '%s\n' "$unit" ;;
  esac
done
end
section made
[ ! -r "$state/made" ] || cat "$state/made"
end
section before
[ ! -d "$state/before" ] || (cd "$state/before" && find . -type f | sed 's/^\.//')
end
section official
[ ! -x /opt/ollama/releases/official/bin/ollama ] || echo there
end
section models
for part in blobs manifests; do [ ! -d "$models/$part" ] || printf '%s\n' "$part"; done
[ ! -d "$models" ] || du -sb "$models" 2>/dev/null | cut -f 1 | sed 's/^/bytes /'
[ ! -d "$models/manifests" ] || find "$models/manifests" -mindepth 4 -maxdepth 4 -type f | wc -l | sed 's/^/count /'
end
section firewall
if command -v ufw >/dev/null 2>&1; then ufw show added 2>/dev/null | grep -F "comment 'pyinfra-ollama: " | sed 's/^ufw //'; fi
end
section lineage
[ ! -e /etc/letsencrypt/renewal/pyinfra-ollama.conf ] || echo there
end
# What apt would remove: packages that this package asked for and that were not there before it, and what
# only they need. One that was there before and needs one of them keeps them all; one that nothing needs
# any more, whoever brought it, is not looked at.
simulated() { apt-get -s -qq --purge "$@" 2>/dev/null | sed -nE 's/^(Purg|Remv) ([^ :]+).*/\2/p'; }
section packages
if [ "$packages" != keep ] && [ -r "$state/packages-before" ] && [ -r "$state/packages-asked" ]; then
  wanted=$(sort -u "$state/packages-asked" | sed 's/:.*//' | grep -vxF -f "$state/packages-before" |
    while IFS= read -r name; do [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" != installed ] || printf '%s ' "$name"; done)
  if [ -n "$wanted" ]; then
    # shellcheck disable=SC2086 # a list of names
    {
      simulated remove $wanted | grep -xF -f "$state/packages-before" | sed 's/^/old /'
      simulated --auto-remove remove $wanted | grep -vxF -f "$state/packages-before" | sed 's/^/new /'
    } | sort -u
  fi
fi
end
section uid
id -u
end
