# What the access log says of some requests, read-only. Arguments: the requests' ids.
# Only the end of the log is looked at: they were sent a moment ago. A byte that is no text, which
# a crash leaves in logs, hides no line.
set -u
LC_ALL=C
export LC_ALL
log=/var/log/pyinfra-ollama/gateway.log
[ -r "$log" ] || exit 3
tail -n 20000 "$log" | grep -aF "$(printf '%s\n' "$@")" || [ $? -le 1 ]
echo '@@done'
