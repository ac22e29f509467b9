"""What Ollama's own install.sh (0.33.0) leaves on a host, from the lab's mirror.

The script itself downloads from its vendor, which no lab can reach; its steps are few.
"""

from __future__ import annotations

from tests.fleet.archives import NAME
from tests.fleet.harness import Fleet

UNIT = """\
[Unit]
Description=Ollama Service
After=network-online.target

[Service]
ExecStart=/usr/local/bin/ollama serve
User=ollama
Group=ollama
Restart=always
RestartSec=3
Environment="PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

[Install]
WantedBy=default.target
"""

# The last line but one is the lab's own: without it the server would call ollama.com.
STEPS = """\
set -e
export PATH=$PATH:/usr/sbin
command -v curl zstd || { apt-get -qq update; apt-get -qqy install curl zstd; } >/dev/null
rm -rf /usr/local/lib/ollama
install -o0 -g0 -m755 -d /usr/local/bin /usr/local/lib/ollama
curl -fsS URL | zstd -d | tar -xf - -C /usr/local
id ollama >/dev/null 2>&1 || useradd -r -s /bin/false -U -m -d /usr/share/ollama ollama
cat >/etc/systemd/system/ollama.service
systemctl daemon-reload
systemctl enable -q ollama
install -o ollama -g ollama -d /usr/share/ollama/.ollama
echo '{"disable_ollama_cloud":true}' >/usr/share/ollama/.ollama/server.json
systemctl restart ollama
for _ in $(seq 100); do
  curl -fs http://127.0.0.1:11434/api/version && break
  sleep 0.1
done
"""


def install(fleet: Fleet, host: str, version: str) -> None:
    """Have the host as the official script leaves it, with the server answering."""
    url = f"{fleet.lab.mirror_url}/{version}/{NAME}"
    fleet.sh(host, STEPS.replace("URL", url), stdin=UNIT)
