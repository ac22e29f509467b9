"""Changes that people make, one at a time: to a declaration, or by hand on a host.

For tests that compare what a plan foretells with what the run does. None loads a model.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import OLDER, VERSION, Fleet

UNIT = "/etc/systemd/system/ollama.service"
DROP_IN = f"{UNIT}.d/50-pyinfra-ollama.conf"
MODELS = "/usr/share/ollama/.ollama/models"
SWAPS = ("host3",)
LOGIN = Secret.command("echo", "http://joe:hunter2@10.0.0.1:3128")

# Setting, and the values it moves between; the first is where a host starts.
VALUES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("ollama", "version"): (VERSION, OLDER),
    ("ollama", "port"): (11434, 11500, 11600),
    ("ollama", "num_parallel"): (1, 2, 4),
    ("ollama", "keep_alive"): ("5m", "1h", "-1"),
    ("ollama", "context_length"): (0, 2048),
    ("ollama", "sched_spread"): (False, True),
    ("ollama", "max_queue"): (512, 64),
    ("ollama", "no_prune"): (False, True),
    ("ollama", "models_dir"): (MODELS, "/srv/models", "/usr/share/ollama/weights"),
    ("ollama", "environment"): ({}, {"LLAMA_ARG_CACHE_RAM": "256"}),
    ("ollama", "https_proxy"): (None, "http://10.0.0.1:3128", LOGIN),
    ("ollama", "models"): ("none", "embedding", "embedding and one made of it", "made, larger"),
    ("service", "memory_max"): (None, "6G"),
    ("service", "cpu_quota_percent"): (None, 200),
    ("service", "tasks_max"): (None, 500),
    ("service", "restart_seconds"): (3, 5),
    ("service", "start_limit_burst"): (5, 7),
    ("release", "keep"): (2, 1, 3),
    ("release", "gpu_libraries"): ("auto", "keep"),
    ("packages", "tools"): ([], ["tree"], ["tree", "lsof"]),
    ("verify", "max_tokens"): (4, 8),
}
SWAP_VALUES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("swap", "size"): ("32M", "48M", "0"),
    ("swap", "swappiness"): (10, 20),
}

# What a person does on the host; it must be there to be damaged, so each may do nothing.
BY_HAND = {
    "stops the service": "systemctl stop ollama",
    "disables the service": "systemctl disable -q ollama",
    "edits the unit": f"echo '# by hand' >>{UNIT}",
    "edits the environment": f"sed -i 's/OLLAMA_HOST=[^\"]*/OLLAMA_HOST=127.0.0.1:1/' {DROP_IN}",
    "closes the unit": f"chmod 600 {UNIT}",
    "adds a drop-in": f"printf '[Service]\\nNice=1\\n' >{UNIT}.d/60-nice.conf",
    "removes the unit": f"rm -f {UNIT}",
    "removes the link current": "rm -f /opt/ollama/current",
    "removes the command": "rm -f /usr/local/bin/ollama",
    "removes the running release": "rm -rf $(readlink -f /opt/ollama/current)",
    "leaves half a release": "mkdir -p /opt/ollama/releases/.staging-abc",
    "forgets the state": "rm -rf /var/lib/pyinfra-ollama",
    "opens the models": "chmod 755 /usr/share/ollama",
    "writes as root among the models": f"mkdir -p {MODELS} && touch {MODELS}/by-hand",
    "removes curl": "dpkg --purge --force-depends curl",
    "removes zstd": "dpkg --purge --force-depends zstd",
    "deletes all models": f"rm -rf {MODELS}/manifests",
    "switches swap off": "swapoff /swapfile-*",
    "removes the kernel's setting": "rm -f /etc/sysctl.d/60-pyinfra-ollama.conf",
}


@dataclass
class Wanted:
    """What one host is declared to be, changed at random."""

    host: str
    fleet: Fleet
    chosen: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = {**VALUES, **(SWAP_VALUES if self.host in SWAPS else {})}
        self.chosen = {key: values[0] for key, values in self.values.items()}

    def edit(self, dice: random.Random) -> str:
        """Give one setting another value; says which."""
        key = dice.choice(sorted(self.values))
        self.chosen[key] = dice.choice([v for v in self.values[key] if v != self.chosen[key]])
        return f"{self.host} declares {'.'.join(key)} = {self.chosen[key]!r}"

    def settings(self) -> dict[str, dict[str, Any]]:
        """As `Fleet.inventory` takes them in `each`."""
        found: dict[str, dict[str, Any]] = {}
        for (section, name), value in self.chosen.items():
            found.setdefault(section, {})[name] = copy.deepcopy(value)
        if "swap" in found:
            found["swap"]["path"] = f"/swapfile-{self.fleet.lab.name}-{self.host}"
        found["ollama"]["models"] = self._models(str(found["ollama"]["models"]))
        return found

    def _models(self, words: str) -> list[dict[str, Any]]:
        plain = self.fleet.embedding()
        made = {"name": "made", "base": plain["name"], "insecure": True, "role": "embedding"}
        return {
            "none": [],
            "embedding": [plain],
            "embedding and one made of it": [plain, {**made, "options": {"num_ctx": 128}}],
            "made, larger": [{**made, "options": {"num_ctx": 256}}],
        }[words]


def damage(fleet: Fleet, host: str, dice: random.Random) -> str:
    """Let a person do something by hand on the host; says what."""
    name = dice.choice(sorted(BY_HAND))
    fleet.ssh(host, BY_HAND[name])
    return f"somebody {name} on {host}"
