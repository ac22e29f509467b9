"""Ways to damage a verified host, each with the one check that must turn red, and the mending.

Shell commands run by root on the host. Every Ollama they start keeps OLLAMA_NO_CLOUD=1.
"""

from __future__ import annotations

from dataclasses import dataclass

DROP_IN = "/etc/systemd/system/ollama.service.d/90-damage.conf"
RESTART = "systemctl daemon-reload && systemctl restart ollama"
EXECUTABLE = "/opt/ollama/current/bin/ollama"
MODELS = "/usr/share/ollama/.ollama/models"


@dataclass(frozen=True)
class Damage:
    """What is done to the host, what it must turn red, and what undoes it.

    + seen: words that the red check's finding must hold
    + also: checks that show it as a warning, because it is red elsewhere
    """

    name: str
    check: str
    seen: str
    do: str
    undo: str
    also: frozenset[str] = frozenset()


def drop_in(line: str) -> str:
    """Have one more line in the unit, and the service restarted with it."""
    return f"printf '[Service]\\n{line}\\n' > {DROP_IN} && {RESTART} && {ANSWERS}"


def answers(address: str) -> str:
    """Wait until a server answers there."""
    return f"curl -sS --fail --retry 50 --retry-delay 0 --retry-all-errors {address}/api/version"


ANSWERS = answers("http://127.0.0.1:11434")
NO_DROP_IN = f"rm -f {DROP_IN} && {RESTART} && {ANSWERS}"

DAMAGES = (
    Damage(
        "stopped",
        "service",
        "inactive (dead)",
        "systemctl stop ollama",
        f"systemctl start ollama && {ANSWERS}",
    ),
    Damage(
        "disabled", "service", "disabled", "systemctl disable ollama", "systemctl enable ollama"
    ),
    Damage(
        "crashed and restarted by systemd",
        "service",
        "restarted 1 times",
        "systemctl kill --kill-whom=main -s KILL ollama; sleep 4; " + ANSWERS,
        f"systemctl restart ollama && {ANSWERS}",
    ),
    Damage(
        "unit files edited without a reload",
        "service",
        "changed since",
        f"printf '[Service]\\nNice=1\\n' > {DROP_IN}",
        f"rm {DROP_IN} && systemctl daemon-reload",
    ),
    Damage(
        "file replaced under the running process",
        "binary",
        "(deleted)",
        f"cp -p {EXECUTABLE} /tmp/new && mv /tmp/new $(readlink -f {EXECUTABLE})",
        f"systemctl restart ollama && {ANSWERS}",
    ),
    Damage(
        "a variable that nobody declared",
        "environment",
        "OLLAMA_DEBUG=1",
        drop_in("Environment=OLLAMA_DEBUG=1"),
        NO_DROP_IN,
    ),
    Damage(
        "open on all addresses",
        "listeners",
        "open to other machines",
        drop_in("Environment=OLLAMA_HOST=0.0.0.0:11434"),
        NO_DROP_IN,
        also=frozenset({"environment", "outside"}),
    ),
    Damage(
        "open on all addresses, IPv6 too",
        "listeners",
        "open to other machines",
        drop_in("Environment=OLLAMA_HOST=[::]:11434"),
        NO_DROP_IN,
        also=frozenset({"environment", "outside"}),
    ),
    Damage(
        "on another port",
        "listeners",
        "nothing of the service on 127.0.0.1:11434",
        f"printf '[Service]\\nEnvironment=OLLAMA_HOST=127.0.0.1:11435\\n' > {DROP_IN} && "
        f"{RESTART} && {answers('http://127.0.0.1:11435')}",
        NO_DROP_IN,
        also=frozenset({"environment"}),
    ),
    Damage(
        "a second server started by hand",
        "listeners",
        "11999",
        "systemd-run --unit=stray -E HOME=/tmp -E OLLAMA_NO_CLOUD=1 "
        f"-E OLLAMA_HOST=0.0.0.0:11999 {EXECUTABLE} serve && {answers('http://127.0.0.1:11999')}",
        "systemctl stop stray",
    ),
    Damage(
        "forwarded from the host's own address",
        "outside",
        "answers with",
        # The socket unit's address is filled in by the test.
        "printf '[Socket]\\nListenStream=ADDRESS:11434\\n' > /run/systemd/system/forward.socket && "
        "printf '[Service]\\nExecStart=/lib/systemd/systemd-socket-proxyd 127.0.0.1:11434\\n' "
        "> /run/systemd/system/forward.service && systemctl daemon-reload && "
        "systemctl start forward.socket",
        "systemctl stop forward.socket forward.service; "
        "rm /run/systemd/system/forward.*; systemctl daemon-reload",
    ),
    Damage(
        "a model deleted",
        "models",
        "no ",
        f"mv {MODELS}/manifests/*/library/smollm2 /tmp/away",
        f"mv /tmp/away $(echo {MODELS}/manifests/*/library)/smollm2",
    ),
    Damage(
        "a model's weights cut off",
        "generate",
        "",
        f"cd {MODELS}/blobs && file=$(ls -S | head -n 1) && mkdir -p /tmp/whole && "
        "cp -p $file /tmp/whole && truncate -s 1M $file && "
        f"systemctl restart ollama && {ANSWERS}",
        f"cp -p /tmp/whole/* {MODELS}/blobs && systemctl restart ollama && {ANSWERS}",
    ),
    Damage(
        "localhost not in /etc/hosts",
        "localhost",
        "",
        "mv /etc/hosts /etc/hosts.away",
        "mv /etc/hosts.away /etc/hosts",
    ),
    Damage(
        "models readable by everybody",
        "permissions",
        "0755",
        f"chmod 755 {MODELS}",
        f"chmod 700 {MODELS}",
    ),
    Damage(
        "a home that others can enter",
        "permissions",
        "0711",
        "chmod 711 /usr/share/ollama",
        "chmod 700 /usr/share/ollama",
    ),
)
