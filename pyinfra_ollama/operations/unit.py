"""The unit of the service, made of the settings and of what the host is."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context
from pyinfra.api.command import StringCommand

from pyinfra_ollama.decide.files import changed
from pyinfra_ollama.decide.unit import JUDGE, unit_files
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for


@host_operation
def unit(*, settings: HostSettings, templates: Path) -> Steps:
    """
    Have the unit, its drop-in and, for secrets, an environment file, judged by systemd first.

    + settings: the host's settings
    + templates: the folder of the unit's templates
    """
    snapshot = look(question_for(settings))
    files = unit_files(settings, snapshot, templates).files
    if changed(files, snapshot.files):
        yield from swapped_in(files, snapshot, JUDGE)
        yield StringCommand("systemctl", "daemon-reload")
    else:
        context.host.noop("the unit and its environment are as declared")
