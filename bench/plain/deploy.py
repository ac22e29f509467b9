"""The state that pyinfra-ollama keeps, in pyinfra's own operations, as one would write them.

Decided while the deployment is prepared, so that a converged host pays one fact each instead of
several operations: whether the release has to be fetched and whether the model has to be pulled.
"""

from pyinfra.context import host
from pyinfra.facts.files import File
from pyinfra.facts.server import Command
from pyinfra.operations import apt, files, server, systemd
from pyinfra.operations.util import any_changed

OPT, HOME = "/opt/ollama", "/usr/share/ollama"
VERSION, MODEL = host.data.version, host.data.model
RELEASE = f"{OPT}/releases/{VERSION}"
ARCHIVE = f"{OPT}/releases/{host.data.archive_url.rsplit('/', 1)[1]}"
UNIT = "/etc/systemd/system/ollama.service"

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
    files.download(
        name="Fetch the release",
        src=host.data.archive_url,
        dest=ARCHIVE,
        sha256sum=host.data.archive_sha256,
    )
    files.directory(name="Have the release's folder", path=RELEASE, mode="755")
    causes.append(
        files.unarchive(
            name="Unpack the release",
            src=ARCHIVE,
            dest=RELEASE,
            remote_src=True,
            extra_opts=["--no-same-owner", *(f"--exclude={path}" for path in host.data.exclude)],
        )
    )
    files.file(name="Remove the archive", path=ARCHIVE, present=False)

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
