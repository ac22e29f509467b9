# What the operations of the monitoring compare; runs as one with snapshot.sh, after it. Reads only.
# snapshot.sh has section.
section watch
TZ=UTC systemctl show ollama-monitor.timer ollama-monitor.service logrotate.timer systemd-journald.service \
  -p Id,ActiveState,UnitFileState,NeedDaemonReload,ExecMainStartTimestamp 2>/dev/null | sed 's/^$/--/'
printf '%s\nConfigured=%s\n' -- "$(stat -c %Y /etc/systemd/journald.conf.d/60-pyinfra-ollama.conf 2>/dev/null)"
