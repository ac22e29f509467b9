"""The probe's output: whole, cut, damaged; and the script's own ways."""

from __future__ import annotations

import base64
from importlib.resources import files
from textwrap import dedent

import pytest

from pyinfra_ollama.verifier.answers import Disk, Localhost, PathState, Process, Socket, Swappiness
from pyinfra_ollama.verifier.reading import parse

ENVIRON = base64.b64encode(b"HOME=/x\0OLLAMA_HOST=127.0.0.1:11434\0EMPTY=\0BAD=\xff\0").decode()

# As a lab host (Debian 12, Linux 6.18, iproute2 6.1) answered in November 2026, shortened.
SECTIONS = {
    "uid": "0",
    "members": "/proc/186/cgroup\n/proc/391/cgroup",
    "sockets": dedent("""\
        udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=9,fd=13))
        tcp LISTEN 0 4096 127.0.0.1:11434 0.0.0.0:* users:(("ollama",pid=186,fd=3))
        tcp LISTEN 0 512 127.0.0.1:34435 0.0.0.0:* users:(("llama-server",pid=391,fd=4))
        tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=63,fd=3),("systemd",pid=1,fd=30))
        tcp LISTEN 0 128 [::]:22 [::]:*
        tcp LISTEN 0 128 *:80 *:* users:(("a b",pid=70,fd=1))"""),
    "executables": "186 /opt/ollama/releases/0.33.0/bin/ollama\n9 /a path/x",
    "memory": "MemTotal:       24684092 kB\nMemAvailable:   22538704 kB\nHugePages_Total:       0",
    "unit": "Result=success\nNRestarts=0\nMainPID=186\nNeedDaemonReload=no",
    "process": (
        f"pid 186\nage 7\nexe /opt/ollama/releases/0.33.0/bin/ollama (deleted)\nenviron {ENVIRON}"
    ),
    "links": "/opt/ollama/releases/0.33.0",
    "swaps": (
        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        "/swap\\040file                           file\t\t262140\t\t0\t\t-2"
    ),
    "fstab": "/swapfile none swap sw 0 0",
    "swappiness": "now 60\nwritable no\nkept 20\nkept 10 ",
    "disk": dedent("""\
        Filesystem     1-blocks         Used   Available Capacity Mounted on
        overlay    270553174016 176000000000 79000000001      70% /
        Filesystem     1-blocks         Used   Available Capacity Mounted on
        overlay    270553174016 176000000000 79000000000      70% /"""),
    "localhost": dedent("""\
        ::1             STREAM localhost
        ::1             DGRAM
        127.0.0.1       STREAM
        status 0
        milliseconds 2
        hosts_file yes"""),
    "paths": "700 ollama ollama 4096 directory|/usr/share/ollama\nmissing|/swapfile",
}


def output(**changed: str) -> list[str]:
    lines = []
    for name, body in {**SECTIONS, **changed}.items():
        lines += [f"@@begin {name}", *body.split("\n"), "", f"@@end {name} 0"]
    return [*lines, "@@done"]


def test_everything_is_read() -> None:
    probe = parse(output())
    assert not probe.problems
    assert probe.uid == 0
    assert probe.members == {186, 391}
    assert probe.sockets is not None
    assert probe.sockets[0].address == "127.0.0.53"
    assert probe.sockets[1] == Socket(
        "tcp", "127.0.0.1", 11434, frozenset({186}), frozenset({"ollama"})
    )
    assert probe.sockets[3].pids == {63, 1}
    assert probe.sockets[4] == Socket("tcp", "::", 22, frozenset(), frozenset())
    assert probe.sockets[5] == Socket("tcp", "*", 80, frozenset({70}), frozenset({"a b"}))
    assert probe.executables == {186: "/opt/ollama/releases/0.33.0/bin/ollama", 9: "/a path/x"}
    assert probe.memory == {"MemTotal": 24684092 * 1024, "MemAvailable": 22538704 * 1024}
    assert probe.unit == {
        "Result": "success",
        "NRestarts": "0",
        "MainPID": "186",
        "NeedDaemonReload": "no",
    }
    assert probe.process == Process(
        186,
        "/opt/ollama/releases/0.33.0/bin/ollama (deleted)",
        {"HOME": "/x", "OLLAMA_HOST": "127.0.0.1:11434", "EMPTY": "", "BAD": "\ufffd"},
        7,
    )
    assert probe.current == "/opt/ollama/releases/0.33.0"
    assert probe.swaps == {"/swap file": 262140 * 1024}
    assert probe.fstab == ("/swapfile none swap sw 0 0",)
    assert probe.swappiness == Swappiness(60, writable=False, kept="10")
    assert probe.disks == (Disk("/", free=79000000000, size=270553174016),)
    assert probe.localhost == Localhost(("::1", "127.0.0.1"), 0, 2, in_hosts_file=True)
    assert probe.paths == {
        "/usr/share/ollama": PathState(0o700, "ollama", "ollama", 4096, "directory"),
        "/swapfile": None,
    }


def test_empty_is_an_answer() -> None:
    probe = parse(output(members="", sockets="", executables="", fstab="", process="", links=""))
    assert not probe.problems
    assert probe.members == frozenset()
    assert probe.sockets == ()
    assert probe.executables == {}
    assert probe.fstab == ()
    assert probe.process is None
    assert probe.current == ""


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_failed_section_is_unknown_alone(name: str) -> None:
    lines = [line.replace(f"@@end {name} 0", f"@@end {name} 127") for line in output()]
    probe = parse(lines)
    assert probe.problems == {name: "the command ended with status 127"}
    assert probe.why(name) == f"{name}: the command ended with status 127"


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_cut_section_is_unknown_with_all_after_it(name: str) -> None:
    lines = output()
    probe = parse(lines[: lines.index(f"@@end {name} 0")])
    names = list(SECTIONS)
    assert set(probe.problems) == {*names[names.index(name) :], "script"}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("uid", "root"),
        ("members", "nonsense"),
        ("sockets", "Cannot open netlink socket: Protocol not supported"),
        ("unit", "no equals sign"),
        ("process", "pid 186\nexe /x\nenviron !!!"),
        ("process", "pid 186"),
        ("swaps", "something else"),
        ("swappiness", "now \nwritable yes"),
        ("disk", "df: no such file"),
        ("localhost", "status 0"),
        ("paths", "700 ollama|/x"),
    ],
)
def test_junk_is_unknown_and_named(name: str, body: str) -> None:
    probe = parse(output(**{name: body}))
    assert set(probe.problems) == {name}
    assert probe.problems[name].startswith("unreadable answer (")


@pytest.mark.parametrize("lines", [[], [""], ["sh: 1: Syntax error"], ["@@done"]])
def test_no_sections_are_all_unknown(lines: list[str]) -> None:
    probe = parse(lines)
    assert set(probe.problems) >= set(SECTIONS)
    assert probe.sockets is None


def test_the_script_writes_nothing() -> None:
    script = files("pyinfra_ollama.verifier").joinpath("probe.sh").read_text()
    code = [line for line in script.splitlines() if not line.lstrip().startswith("#")]
    redirected = [line for line in code if ">" in line.replace("2>/dev/null", "")]
    assert redirected == []
