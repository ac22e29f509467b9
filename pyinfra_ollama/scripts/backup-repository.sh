# Make sure that there is a repository: the tool on the host makes one where there never was one.
set -eu
exec /usr/local/sbin/ollama-backup ensure
