# What the verifier asks of a host's exporters and its observer as root, read-only, in one command.
# $1 where the exporter answers, or ""   $2 its other pages, space separated   $3 port of
# Prometheus, or ""   $4 port of Alertmanager, or ""   then the units that are to run
# Each section says how it ended; one without an end, or that failed, counts as unknown.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exporter=$1 pages=$2 prometheus=$3 alertmanager=$4
shift 4

section() {
    name=$1
    shift
    printf '@@begin %s\n' "$name"
    "$@"
    printf '\n@@end %s %s\n' "$name" "$?"
}
get() { curl -sS --noproxy '*' --max-time 15 --fail "http://$1" 2>/dev/null; }
# Only what is judged, which is nothing where only others are observed: a page has a thousand lines.
page() {
    whole=$(get "$exporter/metrics") || return
    printf '%s\n' "$whole" | grep -E '^ollama_(up|exporter_source_up|gateway_log_readable)[ {]' || :
}
# A page that is not answered is an answer, 000 or its status.
statuses() {
    for path in $pages; do
        printf '%s %s\n' "$path" "$(curl -sS --noproxy '*' --max-time 15 -o /dev/null -w '%{http_code}' "http://$exporter$path" 2>/dev/null)"
    done
}
# When it took its configuration last, and the time of now.
reloaded() {
    get "127.0.0.1:$prometheus/metrics" | sed -n 's/^prometheus_config_last_reload_success_timestamp_seconds //p'
    date +%s
}

section units systemctl show "$@" -p Id,ActiveState,UnitFileState
section sockets ss -H -t -u -l -n -p
[ -z "$exporter" ] || { section page page; section statuses statuses; }
if [ -n "$prometheus" ]; then
    section rules get "127.0.0.1:$prometheus/api/v1/rules"
    section targets get "127.0.0.1:$prometheus/api/v1/targets?state=active"
    section reloaded reloaded
    section alertmanager get "127.0.0.1:$alertmanager/-/ready"
fi
echo '@@done'
