"""The three reporters on one literal report, and the table on a narrow screen."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from pyinfra_ollama.exits import Exit
from pyinfra_ollama.verifier.reporters import document, junit, plain
from pyinfra_ollama.verifier.reporters.table import LiveTable, table
from pyinfra_ollama.verifier.results import HostReport, Report, Result, exit_code, totals

PASSED = Result("version", "pass", "0.33.0", expected="0.33.0")
ANSWERED = Result(
    "generate",
    "pass",
    "loaded in 0.50 s",
    subject="llama3.2:1b",
    details={"answer": "Paris\x1b[31m is\nnice.", "tokens": 3},
)
FAILED = Result(
    "service",
    "fail",
    "inactive (dead), enabled",
    expected="active (running)",
    next="journalctl -u ollama.service",
    details={"restarts": 0},
)
SKIPPED = Result("models", "skipped", "the service does not run")
WARNED = Result("outside", "warn", "open (red in listeners)", expected="closed")
UNKNOWN = Result("disk", "unknown", "no answer", next="df -h")

GOOD = HostReport("web1", (PASSED, ANSWERED), 1.25)
BAD = HostReport("web2", (FAILED, SKIPPED, WARNED, UNKNOWN), 0.5)
GONE = HostReport("web3", (), 10.0, "Could not connect (timed out)")
REPORT = Report("inventories/prod.py", "2026-11-20T10:00:00+00:00", 10.5, (GOOD, BAD, GONE))

PLAIN = """\
web1  pass     version: 0.33.0
web1  pass     generate llama3.2:1b: loaded in 0.50 s
    answer: "Paris\ufffd[31m is nice."
web2  fail     service: inactive (dead), enabled
    expected: active (running)
    next: journalctl -u ollama.service
web2  skipped  models: the service does not run
web2  warn     outside: open (red in listeners)
    expected: closed
web2  unknown  disk: no answer
    next: df -h
web3  unknown  unreachable: Could not connect (timed out)
1 of 3 hosts are good; not good: web2 (service, 1 unknown); web3 (unreachable) \
(2 checks passed in 10.5 s)
"""

JUNIT = """\
<?xml version='1.0' encoding='utf-8'?>
<testsuites name="pyinfra-ollama verify inventories/prod.py" tests="7" failures="1" errors="2" \
skipped="1" time="10.500">
  <testsuite name="web1" tests="2" failures="0" errors="0" skipped="0" time="1.250" \
timestamp="2026-11-20T10:00:00">
    <testcase classname="web1" name="version">
      <system-out>pass: 0.33.0</system-out>
    </testcase>
    <testcase classname="web1" name="generate llama3.2:1b">
      <system-out>pass: loaded in 0.50 s
answer: Paris\ufffd[31m is
nice.
tokens: 3</system-out>
    </testcase>
  </testsuite>
  <testsuite name="web2" tests="4" failures="1" errors="1" skipped="1" time="0.500" \
timestamp="2026-11-20T10:00:00">
    <testcase classname="web2" name="service">
      <failure message="inactive (dead), enabled">expected: active (running)
found: inactive (dead), enabled
next: journalctl -u ollama.service</failure>
    </testcase>
    <testcase classname="web2" name="models">
      <skipped message="the service does not run" />
    </testcase>
    <testcase classname="web2" name="outside">
      <system-out>warn: open (red in listeners)</system-out>
    </testcase>
    <testcase classname="web2" name="disk">
      <error message="no answer" />
    </testcase>
  </testsuite>
  <testsuite name="web3" tests="1" failures="0" errors="1" skipped="0" time="10.000" \
timestamp="2026-11-20T10:00:00">
    <testcase classname="web3" name="connect">
      <error message="Could not connect (timed out)" />
    </testcase>
  </testsuite>
</testsuites>
"""


def test_plain_lines() -> None:
    assert plain(REPORT) == PLAIN


def test_junit() -> None:
    text = junit(REPORT)
    assert text == JUNIT
    ET.fromstring(text.encode())


def test_json_has_the_documented_shape() -> None:
    said = json.loads(document(REPORT))
    assert list(said) == [
        "schema",
        "inventory",
        "started",
        "seconds",
        "exit_code",
        "totals",
        "hosts",
    ]
    assert said["schema"] == 1
    assert said["exit_code"] == 1
    assert said["totals"] == {
        "hosts": 3,
        "unreachable": 1,
        "pass": 2,
        "fail": 1,
        "unknown": 1,
        "warn": 1,
        "skipped": 1,
    }
    assert [host["status"] for host in said["hosts"]] == ["pass", "fail", "unknown"]
    assert said["hosts"][2] == {
        "host": "web3",
        "status": "unknown",
        "seconds": 10.0,
        "unreachable": "Could not connect (timed out)",
        "checks": [],
    }
    assert said["hosts"][1]["checks"][0] == {
        "check": "service",
        "subject": "",
        "status": "fail",
        "expected": "active (running)",
        "found": "inactive (dead), enabled",
        "next": "journalctl -u ollama.service",
        "details": {"restarts": 0},
    }
    assert said["hosts"][0]["checks"][1]["subject"] == "llama3.2:1b"


def test_a_table_holds_every_word_without_colour() -> None:
    console = Console(width=120, no_color=True)
    with console.capture() as captured:
        console.print(table(REPORT))
    text = " ".join(captured.get().replace("│", " ").split())
    for words in (
        "inactive (dead), enabled",
        "expected: active (running)",
        "next: journalctl -u ollama.service",
        "unreachable: Could not connect (timed out)",
        "1 of 3 hosts are good",
    ):
        assert words in text


def test_a_live_table_follows_the_hosts() -> None:
    console = Console(width=100, force_terminal=True, no_color=True)
    with console.capture() as captured, LiveTable(console, ["web1", "web2"]) as live:
        live.result("web1", PASSED)
        live.result("web2", FAILED)
        live.finished(BAD)
    assert "web1" in captured.get()
    assert "version: 0.33.0" in captured.get()
    assert "done in 0.5 s" in captured.get()


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        ((GOOD,), Exit.GOOD),
        ((GOOD, BAD), Exit.FAILED),
        ((GOOD, GONE), Exit.UNKNOWN),
        ((BAD, GONE), Exit.FAILED),
        ((HostReport("a", (PASSED, UNKNOWN), 1.0),), Exit.UNKNOWN),
        ((HostReport("a", (PASSED, WARNED, SKIPPED), 1.0),), Exit.GOOD),
        ((HostReport("a", (SKIPPED,), 1.0),), Exit.UNKNOWN),
        ((HostReport("a", (), 1.0),), Exit.UNKNOWN),
        ((), Exit.UNKNOWN),
    ],
)
def test_exit_code(hosts: tuple[HostReport, ...], code: Exit) -> None:
    assert exit_code(hosts) is code


def test_totals_of_nothing_are_zero() -> None:
    assert set(totals(()).values()) == {0}
