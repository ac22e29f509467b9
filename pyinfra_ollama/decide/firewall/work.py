"""What has to be done so that ufw filters as declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyinfra_ollama.decide.firewall.rules import Key, Rule, is_ours, of_ufw, wanted
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared, Firewall, Opening
from pyinfra_ollama.snapshot import FirewallState, Snapshot, UfwRule

CLOSED = ("DROP", "REJECT")


@dataclass(frozen=True)
class FirewallWork:
    """`add`: rules to make or to name anew, SSH first; `remove`: ours that are not declared.

    `reasons`: what else differs. `ipv6`: whether the host's kernel has it.
    """

    add: tuple[Rule, ...]
    remove: tuple[Rule, ...]
    reasons: tuple[str, ...]
    ipv6: bool

    @property
    def nothing(self) -> bool:
        """Whether the host is as declared."""
        return not (self.add or self.remove or self.reasons)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The rules for scripts/ufw.sh; what is allowed comes before what goes."""
        rows = [("allow", rule, rule.comment) for rule in self.add]
        rows += [("delete", rule, "") for rule in self.remove]
        return tuple(f"{a}|{r.protocol}|{r.port}|{r.network}|{text}" for a, r, text in rows)


def todo(declared: Declared, snapshot: Snapshot) -> FirewallWork | None:
    """What has to be done on a host; None where no firewall is declared. RefusedError as `work`."""
    if declared.firewall is None:
        return None
    if snapshot.firewall is None:
        raise RefusedError("the host did not say what its firewall is, so nothing is changed")
    return work(declared.firewall, declared.opened, snapshot.firewall)


def work(firewall: Firewall, opened: Iterable[Opening], state: FirewallState) -> FirewallWork:
    """Compare; RefusedError when the host's rules could not be read or contradict.

    + opened: what the host's own services need besides what is declared

    A person's own rule that lets in the same counts as the declared one, and is never ours to
    remove; one that denies the same is a contradiction.
    """
    if state.installed and (state.rules is None or state.live is None):
        raise RefusedError(
            "ufw's rules could not be read on this host, so nothing is changed; look with: "
            "ufw status verbose; iptables -S"
        )
    declared = wanted(firewall, opened, state)
    existing = {of_ufw(rule).key: rule for rule in state.rules or () if rule.plain}
    add = []
    for rule in declared:
        there = existing.get(rule.key)
        if there is not None and there.action in ("deny", "reject"):
            raise RefusedError(contradiction(rule, there))
        if there is None or (is_ours(there) and there.comment != rule.comment):
            add.append(rule)
    keys = {rule.key for rule in declared}
    remove = tuple(
        of_ufw(rule) for key, rule in existing.items() if is_ours(rule) and key not in keys
    )
    return FirewallWork(
        add=tuple(add),
        remove=remove,
        reasons=tuple(_reasons(state, declared, existing)),
        ipv6=state.kernel_ipv6,
    )


def contradiction(rule: Rule, there: UfwRule) -> str:
    """Why a declared rule cannot be made beside a person's."""
    return (
        f"ufw has a rule of a person's own, '{there.action} {rule.text}', where that port is "
        "declared open: remove the rule, or the declaration"
    )


def _reasons(
    state: FirewallState, declared: Iterable[Rule], existing: Mapping[Key, UfwRule]
) -> Iterator[str]:
    if state.pending:
        yield "an earlier change was not confirmed"
    if not state.enabled:
        yield "ufw is not enabled"
        return
    if not _filters(state, declared, existing):
        yield "the kernel does not filter as ufw's rules say"
    if not state.at_boot:
        yield "ufw does not start at boot"
    if state.incoming not in CLOSED:
        yield "what comes in is not denied by default"
    if state.kernel_ipv6 and not state.ipv6:
        yield "ufw leaves IPv6 out"


def _filters(
    state: FirewallState, declared: Iterable[Rule], existing: Mapping[Key, UfwRule]
) -> bool:
    """Whether the kernel has what ufw has on disk: the hooks, each line, and ours to the letter."""
    live = state.live or {}
    for family in (4, 6) if state.kernel_ipv6 else (4,):
        chain = live.get(family)
        if chain is None or not chain.hooked or chain.policy != "DROP":
            return False
        if len(chain.user) != state.lines[family]:
            return False
        made = (rule for rule in declared if rule.family == family and rule.key in existing)
        if any(existing[r.key].action == "allow" and r.live not in chain.user for r in made):
            return False
    return True
