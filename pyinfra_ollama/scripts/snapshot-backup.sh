# shellcheck disable=SC2154 # repository, models and line are of snapshot.sh
# What the operations of the backup compare; runs as one with snapshot.sh, after it. Reads only, and asks
# no repository: that is the timers' business.
unset IFS
section backup
# Id comes first, whatever the order of the arguments.
systemctl show ollama-backup-run.timer ollama-backup-check.timer ollama-backup-rehearse.timer -p Id,ActiveState,UnitFileState 2>/dev/null
first_line /var/lib/pyinfra-ollama/backup/repository
printf 'Repository=%s\n' "$line"
first_line /var/lib/pyinfra-ollama/backup/timers
printf 'Started=%s\n' "$line"
if [ -n "$repository" ]; then
  nearest "$repository"
  printf 'Place=%s\n' "$(stat -c %d "$folder")"
  nearest "$models"
  printf 'Models=%s\n' "$(stat -c %d "$folder")"
fi
