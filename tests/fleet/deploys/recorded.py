"""deploy.py, with every answer that an operation was given appended to the file $ANSWERS."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from pyinfra import host

from pyinfra_ollama.facts import snapshot

plain = snapshot.look


def look(question):
    answer = plain(question)
    with Path(os.environ["ANSWERS"]).open("a") as file:
        row = {"host": host.name, **asdict(answer)}
        file.write(json.dumps(row, default=sorted, sort_keys=True) + "\n")
    return answer


# Once for all hosts, and before the operations take it from there.
if plain.__module__ == snapshot.__name__:
    snapshot.look = look

exec(compile(Path("deploy.py").read_text(), "deploy.py", "exec"))
