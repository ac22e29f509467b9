# What there is of this package on a host, for `pyinfra-ollama uninstall`. Reads only.
# $1 paths that may be there, one per line   $2 units, space separated   $3 models folder   $4 keep: packages stay
# $5 packages with services of their own   $6 folders that may be removed whole, both space separated
set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"
paths=$1 units=$2 models=$3 packages=$4 serving=$5 trees=$6
state=/var/lib/pyinfra-ollama
scratch=$(mktemp -d /run/pyinfra-ollama-XXXXXX) || scratch=/nonexistent
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM PIPE
section() { printf '\n@@begin %s\n' "$1"; }
end() { printf '\n@@end 0\n'; }
# What a deployment noted of one kind (made.sh), whatever is declared today.
noted() { sed -n "s/^$1 //p" "$state/made" 2>/dev/null; }

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
{ printf '%s\n' "$paths"; noted swapfile; } | while IFS= read -r path; do
  case $path in
    # A log and what logrotate made of it.
    *\*)
      log=${path%\*}
      for one in "$log"*; do case ${one#"$log"} in "" | [.-][0-9]*) tell "$one" ;; esac; done ;;
    *)
      tell "$path"
      # What a killed run wrote before it was to be renamed to this (files.sh, uninstall.sh).
      for one in "${path%/*}/.${path##*/}".??????; do
        [ ! -f "$one" ] || { printf 'left %s\n' "$one"; printf '%s\n' "$one" >>"$scratch/left"; }
      done ;;
  esac
done
end
section units
for unit in $units; do
  # Another's unit of that name may lie elsewhere.
  case $(systemctl show -p FragmentPath --value "$unit" 2>/dev/null) in
    "" | "/etc/systemd/system/$unit" | "/run/systemd/transient/$unit") ;;
    *) continue ;;
  esac
  said=$(systemctl is-active "$unit" 2>/dev/null) enabled=$(systemctl is-enabled "$unit" 2>/dev/null)
  # Of one that is not there, each version of systemd says something else.
  case $said.$enabled in
    active.* | activating.* | reloading.* | deactivating.* | failed.* | *.enabled*) printf '%s\n' "$unit" ;;
  esac
done
end
section made
# But for what is undone already.
[ ! -r "$state/made" ] || while read -r kind name; do
  case $kind in
    user | account) getent passwd "$name" >/dev/null || continue ;;
    group) getent group "$name" >/dev/null || continue ;;
    swappiness) [ "$name" != "$(cat /proc/sys/vm/swappiness)" ] || continue ;;
  esac
  printf '%s\n' "$kind${name:+ $name}"
done <"$state/made"
end
section state
[ ! -d "$state" ] || find "$state" -mindepth 1 -maxdepth 1 -printf '%f\n'
end
section before
[ ! -d "$state/before" ] || (cd "$state/before" && find . -type f -o -type l | sed 's/^\.//')
end
section official
[ ! -d /opt/ollama/releases/official ] || echo there
end
section models
{ printf '%s\n' "$models"; noted models; } | sort -u | while IFS= read -r folder; do
  [ -d "$folder" ] || continue
  printf 'folder %s\n' "$folder"
  for part in blobs manifests; do [ ! -d "$folder/$part" ] || printf '%s\n' "$part"; done
  du -sb "$folder" 2>/dev/null | cut -f 1 | sed 's/^/bytes /'
  [ ! -d "$folder/manifests" ] || find "$folder/manifests" -mindepth 4 -maxdepth 4 -type f | wc -l | sed 's/^/count /'
