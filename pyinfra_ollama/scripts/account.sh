# The service user and its folders.
# $1 home   $2 models folder   $3 further groups, space separated   then "PATH|USER|MODE"
set -eu
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
home=$1 models=$2 groups=$3
shift 3
getent group ollama >/dev/null || groupadd --system ollama
getent passwd ollama >/dev/null ||
  useradd --system --gid ollama --no-create-home --home-dir "$home" --shell /bin/false ollama
[ "$(getent passwd ollama | cut -d : -f 6)" = "$home" ] || {
  echo "the home of user ollama is not $home; change it with: usermod -d $home ollama" >&2; exit 1; }
for group in $groups; do usermod -aG "$group" ollama; done
for folder; do
  path=${folder%%|*} rest=${folder#*|}
  if [ -e "$path" ] && [ ! -d "$path" ]; then echo "$path is not a folder; move it away" >&2; exit 1; fi
  # What lies between the home and the models belongs to the user too.
  case $path in
    "$home"/*) mkdir -p "$path"; chown -R -h ollama:ollama "$home" ;;
    *) mkdir -p "$path" ;;
  esac
  chown "${rest%%|*}:$(id -gn "${rest%%|*}")" "$path"
  chmod "${rest#*|}" "$path"
done
chown -R -h ollama:ollama "$home" "$models"
