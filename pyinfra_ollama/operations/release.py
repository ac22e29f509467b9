"""Install a release beside the others; clear away what is no longer needed."""

from __future__ import annotations

from pyinfra import context
from pyinfra.api.command import FileUploadCommand

from pyinfra_ollama import layout
from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.archive import hashes
from pyinfra_ollama.decide.release import installed, plan, surplus
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for


@host_operation
def release(*, settings: HostSettings) -> Steps:
    """
    Have the declared release under /opt/ollama/releases, verified before it is unpacked.

    + settings: the host's settings

    What runs is not touched: see `service` for the switch.
    """
    snapshot = look(question_for(settings))
    wanted = plan(settings, snapshot)
    if installed(wanted, snapshot):
        context.host.noop(f"release {wanted.version} is installed")
        return
    if wanted.local:
        archives = []
        for path, sha256 in zip(wanted.local, hashes(wanted), strict=True):
            # With sudo pyinfra brings a file in two steps. What the first leaves where others
            # can write is hashed again by the script, on root's own copy.
            name = f"{sha256[:16]}.tar.zst"
            uploaded = f"{layout.RELEASES}/.upload-{name}"
            yield FileUploadCommand(str(path), uploaded, f"/var/tmp/pyinfra-ollama-{name}")
            archives.append(f"{uploaded}|{sha256}|")
    else:
        archives = [f"{a.url}|{a.sha256 or ''}|{a.sums_url}" for a in wanted.archives]
    notes = " ".join(f"{key}={value}" for key, value in wanted.notes.items())
    proxy = settings.ollama.environ().get("HTTPS_PROXY", "")
    exclude = " ".join(wanted.exclude)
    yield shown("release", wanted.version, exclude, notes, *archives, stdin=proxy)


@host_operation
def tidy(*, settings: HostSettings) -> Steps:
    """
    Have no more than the declared number of releases, and nothing half installed.

    + settings: the host's settings
    """
    names = surplus(settings, look(question_for(settings)))
    if not names:
        context.host.noop("no release to clear away")
        return
    yield quiet("tidy", *names)
