"""The command line of the comparison."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.contestants import DEFAULT_PLAYBOOK_COMMAND, ROOT
from bench.results import ANSIBLE, PLAIN

MANY = 10
"""More hosts than this count as many: Ansible runs fewer times, nothing is deployed from bare."""


@dataclass(frozen=True)
class Options:
    """What to measure, how often, and where the result goes."""

    hosts: tuple[int, ...]
    runs: int
    slow_runs: int
    first_runs: int
    without: tuple[str, ...]
    json: Path
    lab: str
    keep: bool
    playbook_command: Path

    @property
    def few(self) -> list[int]:
        """The sizes at which everything is measured."""
        return [hosts for hosts in self.hosts if hosts <= MANY]

    @property
    def many(self) -> list[int]:
        """The sizes at which only converged runs are measured."""
        return [hosts for hosts in self.hosts if hosts > MANY]


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line; ends the program on a wrong one."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--hosts", type=_sizes, default=(1, 10, 50), metavar="N,N", help="default: 1,10,50"
    )
    parser.add_argument("--runs", type=_positive, default=5, help="rounds (default 5)")
    parser.add_argument(
        "--slow-runs", type=_count, default=1, metavar="N",
        help=f"rounds of them in which Ansible takes part on more than {MANY} hosts (default 1)",
    )  # fmt: skip
    parser.add_argument(
        "--first-runs", type=_count, default=1, metavar="N",
        help="first deployments of bare hosts (default 1)",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], choices=[PLAIN, ANSIBLE], help="leave one out"
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "build/bench.json", help="default: build/bench.json"
    )
    parser.add_argument("--lab", default="bench", metavar="NAME", help="default: bench")
    parser.add_argument("--keep", action="store_true", help="leave the hosts up")
    parser.add_argument(
        "--ansible-playbook", dest="playbook_command", type=Path, metavar="FILE",
        default=DEFAULT_PLAYBOOK_COMMAND, help="default: the one that `make bench` installs",
    )  # fmt: skip
    given = vars(parser.parse_args(arguments))
    return Options(
        **{
            **given,
            "without": tuple(given["without"]),
            "json": given["json"].resolve(),
            "playbook_command": given["playbook_command"].resolve(),
        }
    )


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({_positive(word) for word in text.split(",")}))


def _positive(text: str) -> int:
    if (number := _count(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return number


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
