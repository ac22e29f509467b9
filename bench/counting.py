"""Runs pyinfra and counts what it sends to each host: `python counting.py FILE ARGUMENTS...`.

Counted where it leaves, at paramiko's channels: every command that an SSH server is asked to
start, and every file transfer. So nothing is missed that pyinfra does not show, nor what an
operation sends by another way than pyinfra's own. Writes {address: [commands, transfers]} to FILE.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

# Patches the standard library for gevent, so it comes before paramiko, as in pyinfra itself.
import pyinfra_cli  # type: ignore[import-untyped]  # noqa: F401  # isort: skip
from paramiko import Channel
from pyinfra_cli.main import main  # type: ignore[import-untyped]

COMMAND, TRANSFER = 0, 1


def count(into: dict[str, list[int]]) -> None:
    """Have every channel note what it is opened for, under the address of its host."""
    for name, kind in (("exec_command", COMMAND), ("invoke_subsystem", TRANSFER)):
        original = getattr(Channel, name)

        def counted(
            channel: Channel, *words: Any, _original: Any = original, _kind: int = kind
        ) -> Any:
            into[channel.getpeername()[0]][_kind] += 1
            return _original(channel, *words)

        setattr(Channel, name, counted)


if __name__ == "__main__":
    path, arguments = Path(sys.argv[1]), sys.argv[2:]
    sys.path.pop(0)  # the folder of this file, which pyinfra's command would not have
    sys.argv = ["pyinfra", *arguments]
    counted_by_address: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    count(counted_by_address)
    try:
        main()
    finally:
        path.write_text(json.dumps(counted_by_address))
