"""Declared models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyinfra import context
from pyinfra.api.command import FunctionCommand
from pyinfra.api.host import Host

from pyinfra_ollama.commands import quiet
from pyinfra_ollama.decide.models import ModelWork, work
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for


@host_operation
def models(*, settings: HostSettings) -> Steps:
    """
    Have every declared model, with its declared digest and options.

    + settings: the host's settings

    A model that cannot be had does not keep the others back, but fails the host at the end.
    """
    todo = work(settings, look(question_for(settings)))
    if not todo:
        context.host.noop(f"{len(settings.ollama.models)} models are as declared")
        return
    yield quiet("stamp", STAMP, "")
    yield FunctionCommand(bring, [settings.ollama.base_url, settings.ollama.models_dir, todo], {})


def bring(
    state: Any, host: Host, base_url: str, models_dir: str, todo: Sequence[ModelWork]
) -> bool:
    """Pull and create what is missing; False when any model could not be had."""
    # Takes its time to import, and a run that finds all models there needs none of it.
    from pyinfra_ollama.operations.bring import bring as bring_all

    return bring_all(host, base_url, models_dir, todo)
