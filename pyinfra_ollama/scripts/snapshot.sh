# Everything the operations compare, asked in one command. Reads only.
# $1 managed files, one per line    $2 packages, space separated
# $3 base URL of the API            $4 models folder
# $5 port                           $6 models whose parameters are asked, one per line
# $7 upgrade: none, safe or full    $8 swapfile or ""
# $9 to ${14} are for the scripts of roles, snapshot-*.sh, which are run as one with it, then `section end`.
# Each section starts with a marker line, on a line of its own even after a file that does not
# end its last one; the last marker proves that nothing was cut off.
# Every run starts this on every host, so it counts processes: one of a kind, none in a loop.
export LC_ALL=C QUOTING_STYLE=literal PATH="$PATH:/usr/sbin:/sbin"
managed=$1 packages=$2 url=$3 models=$4 port=$5 asked=$6 upgrade=$7 swapfile=$8
# shellcheck disable=SC2034 # for those
status_port=${9:-} ports=${10:-} units=${11:-} exporter=${12:-} observer_ports=${13:-} repository=${14:-}
line_break='
'
section() { printf '\n@@pyinfra-ollama:%s\n' "$1"; }
# cat, without a process; nothing where there is no such file.
lines() {
  [ ! -r "$1" ] || while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done <"$1"
}
# Sets `line`.
first_line() { line=''; [ ! -r "$1" ] || IFS= read -r line <"$1"; }
# Sets `folder`: the nearest one there is.
nearest() { folder=$1; while [ ! -d "$folder" ]; do folder=${folder%/*} folder=${folder:-/}; done; }

section basics
while read -r key _ effective _; do [ "$key" != Uid: ] || { printf 'uid=%s\n' "$effective"; break; }; done </proc/self/status
read -r init </proc/1/comm
printf 'machine=%s\ninit=%s\nnow=%s\n' "$(uname -m)" "$init" "$(date +%s)"
if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then echo reboot=yes; fi
[ -w /proc/sys/vm/swappiness ] && echo sysctl=writable
timeout 2 getent ahosts localhost >/dev/null 2>&1; printf 'localhost=%s\n' "$?"
for tool in curl zstd ss systemctl apt-get; do
  command -v "$tool" >/dev/null 2>&1 && printf 'tool=%s\n' "$tool"
done
section os
lines /etc/os-release
section memory
while read -r key value unit; do
  case $key in MemTotal: | MemAvailable: | SwapTotal:) printf '%s %s %s\n' "$key" "$value" "$unit" ;; esac
done </proc/meminfo

section disk
set --
beside=${swapfile%/*}
for path in / /opt/ollama "$models" "${beside:-/}" /var; do
  nearest "$path"
  set -- "$@" "$folder"
  printf 'path=%s\n' "$path"
done
df -Pk -- "$@"

section gpu
for device in /sys/bus/pci/devices/*; do
  { read -r class <"$device/class" && read -r vendor <"$device/vendor"; } 2>/dev/null || continue
  case $class in 0x03* | 0x12*) printf 'pci=%s %s\n' "$vendor" "$class" ;; esac
done
for node in /dev/nvidiactl /proc/driver/nvidia/version /dev/kfd /dev/dxg; do
  [ -e "$node" ] && printf 'node=%s\n' "$node"
done
first_line /etc/nv_tegra_release
[ -z "$line" ] || printf 'tegra=%s\n' "$line"

section packages
# shellcheck disable=SC2086 # a list of names
[ -n "$packages" ] && dpkg-query -W -f '${Package}|${Architecture}|${db:Status-Abbrev}|${Version}\n' $packages 2>/dev/null
if [ "$upgrade" != none ]; then
  action=upgrade; [ "$upgrade" = full ] && action=dist-upgrade
  apt-get -s -qq "$action" 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*/upgrade=\1/p'
fi

section account
printf 'passwd=%s\n' "$(getent passwd ollama)"
printf 'groups=%s\n' "$(id -nG ollama 2>/dev/null)"
find /usr/share/ollama "$models" ! -user ollama -printf 'foreign=%p\n' -quit 2>/dev/null
# A link's target is not looked into.
[ -L "$models" ] || for entry in "$models"/* "$models"/.[!.]* "$models"/..?*; do
  case ${entry##*/} in blobs | manifests | lost+found) continue ;; esac
  if [ -e "$entry" ] || [ -L "$entry" ]; then printf 'stranger=%s\n' "$entry"; break; fi
done
if cd -P -- "$models" 2>/dev/null; then printf 'models=%s\n' "$PWD"; cd /
else printf 'models=%s\n' "$(readlink -m -- "$models")"; fi
section groups
getent group render video

section swap
lines /proc/swaps
section swapfile
if [ -n "$swapfile" ]; then
  # `read` takes one byte at a time, and the kernel gives of a number the first one only.
  printf 'swappiness=%s\n' "$(cat /proc/sys/vm/swappiness)"
  printf 'content=%s\n' "$(blkid -p -s TYPE -o value -- "$swapfile" 2>/dev/null)"
  [ -e "$swapfile.new" ] && echo half=yes
  nearest "${beside:-/}"
  printf 'filesystem=%s\n' "$(stat -f -c %T "$folder")"
  # Nothing is of that name: what forbids swapping says so before it looks.
  case $(swapoff "$swapfile.none" 2>&1) in *[Ss]uperuser*) echo forbidden=yes ;; esac
fi
section fstab
lines /etc/fstab

