"""The state that pyinfra-ollama keeps, in pyinfra's own operations, as one would write them.

Decided while the deployment is prepared, so that a converged host pays one fact each instead of
several operations: whether it is fit, whether the release has to be fetched and the model pulled.
"""

import re

from pyinfra.api.exceptions import DeployError
from pyinfra.context import host
from pyinfra.facts.files import File
from pyinfra.facts.hardware import Memory
from pyinfra.facts.server import Arch, Command, OsRelease
from pyinfra.operations import apt, files, server, systemd
from pyinfra.operations.util import any_changed

OPT, HOME = "/opt/ollama", "/usr/share/ollama"
VERSION, MODEL = host.data.version, host.data.model
RELEASE = f"{OPT}/releases/{VERSION}"
UNIT = "/etc/systemd/system/ollama.service"
GPU = "grep -slxE '0x10de|0x1002' /sys/bus/pci/devices/*/vendor || true"

system, machine = host.get_fact(OsRelease), host.get_fact(Arch)
memory_mb = host.get_fact(Memory)  # None before the package with vmstat is there
fit = {
    "system": re.match(host.data.systems, f"{system['id'].title()} {system['version_id']}"),
    "machine": machine in host.data.architectures,
    "systemd": host.get_fact(Command, command="cat /proc/1/comm") == "systemd",
    "localhost": host.get_fact(Command, command="getent hosts localhost || true"),
    "memory": memory_mb is None or memory_mb >= host.data.min_memory_mb,
}
if not all(fit.values()):
    raise DeployError(f"not fit: {', '.join(name for name in fit if not fit[name])}")
excluded = [] if host.get_fact(Command, command=GPU) else host.data.gpu_libraries
archive = f"ollama-linux-{host.data.architectures[machine]}.tar.zst"
fetched = f"{OPT}/releases/{archive}"

apt.packages(
    name="Have the packages",
    packages=host.data.packages,
    update=True,
    cache_time=86400,
    no_recommends=True,
)
server.group(name="Have the group", group="ollama", system=True)
server.user(
    name="Have the user",
    user="ollama",
    group="ollama",
    system=True,
    home=HOME,
    ensure_home=False,
    shell="/bin/false",
)
for path, owner, mode in host.data.folders:
    files.directory(name=f"Have {path}", path=path, user=owner, group=owner, mode=mode)

causes = []
if not host.get_fact(File, path=f"{RELEASE}/bin/ollama"):
    free = host.get_fact(Command, command="df --output=avail -BM /opt")
    if int(free.splitlines()[-1].strip(" M")) < host.data.min_disk_mb:
        raise DeployError(f"not enough disk: {free}")
    files.download(
        name="Fetch the release",
        src=f"{host.data.mirror}/{VERSION}/{archive}",
        dest=fetched,
        sha256sum=host.data.sha256[archive],
    )
    files.directory(name="Have the release's folder", path=RELEASE, mode="755")
    causes.append(
        files.unarchive(
            name="Unpack the release",
            src=fetched,
            dest=RELEASE,
            remote_src=True,
            extra_opts=["--no-same-owner", *(f"--exclude={path}" for path in excluded)],
        )
    )
    files.file(name="Remove the archive", path=fetched, present=False)

links = {
    f"{OPT}/current": f"releases/{VERSION}",
    "/usr/local/bin/ollama": f"{OPT}/current/bin/ollama",
}
causes.extend(
    files.link(name=f"Have {path}", path=path, target=target) for path, target in links.items()
)

written = [
    files.put(name=f"Have {dest}", src=src, dest=dest, user="root", group="root", mode="644")
    for src, dest in (
        (host.data.unit_file, UNIT),
        (host.data.drop_in_file, f"{UNIT}.d/50-pyinfra-ollama.conf"),
    )
]
systemd.daemon_reload(name="Have systemd read the unit", _if=any_changed(*written))
systemd.service(name="Have the service", service="ollama", running=True, enabled=True)
systemd.service(
    name="Restart the service",
    service="ollama",
    running=None,
    restarted=True,
    _if=any_changed(*written, *causes),
)

listed = host.get_fact(Command, command="curl -sS http://127.0.0.1:11434/api/tags || true")
if MODEL not in (listed or ""):
    server.shell(
        name="Have the model",
        commands=[f"HOME=/root ollama pull --insecure {MODEL}"],
        _retries=15,
        _retry_delay=1,
    )
