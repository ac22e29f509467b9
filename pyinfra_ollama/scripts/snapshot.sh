# Everything the operations compare, asked in one command. Reads only.
# $1 managed files, one per line    $2 packages, space separated
# $3 base URL of the API            $4 models folder
# $5 port                           $6 models whose parameters are asked, one per line
# $7 upgrade: none, safe or full    $8 swapfile or ""
# Each section starts with a marker line, on a line of its own even after a file that does not
# end its last one; the last marker proves that nothing was cut off.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
section() { printf '\n@@pyinfra-ollama:%s\n' "$1"; }
up() { p=$1; while [ ! -d "$p" ]; do p=${p%/*}; [ -n "$p" ] || p=/; done; printf '%s\n' "$p"; }

section basics
printf 'uid=%s\nmachine=%s\ninit=%s\nnow=%s\n' "$(id -u)" "$(uname -m)" "$(cat /proc/1/comm)" "$(date +%s)"
printf 'container=%s\n' "$(systemd-detect-virt -c 2>/dev/null)"
if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then echo reboot=yes; fi
if [ -w /proc/sys/vm/swappiness ]; then echo sysctl=writable; fi
printf 'swappiness=%s\n' "$(cat /proc/sys/vm/swappiness)"
timeout 2 getent ahosts localhost >/dev/null 2>&1; printf 'localhost=%s\n' "$?"
for tool in curl zstd ss systemctl apt-get; do
  command -v "$tool" >/dev/null 2>&1 && printf 'tool=%s\n' "$tool"
done

section os
cat /etc/os-release 2>/dev/null

section memory
grep -E '^(MemTotal|MemAvailable|SwapTotal):' /proc/meminfo

section disk
for path in / /opt/ollama "$4" "$(dirname "${8:-/}")" /var; do
  printf '%s|' "$path"; df -Pk "$(up "$path")" | tail -n 1
done

section gpu
for device in /sys/bus/pci/devices/*; do
  { read -r class <"$device/class" && read -r vendor <"$device/vendor"; } 2>/dev/null || continue
  case $class in 0x03*|0x12*) printf 'pci=%s %s\n' "$vendor" "$class" ;; esac
done
for node in /dev/nvidiactl /proc/driver/nvidia/version /dev/kfd /dev/dxg; do
  [ -e "$node" ] && printf 'node=%s\n' "$node"
done
[ -r /etc/nv_tegra_release ] && printf 'tegra=%s\n' "$(head -n 1 /etc/nv_tegra_release)"

section files
printf '%s\n' "$1" | while IFS= read -r path; do
  [ -e "$path" ] || [ -L "$path" ] || continue
  stat -c 'stat|%n|%F|%a|%U|%G|%s' -- "$path"
  [ -f "$path" ] && [ "$path" != "$8" ] && sha256sum -- "$path"
done

section links
for link in /opt/ollama/current /opt/ollama/previous /usr/local/bin/ollama; do
  if [ -L "$link" ]; then printf '%s|%s\n' "$link" "$(readlink "$link")"
  elif [ -e "$link" ]; then printf '%s|\n' "$link"; fi
done

section releases
for directory in /opt/ollama/releases/* /opt/ollama/releases/.[!.]*; do
  [ -e "$directory" ] && [ "${directory##*/}" != .lock ] || continue
  printf '%s|%s|%s\n' "${directory##*/}" "$(stat -c %Y "$directory")" \
    "$(cat "$directory/.pyinfra-ollama" 2>/dev/null | tr '\n' ' ')"
done

section packages
# shellcheck disable=SC2086 # a list of names
[ -n "$2" ] && dpkg-query -W -f '${Package}|${Architecture}|${db:Status-Abbrev}|${Version}\n' $2 2>/dev/null
if [ "$7" != none ]; then
  action=upgrade; [ "$7" = full ] && action=dist-upgrade
  apt-get -s -qq "$action" 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*/upgrade=\1/p'
fi
printf 'updated=%s\n' "$(stat -c %Y /var/lib/pyinfra-ollama/apt-updated 2>/dev/null)"

section account
getent passwd ollama | sed 's/^/passwd=/'
printf 'groups=%s\n' "$(id -nG ollama 2>/dev/null)"
foreign=$(find /usr/share/ollama "$4" ! -user ollama -print -quit 2>/dev/null)
[ -n "$foreign" ] && printf 'foreign=%s\n' "$foreign"
printf 'models=%s\n' "$(readlink -m -- "$4")"
stranger=$(find "$4" -mindepth 1 -maxdepth 1 ! -name blobs ! -name manifests ! -name lost+found -print -quit 2>/dev/null)
[ -n "$stranger" ] && printf 'stranger=%s\n' "$stranger"
for group in render video; do getent group "$group" >/dev/null && printf 'group=%s\n' "$group"; done

section swap
cat /proc/swaps
section swapfile
if [ -n "$8" ]; then
  blkid -p -s TYPE -o value -- "$8" 2>/dev/null | sed 's/^/content=/'
  [ -e "$8.new" ] && echo half=yes
  printf 'filesystem=%s\n' "$(stat -f -c %T "$(up "$(dirname "$8")")")"
  # Nothing is of that name: what forbids swapping says so before it looks.
  swapoff "$8.none" 2>&1 | grep -qi superuser && echo forbidden=yes
fi
section fstab
cat /etc/fstab 2>/dev/null

section unit
shown=$(systemctl show ollama.service -p LoadState,ActiveState,SubState,UnitFileState,MainPID,NeedDaemonReload,FragmentPath,DropInPaths,ControlGroup 2>/dev/null)
printf '%s\n' "$shown"
# systemd remembers a unit whose file is gone, until it reloads.
[ -e "$(printf '%s\n' "$shown" | sed -n 's/^FragmentPath=//p')" ] && echo UnitFile=there
# A deleted unit has no such state, but is enabled again as soon as it is back.
if [ ! -e /etc/systemd/system/ollama.service ] && [ -L /etc/systemd/system/multi-user.target.wants/ollama.service ]; then
  echo UnitFileState=enabled
fi
printf 'FirstLine=%s\n' "$(head -n 1 /etc/systemd/system/ollama.service 2>/dev/null)"
[ -d /usr/local/lib/ollama ] && echo OfficialLibrary=yes
for drop_in in /etc/systemd/system/ollama.service.d/*.conf /run/systemd/system/ollama.service.d/*.conf; do
  [ "${drop_in##*/}" = 50-pyinfra-ollama.conf ] && continue
  grep -lE '^[[:space:]]*((Pass)?Environment(File)?|ExecStart)[[:space:]]*=' "$drop_in" 2>/dev/null | sed 's/^/ForeignEnvironment=/'