done
end
section inside
# By what it looks like: who keeps it there may declare it no more.
for tree in $trees; do
  [ -d "$tree" ] || continue
  find "$tree" -type d \( -name manifests -o -name snapshots \) | while IFS= read -r found; do
    folder=${found%/*}
    case $found in
      */manifests) [ ! -d "$folder/blobs" ] || printf 'models %s\n' "$folder" ;;
      *) [ ! -d "$folder/keys" ] || [ ! -f "$folder/config" ] || printf 'repository %s\n' "$folder" ;;
    esac
  done
  tail -n +2 /proc/swaps | while read -r path _; do
    case $path in "$tree"/*) [ ! -e "$path" ] || printf 'swapfile %s\n' "$path" ;; esac
  done
done
end
section firewall
if command -v ufw >/dev/null 2>&1; then cat /etc/ufw/user.rules /etc/ufw/user6.rules 2>/dev/null | grep '^### tuple ###'; fi
end
section lineage
[ ! -e /etc/letsencrypt/renewal/pyinfra-ollama.conf ] || echo there
end

# What apt would remove: packages that this package asked for and that were not there before it, with what
# only they need. apt is asked with a list of its own of what is needed for itself: all but these. So what
# somebody installed since stays with all that it needs, and so do packages with somebody's files.
sim() { apt-get -s -qq -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false "$@"; }
gone() { sed -nE 's/^(Purg|Remv) ([^ :]+).*/\2/p' | sort -u; }
status() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null; }
here() { [ "$(status "$1")" = installed ]; }
but() { grep -vxF -f "$1" || true; }
strange() { # FOLDER: files in it that no package brought, and not this one
  find "$1" -type f ! -path '*pyinfra-ollama*' ! -name '*.dpkg-*' 2>/dev/null | sort >"$scratch/there"
  cat /var/lib/dpkg/info/*.list /var/lib/dpkg/info/*.conffiles 2>/dev/null | grep '^/etc/' >"$scratch/known"
  cat "$scratch/left" >>"$scratch/known" 2>/dev/null
  grep -vxF -f "$scratch/known" "$scratch/there" | head -n 1
}
reason() { # PACKAGE: why it stays, whoever asked for it
  case $1 in
    ufw) grep -hs '^### tuple ###' /etc/ufw/user.rules /etc/ufw/user6.rules | grep -v 'comment=7079696e6672612d6f6c6c616d613a' |
      head -n 1 | sed 's/.*/it has rules that are not of this package/' ;;
    nginx | nginx-common) strange /etc/nginx | sed 's/$/ is not of this package/' ;;
    prometheus) strange /etc/prometheus | sed 's/$/ is not of this package/' ;;
    certbot) find /etc/letsencrypt/renewal -name '*.conf' ! -name pyinfra-ollama.conf 2>/dev/null | head -n 1 | sed 's/$/ is not of this package/' ;;
  esac
}
look() {
  # What one that was cut off had begun to remove is not yet an orphan of somebody else's.
  going=$state/packages-going
  [ -e "$going" ] || going=/dev/null
  sim autoremove >"$scratch/said" 2>"$scratch/wrong" || return 1
  # Orphans that are there whatever happens.
  { gone <"$scratch/said" | but "$going"; cat "$state/packages-before"; } | sort -u >"$scratch/others"
  cat "$state/packages-asked" "$going" | sed 's/:.*//' | sort -u | but "$scratch/others" >"$scratch/all"
  while IFS= read -r name; do ! here "$name" || printf '%s\n' "$name"; done <"$scratch/all" >"$scratch/asked"
  : >"$scratch/busy"
  while IFS= read -r name; do
    why=$(reason "$name")
    [ -z "$why" ] || { printf '%s\n' "$name" >>"$scratch/busy"; printf 'stay %s %s\n' "$name" "$why"; }
  done <"$scratch/asked"
  arch=$(dpkg --print-architecture)
  { apt-mark showauto | but "$scratch/others"; cat "$scratch/asked"; } | sort -u | but "$scratch/busy" |
    sed "s/.*/Package: &\\nArchitecture: $arch\\nAuto-Installed: 1\\n/" >"$scratch/states"
  sim -o "Dir::State::extended_states=$scratch/states" autoremove >"$scratch/said" 2>"$scratch/wrong" || return 1
  {
    gone <"$scratch/said" | but "$scratch/others"
    # Removed, with what it was configured with left behind: of a purge that was cut off.
    while IFS= read -r name; do
      case $(status "$name") in installed | not-installed | "") ;; *) [ -n "$(reason "$name")" ] || printf '%s\n' "$name" ;; esac
    done <"$scratch/all"
  } | sort -u >"$scratch/new"
  sed 's/^/new /' "$scratch/new"
  cat "$scratch/new" "$scratch/busy" >"$scratch/told"
  # shellcheck disable=SC2094 # it is only read
  but "$scratch/told" <"$scratch/asked" | while IFS= read -r name; do
    # shellcheck disable=SC2094
    by=$(sim remove "$name" 2>/dev/null | gone | but "$scratch/asked" | head -n 1)
    printf 'stay %s %s needs it\n' "$name" "${by:-another}"
  done
}
section packages
if [ "$packages" != keep ] && [ -r "$state/packages-before" ] && [ -r "$state/packages-asked" ]; then
  look || sed -n 's/^E: /fail /p' "$scratch/wrong" | head -n 1 | grep . || echo "fail apt-get did not say why"
fi
for name in $serving $(dpkg-query -W -f '${Package}\n' 'prometheus*' 2>/dev/null); do
  ! here "$name" || printf 'here %s\n' "$name"
  ! grep -qsxF "$name" "$state/packages-before" || printf 'had %s\n' "$name"
  ! cat "$state/packages-asked" "$state/packages-going" 2>/dev/null | grep -qxF "$name" || printf 'asked %s\n' "$name"
done
noted account | while IFS= read -r user; do
  find /proc -maxdepth 1 -name '[0-9]*' -user "$user" -printf '%f\n' 2>/dev/null | while IFS= read -r pid; do
    # What packages run ends with them.
    unit=$(sed -nE 's|.*/([^/]+)\.service(/.*)?$|\1|p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
    case " $serving " in *" ${unit:-none} "*) continue ;; esac
    printf 'runs %s %s\n' "$user" "$(readlink "/proc/$pid/exe" || echo "process $pid")"
    break
  done
done
[ ! -d /var/lib/prometheus ] || du -sb /var/lib/prometheus 2>/dev/null | cut -f 1 | sed 's/^/history /'
end
section uid
id -u
end
