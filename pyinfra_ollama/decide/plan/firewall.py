"""What would change of the firewall."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.firewall import Rule, todo
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def firewall(declared: Declared, snapshot: Snapshot) -> Iterator[Change]:
    """Rules that come and go, then what else differs."""
    work = todo(declared, snapshot)
    if work is None or snapshot.firewall is None:
        return
    for rule in work.add:
        yield _rule("allow", rule)
    for rule in work.remove:
        yield _rule("remove", rule)
    if work.reasons:
        action = "mend" if snapshot.firewall.enabled else "enable"
        yield Change(Step.FIREWALL, action, "ufw", why=work.reasons)


def _rule(action: str, rule: Rule) -> Change:
    details = {"port": rule.port, "protocol": rule.protocol, "network": rule.network}
    return Change(Step.FIREWALL, action, rule.text, rule.comment, details=details)
