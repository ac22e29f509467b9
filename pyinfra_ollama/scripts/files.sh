# Put files in place: all candidates are laid out in a private folder, judged together by
# $1 (a command; $stage is the folder), and only then renamed into place, each atomically.
# Standard input, a line a file: "put|keep|remove|PATH|MODE|USER|GROUP|BASE64"; "keep" takes
# part in the judgement only. Content never stands in an argument.
set -eu
umask 077
judge=$1
stage=$(mktemp -d /run/pyinfra-ollama-XXXXXX)
export stage
trap 'rm -rf "$stage"' EXIT
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

while IFS='|' read -r action path mode user group content; do
  case $action in
    remove) rm -f "$path" ;;
    put)
      [ -d "${path%/*}" ] || (umask 022 && mkdir -p "${path%/*}")
      new=$(mktemp "${path%/*}/.${path##*/}.XXXXXX")
      if ! { cat "$stage$path" >"$new" && chown "$user:$group" "$new" && chmod "$mode" "$new" &&
        mv -fT "$new" "$path"; }; then rm -f "$new"; exit 1; fi ;;
  esac
done <"$stage/.list"
