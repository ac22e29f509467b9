"""Scripts of a deployment with a folder as their host: every path of theirs lies below it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyinfra_ollama.commands import script

_PATHS = re.compile(r"(?<![\w}$*./-])/(?=(?:opt|usr/local|var|run|etc|srv)/)")
# Dies with the script that called it, when as many of them ran as the test says.
_DEADLY = """#!/bin/sh
at() {
  echo >>"ROOT/ran"
  [ "$(wc -l <"ROOT/ran")" != "$KILL_AT" ] || { kill -9 "$PPID"; exit 1; }
}
at
APART
exec /usr/bin/NAME "$@"
"""
# Between two disks nothing can be linked, a copy may be half done, and mv copies and then removes.
_COPY = """
for to; do :; done
for from; do case $from in -*) ;; *) break ;; esac; done
copy() {
  if [ -d "$from" ]; then
    mkdir "$to"
    for one in "$from"/*; do /usr/bin/cp "$one" "$to/"; break; done
  else printf half >"$to"; fi
  at
  /usr/bin/cp -a -T "$from" "$to" || exit 1
}
"""
_APART = {
    "mv": f"""{_COPY}
disk() {{ case $1 in ROOT/opt/*) echo 1 ;; *) echo 2 ;; esac; }}
if [ "$(disk "$from")" != "$(disk "$to")" ]; then
  copy
  at
  for one in "$from"/*; do [ ! -f "$one" ] || {{ /usr/bin/rm "$one"; break; }}; done
  at
  exec /usr/bin/rm -rf "$from"
fi
""",
    "cp": f"case $1 in -*l*) exit 1 ;; esac\n{_COPY}\ncopy; exit",
}


@dataclass(frozen=True)
class Scripted:
    """A folder as a host; programs that a test stands in for come before the usual ones."""

    root: Path

    def put(self, path: str, text: str = "", mode: int = 0o644) -> Path:
        """Have a file there."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    def program(self, name: str, text: str = "exit 0") -> None:
        """Have a program of that name do this; ROOT stands for the folder."""
        text = text.replace("ROOT", str(self.root))
        self.put(f"programs/{name}", f"#!/bin/sh\n{text}\n", 0o755)

    def deadly(self, *names: str, apart: bool = False) -> None:
        """Have these programs end the script that calls them, at the moment that `run` says.

        `apart`: /opt is a disk of its own.
        """
        for name in names:
            text = _DEADLY.replace("APART", _APART.get(name, "") if apart else "")
            text = text.replace("ROOT", str(self.root)).replace("NAME", name)
            self.put(f"programs/{name}", text, 0o755)

    def here(self, text: str) -> str:
        """The text with its paths below the folder."""
        return _PATHS.sub(f"{self.root}/", text)

    def run(
        self, name: str, *words: str, stdin: str = "", kill_at: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a script."""
        for folder in ("run/lock", "var/lib/pyinfra-ollama", "etc", "usr/local/bin"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "ran").unlink(missing_ok=True)
        # The script adds folders to PATH behind what is there.
        path = f"{self.root}/programs:/usr/bin:/bin"
        return subprocess.run(
            ["sh", "-c", self.here(script(name)), "pyinfra-ollama", *words],
            env={"PATH": path, "KILL_AT": str(kill_at)},
            input=self.here(stdin),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
