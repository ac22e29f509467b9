"""The `infra` machine's services: releases, models and a keeper of apt's packages, all by nginx."""

from __future__ import annotations

from pathlib import Path

from lab.base import resolver
from lab.model import APT_PROXY_PORT, MIRROR_PORT, REGISTRY_PORT, Artefacts, LabState

REGISTRY_DATA = "/var/lib/lab-registry"

NGINX = """\
# Made by the lab.
user root;
worker_processes 2;
events {{}}
http {{
    sendfile on;
    client_max_body_size 0;
    resolver {resolvers};
    resolver_timeout 5s;
    proxy_http_version 1.1;
    proxy_set_header Connection "";

    server {{  # the release mirror; what tests put into mirror-extra is found first
        listen {mirror_port};
        default_type application/octet-stream;
        location / {{ root /srv/mirror-extra; try_files $uri @releases; }}
        location @releases {{ root /srv/releases; }}
    }}

    server {{  # the model registry
        listen {registry_port};
        location / {{
            proxy_pass http://127.0.0.1:5001;
            proxy_set_header Host $http_host;
            proxy_request_buffering off;
        }}
        # Ollama asks a blob's Location before it downloads ranges of it; docker-registry sends
        # none when it serves the blob itself.
        location ~ ^/v2/.+/blobs/sha256:[0-9a-f]+$ {{
            proxy_pass http://127.0.0.1:5001;
            proxy_set_header Host $http_host;
            add_header Location $scheme://$http_host$request_uri;
        }}
    }}

    server {{  # a proxy for apt; keeps what never changes under its name
        listen {apt_port};
        location / {{ proxy_pass http://$host$request_uri; }}
        location ~ (\\.deb$|/by-hash/) {{
            root /srv/apt;
            try_files /$host$uri @fetch;
        }}
        location @fetch {{
            root /srv/apt;
            proxy_pass http://$host$request_uri;
            proxy_temp_path /srv/apt/.part;
            proxy_store /srv/apt/$host$uri;
        }}
    }}
}}
"""

REGISTRY = f"""\
version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: {REGISTRY_DATA}}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:5001"}}
"""

REGISTRY_UNIT = """\
[Unit]
Description=Model registry of the lab
Before=nginx.service

[Service]
ExecStart=/usr/bin/docker-registry serve /etc/lab-registry.yml
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""


def configure(lab: LabState, root: Path) -> None:
    """Write the services into a machine's root."""
    etc = root / "etc"
    servers = [line.split()[1] for line in resolver().splitlines() if line.startswith("nameserver")]
    listed = " ".join(
        f"[{server}]" if ":" in server else server for server in servers or ["127.0.0.1"]
    )
    (etc / "nginx/nginx.conf").write_text(
        NGINX.format(
            resolvers=f"{listed} ipv6=off",
            mirror_port=MIRROR_PORT,
            registry_port=REGISTRY_PORT,
            apt_port=APT_PROXY_PORT,
        )
    )
    (etc / "lab-registry.yml").write_text(REGISTRY)
    unit = etc / "systemd/system/lab-registry.service"
    unit.write_text(REGISTRY_UNIT)
    wants = etc / "systemd/system/multi-user.target.wants"
    (wants / unit.name).symlink_to(f"/etc/systemd/system/{unit.name}")
    (wants / "nginx.service").symlink_to("/lib/systemd/system/nginx.service")


def mounts(lab: LabState, made: Artefacts) -> list[str]:
    """Options of systemd-nspawn that bring the cache and the lab's own files into the machine."""
    changes = lab.machine_folder(lab.infra.name) / "registry"
    for folder in (changes, lab.mirror_extra):
        folder.mkdir(parents=True, exist_ok=True)
    return [
        f"--bind-ro={made.releases}:/srv/releases",
        f"--bind-ro={lab.mirror_extra}:/srv/mirror-extra",
        f"--bind={made.apt}:/srv/apt",
        # Tests may push and delete: the changes stay in this lab.
        f"--overlay={made.registry}:{changes}:{REGISTRY_DATA}",
    ]
