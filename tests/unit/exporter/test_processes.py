"""Which processes a service has, and what each of them is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ollama_exporter.processes import processes

from .standin import BLOB, Host, runner


@pytest.fixture
def host(tmp_path: Path) -> Host:
    made = Host(tmp_path)
    made.run(10, "/opt/ollama/current/bin/ollama", "serve", started=400)
    return made


def test_the_server_and_its_runners_are_told_apart_by_their_command_lines(host: Host) -> None:
    host.run(11, *runner(40001))
    host.run(12, "/opt/x/ollama", "runner", "--ollama-engine", "--port", "40002")
    host.run(13, "/opt/x/llama-quantize", "COPY")
    found = processes("ollama.service", host.proc, host.cgroups)
    assert [(each.role, each.port) for each in found] == [
        ("server", 0),
        ("runner", 40001),
        ("runner", 40002),
        ("other", 0),
    ]
    assert found[1].weights == BLOB
    assert (found[1].resident, found[1].started) == (102400, 500)


@pytest.mark.parametrize("deeper", ["unified", "systemd"])
def test_a_host_with_both_kinds_of_cgroups_is_read_too(host: Host, deeper: str) -> None:
    slices = host.cgroups / "system.slice"
    (host.cgroups / deeper).mkdir()
    slices.rename(host.cgroups / deeper / "system.slice")
    assert [p.pid for p in processes("ollama.service", host.proc, host.cgroups)] == [10]


def test_a_service_that_is_not_there_has_no_processes(tmp_path: Path) -> None:
    assert processes("none.service", tmp_path, tmp_path) == []


def test_a_process_that_ends_while_it_is_read_is_left_out(host: Host) -> None:
    host.run(11, *runner(40001))
    (host.proc / "11" / "status").unlink()
    assert [p.pid for p in processes("ollama.service", host.proc, host.cgroups)] == [10]