section unit
shown=$(systemctl show ollama.service -p LoadState,ActiveState,SubState,UnitFileState,MainPID,NeedDaemonReload,FragmentPath,DropInPaths,ControlGroup 2>/dev/null)
printf '%s\n' "$shown"
fragment='' pid=0
while IFS='=' read -r key value; do
  case $key in FragmentPath) fragment=$value ;; MainPID) pid=$value ;; esac
done <<END
$shown
END
# systemd remembers a unit whose file is gone, until it reloads.
[ -e "$fragment" ] && echo UnitFile=there
# A deleted unit has no such state, but is enabled again as soon as it is back.
[ ! -e /etc/systemd/system/ollama.service ] && [ -L /etc/systemd/system/multi-user.target.wants/ollama.service ] && echo UnitFileState=enabled
first_line /etc/systemd/system/ollama.service
printf 'FirstLine=%s\n' "$line"
[ -d /usr/local/lib/ollama ] && echo OfficialLibrary=yes
section environment
set --
for drop_in in /etc/systemd/system/ollama.service.d/*.conf /run/systemd/system/ollama.service.d/*.conf; do
  [ "${drop_in##*/}" = 50-pyinfra-ollama.conf ] || [ ! -e "$drop_in" ] || set -- "$@" "$drop_in"
done
[ "$#" -eq 0 ] || grep -lE '^[[:space:]]*((Pass)?Environment(File)?|ExecStart)[[:space:]]*=' -- "$@" 2>/dev/null

section process
chosen=''
chosen_names='^((OLLAMA|LLAMA_ARG|GGML|CUDA|HIP|ROCR|HSA|GPU|PYINFRA_OLLAMA|SSL_CERT)_|(HTTPS?|ALL|NO)_PROXY=|(https?|all|no)_proxy=|GO(DEBUG|MAXPROCS|MEMLIMIT)=|JETSON_JETPACK=|TZ=)'
[ "${pid:-0}" -gt 0 ] 2>/dev/null || pid=0
if [ "$pid" != 0 ]; then
  # Values may hold proxy credentials: only their common hash leaves the host.
  chosen=$(grep -azE "$chosen_names" "/proc/$pid/environ" 2>/dev/null | sort -z | tr '\0' '\n')
  printf 'pid=%s\nenvironment=' "$pid"
  { [ -z "$chosen" ] || printf '%s\n' "$chosen"; } | sha256sum
fi

# What there is of the managed files and folders, the links, the releases, apt's stamp and the
# running program: a line each.
section stat
set -f --
IFS=$line_break hashed=''
for path in $managed; do
  [ -e "$path" ] || [ -L "$path" ] || continue
  set -- "$@" "$path"
  [ ! -f "$path" ] || [ "$path" = "$swapfile" ] || hashed=$hashed$path$line_break
done
set +f
for path in /opt/ollama/current /opt/ollama/previous /usr/local/bin/ollama; do
  if [ -e "$path" ] || [ -L "$path" ]; then set -- "$@" "$path"; fi
done
for path in /opt/ollama/releases/* /opt/ollama/releases/.[!.]* /var/lib/pyinfra-ollama/apt-updated; do
  [ ! -e "$path" ] || [ "${path##*/}" = .lock ] || set -- "$@" "$path"
done
[ "$pid" = 0 ] || set -- "$@" "/proc/$pid/exe"
[ "$#" -eq 0 ] || stat -c '%F|%a|%U|%G|%s|%Y|%n|%N' -- "$@"
section hashes
# shellcheck disable=SC2086 # split at line breaks
[ -z "$hashed" ] || sha256sum -- $hashed
section releases
for path in /opt/ollama/releases/* /opt/ollama/releases/.[!.]*; do
  [ -e "$path" ] && [ "${path##*/}" != .lock ] || continue
  printf '%s|' "${path##*/}"
  [ ! -r "$path/.pyinfra-ollama" ] || while read -r note || [ -n "$note" ]; do printf '%s ' "$note"; done <"$path/.pyinfra-ollama"
  echo
done

section port
if command -v ss >/dev/null 2>&1; then ss -H -ltnp "sport = :$port"; else echo unknown; fi

# What lies in the declared models folder is asked of the server; where none answers there, or
# the one that does has another folder, of the disk.
section asked
printf '%s\n' "$asked"
section api
answered=no
if [ "$pid" != 0 ] && command -v curl >/dev/null 2>&1; then
  set -- --fail-early -sS --fail --noproxy '*' --max-time 10 -w '|\n' "$url/api/version"
  case $line_break$chosen$line_break in *"${line_break}OLLAMA_MODELS=$models$line_break"*)
    answered=maybe
    set -- "$@" "$url/api/tags"
    for model in $asked; do
      set -- "$@" --next -sS --noproxy '*' --max-time 10 -w '|\n' \
        -d "{\"model\":\"$model\"}" "$url/api/show"
    done
  esac
  curl "$@" 2>/dev/null || answered=no
fi
if [ "$answered" = no ]; then
  section manifests
  for manifest in "$models"/manifests/*/*/*/*; do
    [ -f "$manifest" ] || continue
    text=$(tr -d '\n' <"$manifest")
    digest=$(sha256sum <"$manifest")
    printf '%s|%s|%s\n' "${manifest#"$models"/manifests/}" "${digest%% *}" "$text"
    blob=$(printf '%s' "$text" | tr '{' '\n' | sed -n '/image\.params"/s/.*"sha256:\([0-9a-f]*\)".*/\1/p')
    [ -z "$blob" ] || printf 'params|%s\n' "$(tr -d '\n' <"$models/blobs/sha256-$blob" 2>/dev/null)"
  done
fi
section stamps
first_line /var/lib/pyinfra-ollama/verified
[ -z "$line" ] || printf 'verified=%s\n' "$line"
