"""What being observed costs, as Markdown, and what it is to cost at most."""

from __future__ import annotations

from bench.metrics.results import NGINX, NODE, OWN, Results
from bench.report import judged, machine, table
from bench.targets import Target

CORE_PERCENT, ADDED_MS = 1.0, 0.1


def markdown(results: Results) -> str:
    """Everything, as it is printed and as it stands in docs/bench.md."""
    parts = []
    if cost := results.cost:
        head = f"Processor time, asked every {cost.interval:g} s for {cost.seconds:.0f} s, "
        parts += [head + f"{cost.requests} requests through the gateway meanwhile:", _cost(results)]
    if results.rounds:
        parts += [
            f"Time to the first word through the gateway, asked every {results.every:g} s or not:",
            _rounds(results),
        ]
    parts += ["Targets:", judged(targets(results)), "The machine:", machine(results)]
    return "\n\n".join(parts) + "\n"


def targets(results: Results) -> list[Target]:
    """What being observed may cost."""
    percent = results.cost.percent(OWN) if results.cost else None
    added = None if results.added is None else results.added * 1000
    return [
        Target(
            f"the exporter takes less than {CORE_PERCENT:g} % of a core",
            "-" if percent is None else f"{percent:.2f} %",
            None if percent is None else percent < CORE_PERCENT,
        ),
        Target(
            f"at most {ADDED_MS:g} ms added to the first word",
            "-" if added is None else f"{added:.3f} ms",
            None if added is None else added <= ADDED_MS,
        ),
    ]


def _cost(results: Results) -> str:
    cost = results.cost
    assert cost is not None
    rows = [
        [name, f"{cost.percent(name):.2f} %", f"{cost.cpu[name] / cost.scrapes * 1000:.1f} ms"]
        for name in (OWN, NODE, NGINX)
    ]
    return table(["program", "of one core", "a scrape"], rows)


def _rounds(results: Results) -> str:
    rows = []
    for observed, label in ((False, "nobody asks"), (True, "asked")):
        middle, most = results.of(observed)
        rows.append([label, f"{middle * 1000:.2f} ms", f"{most * 1000:.2f} ms"])
    assert results.added is not None
    count = sum(len(one.alone) + len(one.observed) for one in results.rounds)
    return (
        table(["", "median", "99 of 100 at most"], rows)
        + f"\n\nAdded to the median: {results.added * 1000:.3f} ms, the middle one of "
        f"{len(results.rounds)} rounds with {count} requests; without anybody asking a round "
        f"is {results.drift * 1000:.3f} ms from the next."
    )
