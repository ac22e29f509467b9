# Remove releases by name, under the same lock that installations take.
set -eu
releases=/opt/ollama/releases
exec 9>"$releases/.lock"
flock -w 30 9 || { echo "another installation holds $releases/.lock; wait for it to end" >&2; exit 1; }
for name; do
  case $name in */* | .. | .) exit 1 ;; esac
  rm -rf -- "${releases:?}/$name"
done
# What it pointed to may just have gone.
[ -e /opt/ollama/previous ] || rm -f /opt/ollama/previous
