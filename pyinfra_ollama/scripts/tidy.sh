# Remove releases by name, under the same lock that installations take.
set -eu
releases=/opt/ollama/releases
exec 9>"$releases/.lock"
flock -w 30 9
for name; do
  case $name in */* | .. | .) exit 1 ;; esac
  rm -rf -- "${releases:?}/$name"
done
