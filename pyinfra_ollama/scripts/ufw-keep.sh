# Keep the rules that are on trial (ufw.sh): write them to disk and stop the timer that would undo
# them. To be run over a connection that was made under these rules.
# $1 name of the trial
set -eu
umask 077
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
trial=$1
folder=/run/pyinfra-ollama-firewall
stage=$folder/stage
fail() { printf 'firewall: %s\n' "$*" >&2; exit 1; }

exec 9>>/run/lock/pyinfra-ollama-firewall
flock -w 15 9 || fail "another change holds /run/lock/pyinfra-ollama-firewall"
[ "$(cat "$folder/trial" 2>/dev/null)" = "$trial" ] || fail "the trial is over: its rules were undone"
(cd / && sha256sum -c --status "$folder/before") ||
  fail "somebody changed ufw's files meanwhile: they stay, and the trial is undone"

grep -qix 'ENABLED=yes' /etc/ufw/ufw.conf || made firewall
for key in DEFAULT_INPUT_POLICY IPV6; do
  had=$(sed -n "s/^$key=//p" /etc/default/ufw) now=$(sed -n "s/^$key=//p" "$stage/etc/default/ufw")
  [ "$had" = "$now" ] || grep -q "^ufw $key" /var/lib/pyinfra-ollama/made 2>/dev/null || made ufw "$key" "$had"
done
was ufw.service
# ufw.conf, which says that there is a firewall at all, comes last.
cd "$stage"
for file in etc/ufw/*.rules etc/default/ufw etc/ufw/ufw.conf; do
  cmp -s "$file" "/$file" || { cp -p "$file" "/$file.new" && sync "/$file.new" && mv -f "/$file.new" "/$file"; }
done
systemctl enable --quiet ufw.service
rm -rf "$folder"
systemctl stop pyinfra-ollama-firewall-undo.timer
