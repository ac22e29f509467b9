"""Asking one host: `probe.sh` run by root.

The script is the verifier's own: it shares nothing with the facts that the deployment decides by.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.verifier.answers import Probe
from pyinfra_ollama.verifier.reading import parse

__all__ = ["Asked", "ask"]

PROBE_SECONDS = 60

Asked = Literal["all", "again"]


def ask(
    host: Host,
    *,
    models: str,
    home: str,
    swapfile: str = "",
    asked: Asked = "all",
) -> Probe:
    """Run the script; "again" asks only what loading models changes.

    Raises `HostError` when the host gives no answer at all.
    """
    output = run_script(
        host, _script(), asked, models, home, swapfile, timeout_seconds=PROBE_SECONDS
    )
    if not output.stdout:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise HostError(f"the probe did not run; the host said: {said[:300]}")
    return parse(output.stdout)


@cache
def _script() -> str:
    return files(__package__).joinpath("probe.sh").read_text(encoding="utf-8")
