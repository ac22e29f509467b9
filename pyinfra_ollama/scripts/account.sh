# The service user and its folders.
# $1 home   $2 models folder   $3 groups, space separated   then folders, parents first, each as
# "PATH|USER|MODE"
set -eu
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
home=$1 models=$2 groups=$3
shift 3
getent group ollama >/dev/null || { made group ollama; groupadd --system ollama; }
getent passwd ollama >/dev/null || {
  made user ollama
  useradd --system --gid ollama --no-create-home --home-dir "$home" --shell /bin/false ollama
}
for group in $groups; do
  case " $(id -nG ollama) " in *" $group "*) ;; *) usermod -aG "$group" ollama ;; esac
done
# What is declared may change; they stay where they are.
made models "$models"
for folder; do
  path=${folder%%|*} rest=${folder#*|}
  made_folders "$path"
  mkdir -p "$path"
  chown "${rest%%|*}:${rest%%|*}" "$path"
  # Of a folder, chmod takes away set-user-ID and set-group-ID only when told with five digits.
  chmod "00${rest#*|}" "$path"
done
# What lies between the home and the models belongs to the user too.
chown -R -h ollama:ollama "$home" "$models"
