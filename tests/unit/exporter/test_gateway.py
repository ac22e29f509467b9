"""What the gateway's log is counted as, and how a rotated log is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ollama_exporter import gateway, tailing
from ollama_exporter.gateway import Gateway
from ollama_exporter.settings import Settings
from ollama_exporter.tailing import Tail
from ollama_exporter.text import render

from .standin import line

SETTINGS = Settings(callers=("chat-ui", "ops"), endpoints=("/api/chat", "/api/tags"))


Tailed = Callable[[Path], Tail]


@pytest.fixture
def tailed() -> Iterator[Tailed]:
    """Makes tails, and closes them."""
    made: list[Tail] = []

    def make(path: Path) -> Tail:
        made.append(Tail(path))
        return made[-1]

    yield make
    for tail in made:
        tail.close()


def counted(*lines: bytes) -> str:
    made = Gateway(SETTINGS)
    made.take(lines)
    return render(made.families(True))


def test_requests_are_counted_by_who_endpoint_and_status() -> None:
    text = counted(line(), line(), line(status=401, who="", path="/api/chat"))
    assert (
        'ollama_gateway_requests_total{who="chat-ui",endpoint="/api/chat",status="200"} 2\n' in text
    )
    assert (
        'ollama_gateway_requests_total{who="nobody",endpoint="/api/chat",status="401"} 1\n' in text
    )
    assert 'ollama_gateway_sent_bytes_total{who="chat-ui"} 200\n' in text


def test_what_a_client_makes_up_is_no_label() -> None:
    text = counted(*(line(path=f"/{n}", who=f"x{n}", status=404) for n in range(50)))
    assert 'requests_total{who="other",endpoint="other",status="404"} 50\n' in text


def test_there_are_no_more_series_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MOST", 3)
    text = counted(*(line(status=400 + n) for n in range(10)))
    assert text.count("ollama_gateway_requests_total{") == 4
    assert 'requests_total{who="other",endpoint="other",status="other"} 7\n' in text


def test_times_fall_into_the_buckets_above_them() -> None:
    text = counted(line(seconds=0.1), line(seconds=3.2), line(seconds=2000))
    name = "ollama_gateway_request_duration_seconds"
    labels = 'who="chat-ui",endpoint="/api/chat",status="2xx"'
    assert f'{name}_bucket{{{labels},le="0.05"}} 0\n' in text
    assert f'{name}_bucket{{{labels},le="0.1"}} 1\n' in text
    assert f'{name}_bucket{{{labels},le="5"}} 2\n' in text
    assert f'{name}_bucket{{{labels},le="900"}} 2\n' in text
    assert f'{name}_bucket{{{labels},le="+Inf"}} 3\n' in text
    assert f"{name}_count{{{labels}}} 3\n" in text
    assert f"{name}_sum{{{labels}}} 2003.3\n" in text


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("0.400", "0.4"), ("0.100, 0.200", "0.3"), ("0.100 : -, 0.5", "0.6"), ("-", None), ("", None)],
)
def test_the_first_byte_is_waited_for_over_all_tries(written: str, seconds: str | None) -> None:
    text = counted(line(first_byte_seconds=written))
    if seconds is None:
        assert "first_byte_seconds" not in text
    else:
        found = next(row for row in text.splitlines() if "first_byte_seconds_sum" in row)
        assert float(found.split()[-1]) == pytest.approx(float(seconds))


@pytest.mark.parametrize(
    ("kind", "counted_too"),
    [
        ("application/x-ndjson", True),
        ("text/event-stream; charset=utf-8", True),
        ("application/json; charset=utf-8", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_answer_that_is_streamed_has_a_first_byte(
    kind: str | None, counted_too: bool
) -> None:
    text = counted(line(type=kind))
    assert ("ollama_gateway_first_byte_seconds_count" in text) == counted_too
    assert "ollama_gateway_request_duration_seconds_count" in text


def test_a_full_queue_is_told_by_the_backends_own_status() -> None:
    text = counted(
        line(status=429, backend_status="503"),
        line(status=200, backend_status="503, 200"),
        line(status=429, backend_status=""),
    )
    assert "ollama_gateway_backend_busy_total 2\n" in text


@pytest.mark.parametrize("text", [b"", b"no json", b"[1]", b'{"path": "/x"}', line(seconds="-")])
def test_a_line_that_is_not_the_gateways_is_counted_as_such(text: bytes) -> None:
    assert "ollama_gateway_log_unread_lines_total 1\n" in counted(text)


def test_a_path_that_is_no_text_is_counted_like_any_other() -> None:
    # nginx writes the byte of GET /%ff as it is.
    text = counted(line(path="/XX", status=404).replace(b"XX", b"\xff"))
    labels = 'who="chat-ui",endpoint="other",status="404"'
    assert f"ollama_gateway_requests_total{{{labels}}} 1\n" in text
    assert "ollama_gateway_log_unread_lines_total 0\n" in text


def test_reading_begins_with_what_comes_next(tmp_path: Path, tailed: Tailed) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    tail = tailed(log)
    with log.open("a") as file:
        file.write("new\nhalf")
    assert list(tail.lines()) == [b"new"]
    with log.open("a") as file:
        file.write(" and half\n")
    assert list(tail.lines()) == [b"half and half"]


def test_a_rotated_log_is_read_to_its_end_first(tmp_path: Path, tailed: Tailed) -> None:
    log = tmp_path / "log"
    log.write_text("")
    tail = tailed(log)
    log.write_text("a\n")
    log.rename(tmp_path / "log.1")
    assert list(tail.lines()) == [b"a"]
    with (tmp_path / "log.1").open("a") as file:
        file.write("b\n")
    log.write_text("c\n")
    assert list(tail.lines()) == [b"b", b"c"]


def test_a_log_cut_in_place_is_read_from_its_beginning(tmp_path: Path, tailed: Tailed) -> None:
    log = tmp_path / "log"
    log.write_text("long ago\n")
    tail = tailed(log)
    log.write_text("x\n")
    assert list(tail.lines()) == [b"x"]


def test_a_log_that_comes_later_is_read_whole(tmp_path: Path, tailed: Tailed) -> None:
    log = tmp_path / "log"
    tail = tailed(log)
    assert not tail.readable
    assert list(tail.lines()) == []
    log.write_text("a\n")
    assert list(tail.lines()) == [b"a"]
    assert tail.readable


def test_a_long_log_is_read_in_several_turns(
    tmp_path: Path, tailed: Tailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "AT_ONCE", 4)
    log = tmp_path / "log"
    log.write_text("")
    tail = tailed(log)
    log.write_text("a\nb\nc\nd\n")
    assert list(tail.lines()) == [b"a", b"b"]
    assert list(tail.lines()) == [b"c", b"d"]
