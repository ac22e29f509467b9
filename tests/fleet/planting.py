"""Secrets planted in a host's declaration, and commands that must not show them."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import BIN, Fleet, Ran, run

HOST = "host2"
# Another one in each run, so that nothing of an earlier one is found.
LOGIN = f"canary-{token_hex(8)}"
PROXY = f"http://user:{LOGIN}@127.0.0.1:9"
# Operations that fail, with the settings in the exception.
FAULT = """
from pyinfra.api.operation import operation
from pyinfra_ollama.declared import declaration

@operation()
def fault(declared):
    if __import__("pyinfra").context.state.is_executing:
        raise KeyError(repr(declared))
    yield "true"

fault(name="Fail", declared=declaration())
"""


def forms(word: str) -> Iterator[str]:
    """The word, and how it looks inside of base64, where it may begin in three ways."""
    yield word
    for shift, unsure in enumerate((0, 2, 3)):
        given = b" " * shift + word.encode()
        yield b64encode(given).decode()[unsure : len(given) * 8 // 6]


class Planted:
    """The host, the inventories that know its secrets by their source, and what was said."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.key, passphrase = fleet.folder / "key", f"canary-{token_hex(8)}"
        self.key.touch(mode=0o600)
        self.key.write_text(fleet.lab.key.read_text())
        closing = ["ssh-keygen", "-q", "-p", "-N", passphrase, "-f", self.key]
        subprocess.run(closing, check=True, stdin=subprocess.DEVNULL)
        line_of_the_key = self.key.read_text().splitlines()[2]
        planted = (LOGIN, fleet.lab.sudo_password, passphrase, line_of_the_key)
        self.words = [form for word in planted for form in forms(word)]
        self.variables = {
            "CANARY_PROXY": PROXY,
            "CANARY_SUDO": fleet.lab.sudo_password,
            "CANARY_PASSPHRASE": passphrase,
        }

    def inventory(self, *, skip_network: bool = True, **declared: object) -> Path:
        """Secrets by variable; keywords are fields of Ollama."""
        ollama = {"https_proxy": Secret.env("CANARY_PROXY"), **declared}
        return self.fleet.inventory(
            HOST,
            user="asker",
            ollama=ollama,
            preflight={"skip_network": skip_network},
            service={"start_timeout_seconds": 5},
            each={
                HOST: {
                    "_sudo_password": Secret.env("CANARY_SUDO"),
                    "ssh_key": Secret.file(self.key),
                    "ssh_key_password": Secret.env("CANARY_PASSPHRASE"),
                }
            },
        )

    def run(self, program: str, inventory: Path, words: str, **variables: str) -> Ran:
        """Run a command; nothing that it says may be a secret."""
        before, _, after = words.rpartition("INV")
        command = [str(BIN / program), *before.split(), str(inventory), *after.split()]
        ran = run(command, 300, **{**self.variables, **variables})
        shown = [word for word in self.words if word in ran.text]
        assert not shown, f"{program} {words} shows a secret:\n{ran.text}"
        return ran

    def plan(self, inventory: Path, code: int, *styles: str, **variables: str) -> None:
        """Plan in these formats, every one if none is named; each must end with the code."""
        for style in styles or ("text", "markdown", "json"):
            words = f"plan -vv --format {style} INV"
            ran = self.run("pyinfra-ollama", inventory, words, **variables)
            assert ran.code == code, ran.text

    def verify(self, inventory: Path, code: int, *styles: str) -> None:
        """Verify in these formats, every one if none is named; each must end with the code."""
        for style in styles or ("table", "json", "junit"):
            ran = self.run("pyinfra-ollama", inventory, f"verify -vv --format {style} INV")
            assert ran.code == code, ran.text

    def pyinfra(self, inventory: Path, words: str, code: int = 0, **variables: str) -> Ran:
        """Run pyinfra, which must end with the code."""
        ran = self.run("pyinfra", inventory, words, **variables)
        assert ran.code == code, f"pyinfra {words} ended with {ran.code}:\n{ran.text}"
        return ran
