# shellcheck disable=SC2154 # units and exporter are of snapshot.sh
# What the operations of monitoring compare; runs as one with snapshot.sh, after it. Reads only.
# units (${11}): the units that monitoring runs, space separated; exporter (${12}): where the
# exporter of Ollama's metrics answers, or "". snapshot.sh sets them, and has section.
unset IFS
section monitoring
id='' active='' enabled='' pid=''
unit() {
  [ -z "$id" ] || printf 'unit=%s|%s|%s|%s\n' "$id" "$active" "$enabled" \
    "$({ tr '\0' ' ' <"/proc/${pid:-0}/cmdline"; } 2>/dev/null)"
  id=''
}
# A block of lines for each, with an empty line between.
# shellcheck disable=SC2086 # a list of names
systemctl show $units -p Id,ActiveState,UnitFileState,MainPID 2>/dev/null | {
  while IFS= read -r line; do
    case $line in
      Id=*) id=${line#*=} ;;
      ActiveState=*) active=${line#*=} ;;
      UnitFileState=*) enabled=${line#*=} ;;
      MainPID=*) pid=${line#*=} ;;
      '') unit ;;
    esac
  done
  unit
}
# The hash of what the running exporter was started with, by its own word.
[ -z "$exporter" ] ||
  printf 'exporter=%s\n' "$(curl -sS --fail --noproxy '*' --max-time 5 "http://$exporter/stamp" 2>/dev/null)"
