"""`python -m lab`: make, look at, enter and remove disposable hosts on this machine."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from lab import api, machines, state
from lab.errors import LabError, UsageError
from lab.progress import say

GOOD, FAILED, INTERRUPTED, USAGE = 0, 1, 130, 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 good, 1 failed, 64 usage, 130 interrupted)."""
    # Ending at once is safe: what runs for us dies with us, and the next command tidies up.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options) or GOOD)
    except UsageError as error:
        print(f"lab: {error}", file=sys.stderr)
        return USAGE
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:
        # A full disk, a folder that may not be written, a tool that is not there.
        print(f"lab: {error}; mend that, then repeat the command", file=sys.stderr)
        return FAILED


def _interrupted(number: int, _frame: object) -> NoReturn:
    say("interrupted; `up` goes on from here, `down` removes what there is")
    os._exit(INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m lab", description=__doc__)
    named = _Parser(add_help=False)
    named.add_argument(
        "--name", default=os.environ.get("LAB") or "default", help="which lab ($LAB)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, parents=[named])
        sub.set_defaults(command=command)
        return sub

    sub = add("up", _up, "have this many hosts; those that are up stay as they are")
    sub.add_argument("--hosts", type=int, default=1, metavar="N", help="how many (default 1)")
    sub.add_argument("--suite", help="bookworm or trixie; default: this machine's own")
    sub.add_argument("--subnet", metavar="CIDR", help="default: the first free 10.77.x.0/24")
    sub.add_argument(
        "--plain-root", type=int, default=0, metavar="N",
        help="so many of the added hosts, the last ones, can have swap (slower to make)",
    )  # fmt: skip
    sub = add("status", _status, "show the lab; exit 1 when a host is not running")
    sub.add_argument("--json", action="store_true", help="everything, for programs")
    sub = add("ssh", _ssh, "a shell on a host, or one command: ssh HOST -- COMMAND")
    sub.add_argument("--user", default="root", help="root (default), deployer or asker")
    sub.add_argument("host")
    sub.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    sub = add("reset", _reset, "make hosts bare again (same address, same host key)")
    sub.add_argument("host", nargs="+")
    add("stop", _stop, "cut a host's power; its disk stays").add_argument("host")
    add("start", _start, "boot a stopped host").add_argument("host")
    add("down", _down, "remove the lab and everything it made")
    return parser


def _up(options: argparse.Namespace) -> None:
    api.up(
        options.hosts,
        name=options.name,
        suite=options.suite,
        subnet=options.subnet,
        plain_root=options.plain_root,
    )


def _status(options: argparse.Namespace) -> int:
    lab = state.read(options.name)
    running = {machine.name: lab.running(machine.name) for machine in lab.machines}
    if options.json:
        data = dataclasses.asdict(lab)
        for name in ("folder", "key", "known_hosts", "mirror_extra", "mirror_url", "registry"):
            data[name] = str(getattr(lab, name))
        for host in data["hosts"]:
            host["running"] = running[host["name"]]
        data["infra"] = {**dataclasses.asdict(lab.infra), "running": running[state.INFRA]}
        print(json.dumps(data, indent=2))
    else:
        print(f"lab {lab.name}: Debian {lab.suite}, {lab.subnet} on {lab.bridge}, {lab.folder}")
        print(f"releases {lab.mirror_url}, models {lab.registry}")
        for machine in lab.machines:
            word = "running" if running[machine.name] else "not running"
            print(f"  {machine.name:<8} {machine.address:<15} {machine.root:<8} {word}")
    return GOOD if all(running.values()) else FAILED


def _ssh(options: argparse.Namespace) -> NoReturn:
    lab = state.read(options.name)
    command = machines.ssh_command(lab, lab.host(options.host), options.user)
    if options.words:
        words = options.words[1:] if options.words[0] == "--" else options.words
        command += words
    elif sys.stdin.isatty():
        command.insert(1, "-t")
    os.execvp(command[0], command)


def _reset(options: argparse.Namespace) -> None:
    api.reset(options.name, options.host)


def _stop(options: argparse.Namespace) -> None:
    api.stop(options.name, options.host)


def _start(options: argparse.Namespace) -> None:
    api.start(options.name, options.host)


def _down(options: argparse.Namespace) -> None:
    if api.down(options.name):
        say(f"lab {options.name!r} is removed")
    else:
        say(f"there is no lab {options.name!r}")