done

section process
pid=$(systemctl show ollama.service -p MainPID --value 2>/dev/null)
if [ "${pid:-0}" -gt 0 ] 2>/dev/null; then
  printf 'pid=%s\nexe=%s\n' "$pid" "$(readlink "/proc/$pid/exe")"
  # Values may hold proxy credentials: only their common hash leaves the host.
  tr '\0' '\n' <"/proc/$pid/environ" \
    | grep -E '^((OLLAMA|LLAMA_ARG|GGML|CUDA|HIP|ROCR|HSA|GPU|PYINFRA_OLLAMA|SSL_CERT)_|(HTTPS?|ALL|NO)_PROXY=|(https?|all|no)_proxy=|GO(DEBUG|MAXPROCS|MEMLIMIT)=|JETSON_JETPACK=|TZ=)' \
    | sort | sha256sum | sed 's/^/environment=/'
fi

section port
if command -v ss >/dev/null 2>&1; then ss -H -ltnp "sport = :$5"; else echo unknown; fi

# What lies in the declared models folder is asked of the server; where none answers there, or
# the one that does has another folder, of the disk.
section api
tags=
if [ "${pid:-0}" -gt 0 ] 2>/dev/null && command -v curl >/dev/null 2>&1; then
  curl -sS --noproxy '*' --max-time 10 "$3/api/version" 2>/dev/null; echo
  if tr '\0' '\n' <"/proc/$pid/environ" | grep -qxF "OLLAMA_MODELS=$4"; then
    tags=$(curl -sS --fail --noproxy '*' --max-time 10 "$3/api/tags" 2>/dev/null)
  fi
fi
if [ -n "$tags" ]; then
  section tags
  printf '%s\n' "$tags"
  section show
  [ -n "$6" ] && printf '%s\n' "$6" | while IFS= read -r model; do
    printf '%s|' "$model"
    curl -sS --noproxy '*' --max-time 10 "$3/api/show" -d "{\"model\":\"$model\"}" 2>/dev/null; echo
  done
else
  section manifests
  for manifest in "$4"/manifests/*/*/*/*; do
    [ -f "$manifest" ] || continue
    text=$(tr -d '\n' <"$manifest")
    digest=$(sha256sum <"$manifest")
    printf '%s|%s|%s\n' "${manifest#"$4"/manifests/}" "${digest%% *}" "$text"
    blob=$(printf '%s' "$text" | tr '{' '\n' | sed -n '/image\.params"/s/.*"sha256:\([0-9a-f]*\)".*/\1/p')
    [ -z "$blob" ] || printf 'params|%s\n' "$(tr -d '\n' <"$4/blobs/sha256-$blob" 2>/dev/null)"
  done
fi

section stamps
[ -r /var/lib/pyinfra-ollama/verified ] && printf 'verified=%s\n' "$(cat /var/lib/pyinfra-ollama/verified)"
section end
