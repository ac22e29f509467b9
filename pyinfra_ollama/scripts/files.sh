# Put files in place: all candidates are laid out in a private folder and judged together by
# $1 (a command; $stage is the folder); then each is written beside its place; only when all
# of them are there, each is renamed into place. What went wrong before changes no file.
# Standard input, a line a file: "put|keep|remove|PATH|MODE|USER|GROUP|BASE64"; "keep" takes
# part in the judgement only. Content never stands in an argument.
set -eu
umask 077
export LC_ALL=C
judge=$1
mkdir -p /run/pyinfra-ollama
# What a killed run leaves here is cleared away with its lock (lock.sh).
stage=$(mktemp -d /run/pyinfra-ollama/stage-XXXXXX)
export stage
: >"$stage/.beside"
clean() { while IFS= read -r new; do rm -f "$new"; done <"$stage/.beside"; rm -rf "$stage"; }
trap clean EXIT
trap 'exit 130' HUP INT TERM PIPE
cat >"$stage/.list"

while IFS='|' read -r action path mode user group content; do
  [ "$action" != remove ] || continue
  mkdir -p "$stage${path%/*}"
  printf '%s' "$content" | base64 -d >"$stage$path"
done <"$stage/.list"

if [ -n "$judge" ] && ! said=$(sh -c "$judge" 2>&1); then
  printf 'the new files were refused by their own checker, nothing was changed:\n%s\n' "$said" >&2
  exit 1
fi

beside() {
  { [ -d "${path%/*}" ] || (made_folders "${path%/*}" && umask 022 && mkdir -p "${path%/*}"); } &&
    # What a killed run left behind.
    rm -f "${path%/*}/.${path##*/}".?????? &&
    new=$(mktemp "${path%/*}/.${path##*/}.XXXXXX") && printf '%s\n' "$new" >>"$stage/.beside" &&
    cat "$stage$path" >"$new" && chown "$user:$group" "$new" && chmod "$mode" "$new" && sync "$new"
}
while IFS='|' read -r action path mode user group content; do
  [ "$action" = put ] || continue
  beside 2>"$stage/.said" || {
    printf '%s could not be written, nothing was changed: %s\n' "$path" "$(tail -n 1 "$stage/.said")" >&2
    exit 1; }
done <"$stage/.list"

# What somebody else had there: `pyinfra-ollama uninstall` puts it back.
while IFS='|' read -r action path mode user group content; do
  kept=/var/lib/pyinfra-ollama/before$path
  [ "$action" = put ] && { [ -f "$path" ] || [ -L "$path" ]; } && [ ! -e "$kept" ] && [ ! -L "$kept" ] || continue
  case $path in *pyinfra-ollama*) continue ;; esac
  if [ ! -L "$path" ]; then
    case $(head -c 400 "$path" | tr -d '\0') in *'Managed by pyinfra-ollama'*) continue ;; esac
  fi
  mkdir -p "${kept%/*}" && cp -a "$path" "$kept.new" && mv -fT "$kept.new" "$kept"
done <"$stage/.list"

exec 3<"$stage/.beside"
while IFS='|' read -r action path mode user group content; do
  case $action in
    remove) rm -f "$path" ;;
    put) IFS= read -r new <&3 && mv -fT "$new" "$path" ;;
  esac
done <"$stage/.list"
