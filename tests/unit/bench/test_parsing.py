"""What contestants print is understood, or the comparison ends."""

from __future__ import annotations

import pytest

from bench.commands import BenchError
from bench.contestants import Outcome, ansible_outcome, exec_outcome, pyinfra_outcome
from bench.machine import cpu, memory
from bench.measure import ansible_commands

# pyinfra 3.10.0, two hosts, recorded 2026-11-20 and shortened.
PYINFRA = """\
--> Connecting to hosts...
    [host1]  Connected
    [host10] Connected

--> Results:
    Operation                                 Hosts   Success   Error   No Change
    Packages | Have the packages              2       1         -       1
    Grand total                               2       {}         {}       1
"""

# ansible-core 2.19.14, two hosts.
RECAP = """\
PLAY RECAP *********************************************************************
host1                      : ok=11   changed={}    unreachable={}    failed=0    skipped=5    rescued=0    ignored=0
host2                      : ok=11   changed=1    unreachable=0    failed=0    skipped=5    rescued=0    ignored=0
"""  # noqa: E501


def test_pyinfras_changes_are_read_off_its_table() -> None:
    assert pyinfra_outcome(PYINFRA.format("1", "-")) == Outcome(hosts=2, changes=1)
    assert pyinfra_outcome(PYINFRA.format("-", "-")) == Outcome(hosts=2, changes=0)


@pytest.mark.parametrize("text", ["", PYINFRA.format("1", "2"), "[host1] Connected\n"])
def test_pyinfras_errors_and_strange_output_end_the_comparison(text: str) -> None:
    with pytest.raises(BenchError, match="pyinfra's results"):
        pyinfra_outcome(text)


def test_exec_only_says_which_hosts_it_reached() -> None:
    text = "    [host1] Connected\n    [host1] true\n    [host2] Connected\n"
    assert exec_outcome(text) == Outcome(hosts=2, changes=0)


def test_ansibles_changes_are_read_off_its_recap() -> None:
    assert ansible_outcome(RECAP.format(3, 0)) == Outcome(hosts=2, changes=4)
    assert ansible_outcome(RECAP.format(0, 0)) == Outcome(hosts=2, changes=1)


@pytest.mark.parametrize("text", ["", RECAP.format(0, 1)])
def test_ansibles_errors_and_strange_output_end_the_comparison(text: str) -> None:
    with pytest.raises(BenchError, match="Ansible's recap"):
        ansible_outcome(text)


def test_ansibles_commands_are_counted_by_address() -> None:
    text = (
        "<192.0.2.1> SSH: EXEC ssh -F none\n<192.0.2.1> (0, b'', b'')\n"
        "<192.0.2.2> SSH: EXEC ssh\n<192.0.2.1> PUT /a TO /b\n<192.0.2.1> SSH: EXEC ssh\n"
    )
    assert ansible_commands(text) == {"192.0.2.1": [2, 1], "192.0.2.2": [1, 0]}


def test_the_machine_is_read_from_proc() -> None:
    assert cpu("processor : 0\nmodel name\t: Example 1000 @ 2 GHz\n") == "Example 1000 @ 2 GHz"
    assert cpu("processor : 0\n")
    assert memory("MemTotal:       24560316 kB\n") == "23 GiB"
    assert memory("") == "unknown"
