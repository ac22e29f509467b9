# The firewall: what ufw has on disk, what the kernel really filters, where SSH comes in. Reads only.
# Run as one with snapshot.sh, after it and with its functions.
unset IFS
# Lines of a file that need not exist.
kept() { # FILE PATTERN [PATTERN]
  [ -r "$1" ] || return 0
  while IFS= read -r row || [ -n "$row" ]; do
    # shellcheck disable=SC2254 # patterns
    case $row in $2 | ${3:-$2}) printf '%s\n' "$row" ;; esac
  done <"$1"
}

section firewall
command -v ufw >/dev/null 2>&1 && echo ufw=yes
kept /etc/ufw/ufw.conf 'ENABLED=*'
kept /etc/default/ufw 'IPV6=*' 'DEFAULT_INPUT_POLICY=*'
[ -d /proc/sys/net/ipv6 ] && echo kernel6=yes
[ -L /etc/systemd/system/multi-user.target.wants/ufw.service ] && echo boot=yes
[ -d /run/pyinfra-ollama-firewall ] && echo pending=yes
# Each of these loads its own rules over ufw's, at the next boot if not now.
for rival in firewalld nftables netfilter-persistent; do
  for link in /etc/systemd/system/*.target.wants/"$rival.service"; do
    [ ! -L "$link" ] || printf 'rival=%s.service\n' "$rival"
  done
done

section firewall-rules
for file in /etc/ufw/user.rules /etc/ufw/user6.rules; do
  if [ -r "$file" ]; then kept "$file" '### tuple ### *' '-A ufw*-user-input *'
  elif [ -e "$file" ]; then echo unknown; fi
done

section firewall-live
for tool in iptables ip6tables; do
  printf 'family=%s\n' "$tool"
  command -v "$tool" >/dev/null 2>&1 || { echo missing; continue; }
  { "$tool" -S 2>/dev/null || echo unknown; } | while IFS= read -r row; do
    case $row in
      unknown | '-P INPUT '* | '-A INPUT -j ufw'*'-before-input' | \
        '-A ufw'*'-before-input -j ufw'*'-user-input' | '-A ufw'*'-user-input '*) printf '%s\n' "$row" ;;
    esac
  done
done

section firewall-docker
if [ -e /sys/class/net/docker0 ] || [ -S /run/docker.sock ]; then
  echo docker=yes
  iptables -t nat -S DOCKER 2>/dev/null
fi

# sudo hides the variable of the session from this shell, not from its ancestors.
section firewall-ssh
pid=$$ session=${SSH_CONNECTION:-}
while [ -z "$session" ] && [ "${pid:-0}" -gt 1 ] && read -r status <"/proc/$pid/stat"; do
  # What follows the name: state, parent.
  status=${status##*) } status=${status#* } pid=${status%% *}
  [ "$pid" -gt 1 ] && session=$(grep -azm1 '^SSH_CONNECTION=' "/proc/$pid/environ" 2>/dev/null | tr -d '\0')
done
printf 'session=%s\n' "${session#SSH_CONNECTION=}"
ss -H -ltnp 2>/dev/null | while IFS= read -r row; do
  case $row in *'"sshd"'*) printf 'listener=%s\n' "$row" ;; esac
done
sshd -T 2>/dev/null | while read -r key value; do
  [ "$key" != listenaddress ] || printf 'configured=%s\n' "$value"
done
