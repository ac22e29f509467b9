"""The firewall: which rules must be there, which of ours are surplus, what stands in the way."""

from pyinfra_ollama.decide.firewall.findings import findings
from pyinfra_ollama.decide.firewall.rules import Rule, wanted
from pyinfra_ollama.decide.firewall.work import FirewallWork, todo, work

__all__ = ["FirewallWork", "Rule", "findings", "todo", "wanted", "work"]
