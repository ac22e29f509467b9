"""All managed files of a task in one operation."""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra import context, logger

from pyinfra_ollama.commands import piped
from pyinfra_ollama.decide.files import ManagedFile, changed, diff, payload, readable
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.facts.text import FileTexts
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.snapshot import Question, Snapshot


@host_operation
def managed_files(*, files: Sequence[ManagedFile], question: Question, judge: str = "") -> Steps:
    """
    Have files with exactly this content, mode and owner, swapped in atomically together.

    + files: the files, see `ManagedFile`
    + question: the snapshot question; it must ask about every path in `files`
    + judge: a shell command that must succeed on the candidates, laid out under ``$stage``

    With ``--diff`` each change is shown before the first command, also on a bare host.
    """
    yield from swapped_in(files, look(question), judge)


def swapped_in(files: Sequence[ManagedFile], snapshot: Snapshot, judge: str = "") -> Steps:
    """The steps of `managed_files`, for operations that make their files of the snapshot."""
    to_write = changed(files, snapshot.files)
    if not to_write:
        context.host.noop(f"{len(files)} files are as declared")
        return
    state = context.state
    if state.config.DIFF and state.check_for_changes is not state.is_executing:
        _show(to_write, snapshot)
    yield piped("files", judge, stdin=payload(files, to_write))


def _show(files: Sequence[ManagedFile], snapshot: Snapshot) -> None:
    paths = readable(files, snapshot.files)
    old = context.host.get_fact(FileTexts, paths=paths) if paths else {}
    for file in files:
        for line in diff(file, snapshot.files.get(file.path), old.get(file.path)):
            context.host.log(line, log_func=logger.info)
