"""Processes and runners: whose they are, what they counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ollama_exporter.asking import UnansweredError
from ollama_exporter.processes import numbers
from ollama_exporter.service import Service
from ollama_exporter.settings import Settings
from ollama_exporter.text import render

from .standin import BLOB, RUNNER, Host, runner

MODEL = "llama3.2:1b"
GENERATED = f'ollama_runner_generated_tokens_total{{model="{MODEL}"}}'


class Pages:
    """What each runner's port answers; a missing one is silent."""

    def __init__(self) -> None:
        self.of: dict[int, tuple[int, int]] = {}

    def __call__(self, port: int) -> str:
        if port not in self.of:
            raise UnansweredError("refused")
        prompt, generated = self.of[port]
        return RUNNER.format(prompt=prompt, generated=generated)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    made = Host(tmp_path)
    made.run(10, "/opt/ollama/current/bin/ollama", "serve", started=400)
    return made


@pytest.fixture
def pages() -> Pages:
    return Pages()


def service(host: Host, pages: Pages) -> Service:
    return Service(Settings(), proc=host.proc, cgroups=host.cgroups, page=pages)


def page(made: Service, *models: str) -> str:
    return render(made.families({BLOB: MODEL}, models or (MODEL,)))


def test_counters_stand_at_nothing_before_a_model_was_ever_loaded(host: Host, pages: Pages) -> None:
    assert f"{GENERATED} 0\n" in page(service(host, pages))


def test_a_reloaded_model_goes_on_counting(host: Host, pages: Pages) -> None:
    made = service(host, pages)
    host.run(11, *runner(40001))
    pages.of[40001] = (50, 7)
    assert f"{GENERATED} 7\n" in page(made)
    host.end(11)
    assert f"{GENERATED} 7\n" in page(made)
    host.run(12, *runner(40002), started=900)
    pages.of[40002] = (5, 3)
    text = page(made)
    assert f"{GENERATED} 10\n" in text
    assert f'ollama_runner_requests_deferred{{model="{MODEL}"}} 3\n' in text


def test_a_runner_of_an_unknown_model_is_not_asked(host: Host) -> None:
    host.run(11, *runner(40001))
    asked: list[int] = []

    def note(port: int) -> str:
        asked.append(port)
        raise UnansweredError("refused")

    made = Service(Settings(), proc=host.proc, cgroups=host.cgroups, page=note)
    made.families({}, ())
    assert asked == []
    made.families({BLOB: MODEL}, ())
    assert asked == [40001]


def test_runners_that_hang_cost_a_scrape_two_seconds_together(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100, 200))
    monkeypatch.setattr("ollama_exporter.service.time.monotonic", lambda: next(clock))
    for number in range(5):
        host.run(11 + number, *runner(40001 + number))
    asked: list[int] = []

    def hang(port: int) -> str:
        asked.append(port)
        raise UnansweredError("timed out")

    made = Service(Settings(), proc=host.proc, cgroups=host.cgroups, page=hang)
    made.families({BLOB: MODEL}, (MODEL,))
    assert asked == [40001]


def test_what_ran_before_the_exporter_is_not_counted_twice(host: Host, pages: Pages) -> None:
    host.run(11, *runner(40001))
    pages.of[40001] = (50, 700)
    made = service(host, pages)
    assert f"{GENERATED} 0\n" in page(made)
    pages.of[40001] = (50, 720)
    assert f"{GENERATED} 20\n" in page(made)


def test_a_pid_that_is_given_again_is_another_process(host: Host, pages: Pages) -> None:
    made = service(host, pages)
    host.run(11, *runner(40001), started=500)
    pages.of[40001] = (0, 7)
    page(made)
    host.run(11, *runner(40001), started=999)
    pages.of[40001] = (0, 9)
    assert f"{GENERATED} 16\n" in page(made)


def test_a_runner_that_does_not_answer_costs_its_own_numbers_only(host: Host, pages: Pages) -> None:
    host.run(11, *runner(40001))
    text = page(service(host, pages))
    assert f'ollama_runner_up{{model="{MODEL}"}} 0\n' in text
    assert "requests_deferred" not in text
    assert f'ollama_process_resident_memory_bytes{{role="runner",model="{MODEL}"}} 102400' in text


def test_a_runner_of_an_unknown_model_is_counted_when_its_model_is_known(
    host: Host, pages: Pages
) -> None:
    made = service(host, pages)
    host.run(11, *runner(40001))
    pages.of[40001] = (50, 7)
    text = render(made.families({}, (MODEL,)))
    assert f"{GENERATED} 0\n" in text
    assert 'ollama_process_resident_memory_bytes{role="runner",model=""}' in text
    assert f"{GENERATED} 7\n" in page(made)


def test_models_that_are_gone_have_no_counters_but_a_silent_server_keeps_all(
    host: Host, pages: Pages
) -> None:
    made = service(host, pages)
    page(made, MODEL, "other:latest")
    assert GENERATED in render(made.families({}, ()))
    text = render(made.families({}, ("other:latest",)))
    assert GENERATED not in text
    assert 'ollama_process_cpu_seconds_total{role="server"}' in text


def test_models_that_were_not_told_keep_their_counters(host: Host, pages: Pages) -> None:
    made = service(host, pages)
    page(made, MODEL, "other:latest")
    text = render(made.families({BLOB: MODEL}, None))
    assert GENERATED in text
    assert 'ollama_runner_generated_tokens_total{model="other:latest"} 0\n' in text


def test_the_start_of_the_server_is_told_in_seconds_since_1970(host: Host, pages: Pages) -> None:
    assert "ollama_process_start_time_seconds 1000004\n" in page(service(host, pages))


def test_the_cgroup_tells_memory_and_limits(host: Host, pages: Pages) -> None:
    (host.unit / "memory.current").write_text("123\n")
    (host.unit / "memory.max").write_text("max\n")
    (host.unit / "memory.events").write_text("low 0\noom 2\noom_kill 1\n")
    text = page(service(host, pages))
    assert "ollama_service_memory_bytes 123\n" in text
    assert "ollama_service_oom_kills_total 1\n" in text
    assert "memory_limit" not in text
    assert numbers(host.unit / "memory.max") == {}
