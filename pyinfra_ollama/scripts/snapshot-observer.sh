# shellcheck disable=SC2154 # observer_ports and line are of snapshot.sh
# What the operations of an observer compare; runs as one with snapshot.sh, after it. Reads only.
# observer_ports (${13}): those of Prometheus and Alertmanager; snapshot.sh sets them, and has
# section and first_line.
unset IFS
section observer
# When each took its configuration last, and whether it took what there is now.
for port in $observer_ports; do
  curl -sS --fail --noproxy '*' --max-time 5 "http://127.0.0.1:$port/metrics" 2>/dev/null |
    sed -n 's/^\([a-z]*\)_config_last_reload_\(successful\|success_timestamp_seconds\) /\1_\2=/p'
done
# A rename is a change of status, also of a file that was written long before it.
stat -c 'changed=%.Z %n' /etc/prometheus/prometheus.yml /etc/prometheus/alertmanager.yml \
  /etc/prometheus/rules/pyinfra-ollama.yml /etc/grafana/provisioning/*/pyinfra-ollama.yaml 2>/dev/null
# Grafana, where its own package is installed: whether it runs, and since when.
# shellcheck disable=SC2016 # dpkg-query's own words
if dpkg-query -W -f '${db:Status-Status}\n' grafana grafana-enterprise 2>/dev/null | grep -qx installed; then
  active='' pid=0
  while IFS='=' read -r name value; do
    case $name in
      ActiveState) active=$value ;;
      MainPID) pid=$value ;;
    esac
  done <<END
$(systemctl show grafana-server.service -p ActiveState,MainPID 2>/dev/null)
END
  # Both count from the boot, sleep included; the second word of stat, a name, may hold anything.
  ticks=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)
  printf 'grafana=%s|%s\n' "$active" "$([ "$active" != active ] || [ -z "$ticks" ] ||
    awk -v now="$(date +%s.%N)" -v started="$ticks" -v hertz="$(getconf CLK_TCK)" \
      '{ printf "%.2f", now - $1 + started / hertz }' /proc/uptime)"
fi
# What a person wrote where ours would go.
for file in /etc/prometheus/prometheus.yml /etc/prometheus/alertmanager.yml; do
  first_line "$file"
  case $line in
    '' | '# Managed by pyinfra-ollama'*) ;;
    *)
      # shellcheck disable=SC2016 # dpkg-query's own words
      packaged=$(dpkg-query -W -f '${Conffiles}\n' prometheus prometheus-alertmanager 2>/dev/null | sed -n "s,^ $file \([0-9a-f]*\).*,\1,p")
      found=$(md5sum <"$file")
      [ "${found%% *}" = "$packaged" ] || printf 'foreign=%s\n' "$file" ;;
  esac
done
