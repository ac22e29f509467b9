"""A report as plain lines, a block per host: for pipes, files and terminals without colour."""

from __future__ import annotations

from pyinfra_ollama.verifier.results import HostReport, Report, Result

__all__ = ["host_lines", "line", "more_lines", "plain", "summary"]

LONGEST_ANSWER = 60


def plain(report: Report) -> str:
    lines = [text for host in report.hosts for text in host_lines(host)]
    return "\n".join([*lines, summary(report)]) + "\n"


def host_lines(host: HostReport) -> list[str]:
    """`host status check: found`, and under it what a person needs who has to act."""
    lines = []
    if host.unreachable is not None:
        lines.append(f"{host.name}  unknown  unreachable: {line(host.unreachable)}")
    for result in host.results:
        lines.append(f"{host.name}  {result.status:<7}  {result.name}: {line(result.found)}")
        lines += [f"    {more}" for more in more_lines(result)]
    return lines


def more_lines(result: Result) -> list[str]:
    """What was expected and what to do next, of a result that is not good; a model's answer."""
    lines = []
    if result.status in ("fail", "warn") and result.expected:
        lines.append(f"expected: {line(result.expected)}")
    if result.next:
        lines.append(f"next: {result.next}")
    answer = line(str(result.details.get("answer", "")))
    if answer:
        cut = "..." if len(answer) > LONGEST_ANSWER else ""
        lines.append(f'answer: "{answer[:LONGEST_ANSWER]}{cut}"')
    return lines


def summary(report: Report) -> str:
    """One sentence: how many hosts are good, and which are not, by check."""
    counted = report.totals
    good = sum(host.status == "pass" for host in report.hosts)
    sentence = f"{good} of {counted['hosts']} {_hosts(counted['hosts'])} good"
    wrong = [_wrong(host) for host in report.hosts if host.status != "pass"]
    if wrong:
        sentence += f"; not good: {'; '.join(wrong)}"
    return f"{sentence} ({counted['pass']} checks passed in {report.seconds:.1f} s)"


def _wrong(host: HostReport) -> str:
    if host.unreachable is not None:
        return f"{host.name} (unreachable)"
    failed = [result.name for result in host.failed]
    untold = sum(result.status == "unknown" for result in host.results)
    parts = [*failed, *([f"{untold} unknown"] if untold else [])]
    return f"{host.name} ({', '.join(parts) or 'nothing was checked'})"


def _hosts(count: int) -> str:
    return "host is" if count == 1 else "hosts are"


def line(text: str) -> str:
    """Text of a host in one line, without what a terminal would take as a command."""
    one = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in one)
