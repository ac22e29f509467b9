"""Whether the hosts' apt reaches an archive by way of the lab's proxy."""

from __future__ import annotations

import urllib.request

from lab import base, machines, sources
from lab.model import LabState
from lab.progress import say


def check(lab: LabState) -> None:
    """See that hosts will reach an archive through the proxy, and mend what can be mended.

    nginx asks for names from one socket for ever, so that a way out that was closed when it first
    asked can stay closed for it. Without a network at all the lab is of use still: that is said.
    """
    if "Acquire::http::Proxy" in base.machine_apt_options():
        return  # hosts use this machine's own proxy
    archive = sources.main_archive(sources.of_this_machine())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": lab.apt_proxy}))
    url = f"{archive}/dists/{lab.suite}/InRelease"
    if not url.startswith("http:"):
        return  # apt goes there directly
    problem = ""
    for _ in range(3):
        try:
            opener.open(urllib.request.Request(url, method="HEAD"), timeout=7).close()
            return
        except OSError as error:
            problem = str(error)
            machines.ssh(lab, lab.infra, "systemctl restart nginx")
    say(f"warning: hosts do not reach {archive} for their packages: {problem}")
