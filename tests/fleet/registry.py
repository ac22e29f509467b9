"""The lab's model registry, watched, slowed down and given new tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from lab.model import REGISTRY_PORT
from tests.fleet.harness import Fleet

LOG = "/var/log/nginx/registry.log"
CONF = "/etc/nginx/nginx.conf"
FORMAT = "log_format registry '$request_method $request_uri $status $http_range';"


@contextmanager
def watched(fleet: Fleet, rate: str = "0") -> Iterator[None]:
    """Requests are logged meanwhile, and each is answered at most at that rate, e.g. "8m"."""
    before = fleet.sh("infra", f"rm -f {LOG}; cat {CONF}") + "\n"
    listen = f"listen {REGISTRY_PORT};"
    slow = f"{listen} access_log {LOG} registry; limit_rate {rate};"
    changed = before.replace("http {", f"http {{ {FORMAT}", 1).replace(listen, slow, 1)
    fleet.sh("infra", f"cat >{CONF} && systemctl restart nginx", stdin=changed)
    try:
        yield
    finally:
        fleet.sh("infra", f"cat >{CONF} && systemctl restart nginx", stdin=before)


def requests(fleet: Fleet) -> list[str]:
    """What the registry was asked since `watched` began."""
    return fleet.sh("infra", f"cat {LOG}").splitlines()


def resumed(fleet: Fleet) -> bool:
    """Whether a part of a blob was asked for that does not start at its beginning."""
    return any(re.search(r"bytes=[1-9]\d*-", line) for line in requests(fleet))


def tag(fleet: Fleet, host: str, source: str, target: str) -> None:
    """Have `target` ("moving:1") in the registry be what `source` is there; asked by `host`."""
    repository, label = target.split(":")
    origin, origin_label = source.split(":")
    accept = "application/vnd.docker.distribution.manifest.v2+json"
    fleet.sh(
        host,
        f"""set -e; cd /run; url=http://{fleet.lab.registry}/v2/library
        curl -sSf -H 'Accept: {accept}' $url/{origin}/manifests/{origin_label} >manifest
        for blob in $(grep -o 'sha256:[0-9a-f]*' manifest); do
          curl -sSf -X POST "$url/{repository}/blobs/uploads/?mount=$blob&from=library/{origin}"
        done
        curl -sSf -X PUT -H 'Content-Type: {accept}' --data-binary @manifest \\
          $url/{repository}/manifests/{label}""",
    )
