"""What is said of a host that is not asked as root."""

from __future__ import annotations

from pyinfra_ollama.decide.preflight import findings
from tests.unit.decide.hosts import declaration, host


def test_an_ordinary_user_is_told_that_and_no_guesses() -> None:
    """Who holds the port cannot be seen, so it is not said to be a stranger."""
    seen = host(uid=1000, port_holders=("LISTEN 0 4096 127.0.0.1:11434 0.0.0.0:*",))
    found = findings(declaration(), seen, (), {})
    failures = [finding.check for finding in found if finding.level == "failure"]
    assert failures == ["root"]
