"""`make demo`: one bare disposable host becomes a verified Ollama server, before your eyes.

Every step is the command that a person would type, run as a process of its own; only the lab's
URLs differ from production. The lab is removed at the end, also after a failure or Ctrl-C,
unless KEEP=1 is in the environment. Talk goes to stderr; the verifier's table, the model's answer
and the step times go to stdout. Exit code 0 when all went well, else 1 (130 after Ctrl-C).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LAB = "demo"
HOST = "host1"
ROOT = Path(__file__).resolve().parents[1]
# The programs of the environment that this one runs in.
PYTHON = sys.executable
PYINFRA = str(Path(sys.executable).with_name("pyinfra"))
PYINFRA_OLLAMA = str(Path(sys.executable).with_name("pyinfra-ollama"))
INVENTORY = "inventories/lab.py"
QUESTION = "What is the capital of France? Answer in one sentence."
# The lab's chat model; the other one only embeds.
CHAT_MODEL = "smollm2"
ANSWER_TOKENS = 32
# What a spectator may want to type next.
SHELL = f".venv/bin/python -m lab ssh --name {LAB} {HOST}"
DRY_RUN = ".venv/bin/pyinfra inventories/prod.py deploy.py --dry --diff"


class DemoError(Exception):
    """A step did not do what it is there to show; the text says which and how to look."""


class Steps:
    """The phases of the demonstration: announces each one and remembers how long it took."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float]] = []
        self._begun = 0
        self._started = time.monotonic()

    @contextmanager
    def step(self, title: str, sentence: str) -> Iterator[None]:
        """Run one phase; `sentence` tells the spectator what it is for."""
        self._begun += 1
        say(f"\n{self._begun}. {sentence}")
        started = time.monotonic()
        yield
        self.taken.append((title, time.monotonic() - started))

    def table(self) -> str:
        """One line per phase, and the sum, in seconds."""
        rows = [*self.taken, ("in all", time.monotonic() - self._started)]
        return "\n".join(f"  {title:<22}{seconds:7.1f} s" for title, seconds in rows)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(*words: str, capture: bool = False, stdin: str = "") -> str:
    """Run a command as a person would and show it; returns its stdout when captured."""
    shown = [Path(words[0]).name if words[0].startswith("/") else words[0], *words[1:]]
    say(f"   $ {' '.join(shown)}")
    result = subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "LAB": LAB},
        input=stdin,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )
    if result.returncode:
        raise DemoError(f"`{' '.join(shown)}` ended with exit code {result.returncode}")
    return result.stdout or ""


def lab(*words: str) -> None:
    run(PYTHON, "-m", "lab", *words)


def on_host(command: str, *, stdin: str = "") -> str:
    """What a shell command prints on the demo's host, asked with plain ssh."""
    words = (PYTHON, "-m", "lab", "ssh", "--name", LAB, HOST, "--", command)
    return run(*words, capture=True, stdin=stdin)


def ask_the_model() -> str:
    """The answer of the deployed chat model to QUESTION, through ssh and the loopback API."""
    api = "http://127.0.0.1:11434/api"
    models = json.loads(on_host(f"curl -sSf {api}/tags"))["models"]
    model = next(entry["name"] for entry in models if CHAT_MODEL in entry["name"])
    question = {
        "model": model,
        "messages": [{"role": "user", "content": QUESTION}],
        "stream": False,
        "options": {"temperature": 0, "num_predict": ANSWER_TOKENS},
    }
    reply = json.loads(on_host(f"curl -sSf --json @- {api}/chat", stdin=json.dumps(question)))
    return str(reply["message"]["content"]).strip()


def deploy_again() -> str:
    """Deploy a second time and prove that nothing was touched; returns the proof in words."""
    before = main_pid()
    report: dict[str, Any] = json.loads(
        run(PYINFRA, INVENTORY, "deploy.py", "-y", "--json", capture=True)
    )
    totals = report["results"]["totals"]
    changed = [entry["name"] for entry in report["results"]["operations"] if entry["success"]]
    if changed or totals["error"]:
        raise DemoError(f"the second deployment was not quiet: {', '.join(changed) or totals}")
    if main_pid() != before:
        raise DemoError(f"the second deployment restarted the server (its process was {before})")
    return f"{totals['no_change']} operations, 0 changes; the server is still process {before}"


def main_pid() -> str:
    return on_host("systemctl show --property MainPID --value ollama").strip()


def show(steps: Steps) -> None:
    """The phases in order."""
    sentence = "Boot a bare Debian host. The first time on a machine, build the server as well."
    with steps.step("lab up", sentence):
        lab("up", "--hosts", "1", "--plain-root", "1", "--name", LAB)
    with steps.step("dry run", "Ask what a deployment would change. Nothing is touched."):
        run(PYINFRA, INVENTORY, "deploy.py", "--dry", "--diff")
    with steps.step("deployment", "Deploy: the bare host becomes an Ollama server."):
        run(PYINFRA, INVENTORY, "deploy.py", "-y")
    with steps.step("verification", "Verify: ask the host itself, trusting nothing of the above."):
        run(PYINFRA_OLLAMA, "verify", INVENTORY)
    with steps.step("question", "Ask the model something."):
        answer = ask_the_model()
    print(f"\n   Question: {QUESTION}\n   Answer:   {answer}", flush=True)
    with steps.step("second deployment", "Deploy once more: nothing may change."):
        proof = deploy_again()
    print(f"\n   Second deployment: {proof}", flush=True)


def refusal() -> str | None:
    """Why the demonstration cannot run here, in one line."""
    if sys.platform != "linux":
        return f"it boots hosts with systemd-nspawn, which needs Linux (this is {sys.platform})"
    if os.geteuid() != 0:
        return "it boots hosts with systemd-nspawn, which needs root: sudo make demo"
    return None


def guarded(work: Callable[[], None]) -> int:
    """Run the work and turn what a person can cause into a line and an exit code."""
    try:
        work()
    except DemoError as error:
        say(f"\ndemo: {error}. Look around with: make demo KEEP=1")
        return 1
    except KeyboardInterrupt:
        say("\ndemo: interrupted")
        return 130
    return 0


def main() -> int:
    reason = refusal()
    if reason:
        say(f"demo: {reason}")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    steps = Steps()
    say("A bare machine becomes a verified Ollama server, here, on a host that lives for a minute.")
    # What an earlier KEEP=1 left would not be bare.
    status = guarded(lambda: lab("down", "--name", LAB)) or guarded(lambda: show(steps))
    # The hosts must not outlive an impatient second Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.environ.get("KEEP") == "1":
        say(f"\nThe lab is left up. Look: {SHELL}. End it: make lab-down LAB={LAB}")
    else:
        with steps.step("lab down", "Remove the host and all that it brought."):
            status = guarded(lambda: lab("down", "--name", LAB)) or status
    if steps.taken:
        print(f"\nStep times:\n{steps.table()}", flush=True)
    if status == 0:
        say(f"\nAll good. Next, for your own machine: edit inventories/prod.py, then {DRY_RUN}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
