"""`ollama-backup` on one host: put there, run, and its answer read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyinfra.api.host import Host

from pyinfra_ollama import engine, layout
from pyinfra_ollama.commands import Hidden, quiet
from pyinfra_ollama.decide.backup.files import of, tool_files
from pyinfra_ollama.decide.files import payload
from pyinfra_ollama.engine.connection import Output
from pyinfra_ollama.keeping.results import Snapshot
from pyinfra_ollama.settings import Declared

__all__ = ["Answer", "ask", "listed", "prepare"]

APT_SECONDS = 900
LOCK_SECONDS = 300
FILES_SECONDS = 60
_CODE = "@@code "
_STATUS = "@@status "

# What went wrong is a line for a person; the code and the numbers are for this program.
_RUN = f"""\
tool={layout.backup.COMMAND} state={layout.backup.RESULTS}
[ -x "$tool" ] || {{ echo "$tool is not there: run deploy.py first"; echo '{_CODE}1'; exit 0; }}
code=0
"$tool" "$@" 2>&1 || code=$?
printf '%s%s\\n' '{_CODE}' "$code"
[ ! -r "$state/$1" ] || sed 's/^/{_STATUS}/' "$state/$1"
"""


@dataclass(frozen=True)
class Answer:
    """The tool's exit code, what it said, and what it keeps of the command (docs/backup.md)."""

    code: int
    said: tuple[str, ...]
    numbers: dict[str, str]


def ask(host: Host, *arguments: str, timeout_seconds: int) -> Answer:
    """Run the tool on a connected host. Raises `HostError` when there is no answer."""
    output = engine.run_script(host, _RUN, *arguments, timeout_seconds=timeout_seconds)
    return read(output.stdout, " ".join(output.stderr))


def read(lines: Iterable[str], complaint: str = "") -> Answer:
    """Read what came back. Raises `HostError` when it is not whole."""
    said, numbers, code = [], dict[str, str](), None
    for line in lines:
        if line.startswith(_CODE):
            code = int(line.removeprefix(_CODE))
        elif line.startswith(_STATUS):
            key, _, value = line.removeprefix(_STATUS).partition("=")
            numbers[key] = value
        elif line.strip():
            said.append(line)
    if code is None:
        raise engine.HostError(f"ollama-backup gave no answer; the host said: {complaint[:300]}")
    return Answer(code, tuple(said), numbers)


def listed(answer: Answer) -> tuple[Snapshot, ...]:
    """The snapshots of an answer to `snapshots`. Raises `HostError` when they cannot be read."""
    try:
        rows = json.loads("".join(answer.said)) or []
        return tuple(_snapshot(row) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise engine.HostError(f"the list of snapshots could not be read: {error!r}") from error


def _snapshot(row: dict[str, object]) -> Snapshot:
    tags = row.get("tags") or []
    versions = [tag for tag in tags if str(tag).startswith("ollama-")]  # type: ignore[attr-defined]
    version = str(versions[0]).removeprefix("ollama-") if versions else ""
    return Snapshot(str(row["short_id"]), str(row["time"])[:19].replace("T", " "), version)


def prepare(host: Host, declared: Declared, templates: Path) -> None:
    """Have restic, the tool and its settings on a connected host, which may be a bare one.

    Raises `HostError` when one of them cannot be had. What is written is what the deployment
    declares, so it finds it as it wants it.
    """
    there = engine.run_script(host, "command -v restic", timeout_seconds=FILES_SECONDS)
    if not there.succeeded:
        apt = quiet("apt", "yes", "", str(LOCK_SECONDS), *of(declared).packages)
        _must(engine.run_command(host, apt, timeout_seconds=APT_SECONDS), "restic")
    files = [file for file in tool_files(declared, templates) if file.content is not None]
    written = engine.run_command(
        host, quiet("files", ""), timeout_seconds=FILES_SECONDS, stdin=Hidden(payload(files, files))
    )
    _must(written, "the backup's files")


def _must(output: Output, what: str) -> None:
    if not output.succeeded:
        said = " ".join([*output.stderr, *output.stdout]).strip() or "nothing at all"
        raise engine.HostError(f"{what} could not be put there; the host said: {said[:300]}")
