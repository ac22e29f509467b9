"""Sizes and durations: exact values, round trips over random input, and what is refused."""

from __future__ import annotations

import random

import pytest

from pyinfra_ollama.settings import (
    duration_seconds,
    format_size,
    human_size,
    parse_duration,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (0, 0),
        ("0", 0),
        (4096, 4096),
        ("4096", 4096),
        ("17B", 17),
        ("1K", 1024),
        ("512M", 512 * 1024**2),
        ("8G", 8 * 1024**3),
        ("8g", 8 * 1024**3),
        ("8GiB", 8 * 1024**3),
        ("8 gib", 8 * 1024**3),
        (" 1.5G ", 1536 * 1024**2),
        ("0.1K", 102),
        ("2T", 2 * 1024**4),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_sizes_are_read_in_binary_units(text: object, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "value",
    [
        "",
        "G",
        "8X",
        "-1",
        "8G8",
        "1e9",
        "٣G",
        "8Gib/s",
        "1.G",
        ".5G",
        "9" * 30,
        "8P",
        None,
        True,
        1.5,
        b"8G",
        [],
        "8\nG",
        "8G\x00",
        "NaN",
        "inf",
    ],
)
def test_other_sizes_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="expected a size such as '8G'"):
        parse_size(value)


@pytest.mark.parametrize(
    ("size", "reason"),
    [(-1, "cannot be negative"), (2**63, "cannot be 8 EiB or more"), ("8388608T", "8 EiB")],
)
def test_sizes_have_bounds(size: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_size(size)


@pytest.mark.parametrize("text", ["8GB", "8gb", "1.5MB", "3TB"])
def test_decimal_looking_units_are_called_ambiguous(text: str) -> None:
    with pytest.raises(ValueError, match="is ambiguous"):
        parse_size(text)


def test_format_size_is_exact_and_reads_back() -> None:
    chance = random.Random(3)
    assert [format_size(n) for n in (0, 1, 1024, 1536 * 1024**2)] == ["0", "1", "1K", "1536M"]
    for _ in range(2000):
        size = chance.randrange(2 ** chance.randrange(1, 63))
        assert parse_size(format_size(size)) == size


def test_human_size_is_rounded() -> None:
    sizes = (0, 98, 1024, 1_500_000, 8 * 1024**3, 16_300_000_000, 2**50)
    assert [human_size(size) for size in sizes] == [
        "0 B",
        "98 B",
        "1 KiB",
        "1.4 MiB",
        "8 GiB",
        "15.2 GiB",
        "1024 TiB",
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5m", 300),
        ("0", 0),
        (0, 0),
        (-1, -1),
        ("-1", -1),
        ("90", 90),
        ("1h30m", 5400),
        ("-1.5h", -5400),
        ("+2s", 2),
        (".5s", 0.5),
        ("1.s", 1),
        ("100ms", 0.1),
        ("3us", 3e-6),
        ("3µs", 3e-6),
        ("3μs", 3e-6),
        ("1m1m", 120),
        (" 5m ", 300),
    ],
)
def test_durations_are_read_as_go_reads_them(text: object, seconds: float) -> None:
    assert duration_seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "m",
        "5 m",
        "5 minutes",
        "5d",
        "1h 30m",
        "--5s",
        "5m-3s",
        "1e3s",
        "٣s",
        ".s",
        "forever",
        None,
        True,
        1.5,
        b"5m",
        "5m\n5m",
        "5m\x00",
        "999999999h",
        "9" * 18,
        "9" * 30,
    ],
)
def test_other_durations_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="expected a Go duration such as '5m'"):
        parse_duration(value)


def test_random_durations_add_up() -> None:
    chance = random.Random(5)
    units = {"h": 3600, "m": 60, "s": 1}
    for _ in range(500):
        parts = {unit: chance.randrange(1000) for unit in chance.sample(list(units), 2)}
        text = "".join(f"{number}{unit}" for unit, number in parts.items())
        assert duration_seconds(text) == sum(n * units[u] for u, n in parts.items())
