# Install and upgrade packages without questions.
# $1 yes: fetch the lists first   $2 upgrade: "", safe or full   then packages to install
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
update=$1 upgrade=$2
shift 2
# Keeps a configuration file that a person changed; waits for another apt.
apt() { apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null; }

# A killed run may have left packages unpacked only.
if [ -n "$(dpkg --audit)" ]; then dpkg --configure -a --force-confdef --force-confold; fi
if [ "$update" = yes ]; then
  echo "fetching package lists"
  apt-get -q update -o APT::Update::Error-Mode=any >/dev/null
  (umask 077 && mkdir -p /var/lib/pyinfra-ollama)
  touch /var/lib/pyinfra-ollama/apt-updated
fi
if [ $# -gt 0 ]; then
  echo "installing $*"
  said=$(apt install --no-install-recommends "$@" 2>&1) || {
    status=$?; printf '%s\n' "$said" | tail -n 15 >&2; exit $status; }
fi
case $upgrade in
  safe) echo "upgrading"; apt upgrade ;;
  full) echo "upgrading"; apt dist-upgrade ;;
esac
