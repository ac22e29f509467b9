"""The exporter as a whole: who is answered, what a page holds, what happens when things fail."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_exporter import collecting
from ollama_exporter.asking import UnansweredError, ask, ask_json
from ollama_exporter.collecting import Collector
from ollama_exporter.door import Door
from ollama_exporter.settings import Settings

from .standin import API, answering, line


@contextmanager
def open_door(settings: Settings) -> Iterator[Door]:
    door = Door(replace(settings, port=0))
    door.daemon_threads = False
    thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield door
    finally:
        door.shutdown()
        thread.join()
        door.server_close()


def page(settings: Settings) -> str:
    collector = Collector(settings)
    text = collector.page().decode()
    collector.close()
    return text


def test_a_page_tells_of_server_models_and_what_is_declared() -> None:
    with answering(API) as port:
        text = page(
            Settings(
                server=("127.0.0.1", port),
                version="0.34.0",
                models=("llama3.2:1b", "mistral:latest"),
            )
        )
    assert "ollama_up 1\n" in text
    assert 'ollama_version_info{version="0.33.0"} 1\n' in text
    assert 'ollama_declared_version_info{version="0.34.0"} 1\n' in text
    assert 'ollama_declared_model_present{model="llama3.2:1b"} 1\n' in text
    assert 'ollama_declared_model_present{model="mistral:latest"} 0\n' in text
    assert "ollama_models 2\n" in text
    assert 'ollama_model_size_bytes{model="nomic-embed-text:latest"} 270\n' in text
    assert "ollama_models_loaded 1\n" in text
    assert 'ollama_loaded_model_memory_bytes{model="llama3.2:1b"} 2000\n' in text
    expires = 'ollama_loaded_model_expires_timestamp_seconds{model="llama3.2:1b"}'
    assert f"{expires} 1795197600\n" in text
    assert 'ollama_exporter_source_up{source="server"} 1\n' in text


def test_a_server_that_is_down_has_no_figures_and_the_rest_goes_on(tmp_path: Path) -> None:
    with answering({}) as port:
        pass
    (tmp_path / "log").write_text("")
    text = page(Settings(server=("127.0.0.1", port), log=str(tmp_path / "log")))
    assert "ollama_up 0\n" in text
    assert "ollama_models" not in text
    assert "ollama_gateway_log_readable 1\n" in text


@pytest.mark.parametrize("tags", ["no json", [1], {"models": [{"size": 1}]}, {"models": 5}])
def test_an_answer_that_is_not_the_servers_own_is_taken_as_none(tags: object) -> None:
    with answering({**API, "/api/tags": tags}) as port:
        text = page(Settings(server=("127.0.0.1", port)))
    assert "ollama_up 1\n" in text
    assert "ollama_model_size_bytes" not in text


def test_a_source_that_fails_costs_its_own_figures_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(collecting, "_of_gateway", broken)
    with answering(API) as port:
        text = page(Settings(server=("127.0.0.1", port), log=str(tmp_path / "log")))
    assert 'ollama_exporter_source_up{source="gateway"} 0\n' in text
    assert "ollama_up 1\n" in text
    assert "RuntimeError" in capsys.readouterr().out


def test_one_page_serves_callers_of_the_same_moment() -> None:
    with answering(API) as port:
        collector = Collector(Settings(server=("127.0.0.1", port)))
        first = collector.page()
    # The server is gone by now.
    assert collector.page() is first
    collector.close()


def test_scrapes_are_answered_and_other_pages_passed_on(tmp_path: Path) -> None:
    with answering({"/metrics": "node_load1 1\n"}) as node, answering({}) as dead:
        settings = Settings(passed={"/node": (node, "/metrics"), "/nginx": (dead, "/metrics")})
        with open_door(settings) as door:
            assert b"ollama_exporter_cpu_seconds_total" in ask(
                "127.0.0.1", door.server_port, "/metrics"
            )
            assert ask("127.0.0.1", door.server_port, "/node") == b"node_load1 1\n"
            for path, status in (("/nginx", "502"), ("/other", "404")):
                with pytest.raises(UnansweredError, match=status):
                    ask("127.0.0.1", door.server_port, path)


def test_only_observers_and_this_machine_are_answered() -> None:
    with open_door(Settings(observers=("192.0.2.7", "2001:db8::7"))) as door:
        allowed = {
            address: door.verify_request(None, (address, 1))
            for address in (
                "127.0.0.1",
                "::1",
                "192.0.2.7",
                "::ffff:192.0.2.7",
                "2001:db8::7",
                "192.0.2.8",
                "::ffff:192.0.2.8",
                "2001:db8::8",
                "fe80::1%eth0",
            )
        }
    assert [address for address, answered in allowed.items() if answered] == [
        "127.0.0.1",
        "::1",
        "192.0.2.7",
        "::ffff:192.0.2.7",
        "2001:db8::7",
    ]


def test_the_address_it_listens_on_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    # No address of the machine that tests it.
    monkeypatch.setattr(Door, "server_bind", lambda door: door.socket.bind(("127.0.0.1", 0)))
    with open_door(Settings(address="10.0.0.5", observers=("192.0.2.7",))) as door:
        callers = ("10.0.0.5", "10.0.0.6")
        assert [door.verify_request(None, (one, 1)) for one in callers] == [True, False]


def test_a_stranger_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_door(Settings()) as door:
        monkeypatch.setattr(door, "verify_request", lambda *given: False)
        with pytest.raises(UnansweredError):
            ask("127.0.0.1", door.server_port, "/metrics")


def test_every_address_of_the_machine_is_listened_on() -> None:
    with open_door(Settings(address="::")) as door:
        assert ask("127.0.0.1", door.server_port, "/stamp")


def test_the_stamp_is_what_sha256sum_says_of_the_files(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.write_text("1")
    lines = f"{hashlib.sha256(b'1').hexdigest()}  {one}\n"
    with open_door(Settings(stamped=(str(one), str(tmp_path / "absent")))) as door:
        one.write_text("changed since")
        found = ask("127.0.0.1", door.server_port, "/stamp").decode()
    assert found == hashlib.sha256(lines.encode()).hexdigest()


def test_the_log_is_counted_from_the_start_of_the_exporter(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(line() + b"\n")
    collector = Collector(Settings(log=str(log), callers=("chat-ui",), endpoints=("/api/chat",)))
    with log.open("ab") as file:
        file.write(line(status=500) + b"\n")
    text = collector.page().decode()
    collector.close()
    assert 'status="500"} 1\n' in text
    assert 'status="200"' not in text


@pytest.mark.parametrize("body", ["no json", [1]])
def test_what_is_no_object_is_no_answer(body: object) -> None:
    with answering({"/x": body}) as port, pytest.raises(UnansweredError):
        ask_json("127.0.0.1", port, "/x")


def test_a_method_that_changes_something_is_unknown() -> None:
    with open_door(Settings()) as door:
        link = http.client.HTTPConnection("127.0.0.1", door.server_port, timeout=5)
        link.request("POST", "/metrics", "x")
        assert link.getresponse().status == 501
        link.close()
