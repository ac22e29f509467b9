# shellcheck shell=sh
# shellcheck disable=SC2154 # the settings, and what ollama-backup sets before it reads this
# For Prometheus: how the last of each task went, where a node exporter is there to read it.

gauge() { # NAME HELP: its samples come on stdin, and nothing of it without any
  samples=$(sed "s/^/pyinfra_ollama_backup_$1/")
  [ -z "$samples" ] || printf '# HELP pyinfra_ollama_backup_%s %s\n# TYPE pyinfra_ollama_backup_%s gauge\n%s\n' "$1" "$2" "$1" "$samples"
}
sample() { [ -z "$2" ] || printf '%s %s\n' "$1" "$2"; } # LABELS VALUE
each() { # KEY: a sample for each task that has it
  for task in run check rehearse; do sample "{task=\"$task\"}" "$(of "$task" "$1")"; done
}
# 1 or 0 of a word that is $2 when all is well; nothing of none.
as_number() { case $1 in '') ;; "$2") echo 1 ;; *) echo 0 ;; esac; }
whole() { # no task found damage when it last could tell
  found="$(of run sound)$(of check sound)$(of rehearse sound)"
  case $found in *no*) echo 0 ;; *yes*) echo 1 ;; esac
}

# An ordinary user may own the folder, and put a link in it or in its place at any moment.
placed() ( # TEXT
  folder=${figures%/*} name=${figures##*/}
  cd -P "$folder" && [ "$PWD" = "$(cd -P "${folder%/*}" && pwd)/${folder##*/}" ] || exit 0
  # What a killed one left.
  rm -f ".$name".* 2>/dev/null || true
  umask 022
  set -C
  new=$(mktemp -u ".$name.XXXXXX")
  if printf '%s\n' "$1" >"$new" && mv -fT "$new" "$name"; then exit 0; fi
  rm -f "$new"
)

figures() {
  [ -n "$figures" ] && [ -d "${figures%/*}" ] || return 0
  failed=$(as_number "$(of run result)" failed)
  text=$(
    sample '' "$(stat -c %Y "$state_folder/repository" 2>/dev/null)" | gauge set_up_timestamp_seconds 'When its repository was made sure of.'
    sample '' "$(of run good)" | gauge last_success_timestamp_seconds 'When the last good snapshot was made.'
    sample '' "$failed" | gauge last_run_failed 'Whether the last run failed.'
    sample '' "$(whole)" | gauge integrity_ok 'Whether no damage was found when the repository was last looked at.'
    sample '' "$(as_number "$(of rehearse result)" good)" | gauge rehearsal_ok 'Whether the last rehearsal brought all back.'
    sample '' "$(of run kept_bytes)" | gauge kept_bytes 'Size of what the last good snapshot is of.'
    sample '' "$(of run added_bytes)" | gauge added_bytes 'What the last good snapshot added to the repository.'
    each finished | gauge task_finished_timestamp_seconds 'When the task last ended.'
    each seconds | gauge task_duration_seconds 'How long the task took then.'
  )
  placed "$text"
}
