# Remember a word under a name in the package's state folder, atomically; no word: forget it.
# $1 name   $2 word
set -eu
umask 077
mkdir -p /var/lib/pyinfra-ollama
if [ -z "$2" ]; then rm -f "/var/lib/pyinfra-ollama/$1"; exit 0; fi
printf '%s\n' "$2" >"/var/lib/pyinfra-ollama/.$1.new"
mv -f "/var/lib/pyinfra-ollama/.$1.new" "/var/lib/pyinfra-ollama/$1"
