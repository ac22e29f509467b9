# Forget how far broken-off pulls were whose marks a killed server left cut off: Ollama (0.33.0,
# tried 2026-11) ends every later pull of such a file with "EOF". The file is fetched anew.
# $1 models folder
set -eu
for mark in "$1"/blobs/sha256-*-partial-*; do
  [ -f "$mark" ] || continue
  case $(tail -c 2 "$mark") in
    *'}') ;;
    *) rm -f "${mark%-*}"-*; printf '%s\n' "${mark##*/}" ;;
  esac
done
