"""The answer of a host: read whole, or refused whole.

converged.txt is what scripts/snapshot.sh printed on a Debian 12 host with Ollama 0.33.0 and two
models, all-minilm:22m and one made from it (2026-11); addresses and the disk's name are changed.
"""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from pyinfra_ollama.snapshot import SnapshotError, parse
from pyinfra_ollama.snapshot.parse import MARKER

LINES = (Path(__file__).parent / "converged.txt").read_text().splitlines()
MARKERS = [number for number, line in enumerate(LINES) if line.startswith("@@")]


def changed(old: str, new: str) -> list[str]:
    """The answer with one line changed."""
    assert sum(line.startswith(old) for line in LINES) == 1
    return [new if line.startswith(old) else line for line in LINES]


def test_a_converged_host() -> None:
    found = parse(LINES)
    assert (found.uid, found.machine, found.init) == (0, "x86_64", "systemd")
    assert found.os["VERSION_ID"] == "12"
    assert found.memory["MemTotal"] == 24684092 * 1024
    assert found.disk["/opt/ollama"] == ("/", 73090216 * 1024)
    assert found.files["/usr/share/ollama"].mode == "700"
    unit = found.files["/etc/systemd/system/ollama.service"]
    assert (unit.kind, unit.size) == ("regular file", 1463)
    assert (unit.sha256 or "").startswith("7525ce14")
    assert found.links["/opt/ollama/current"] == "releases/0.33.0"
    assert found.releases["0.33.0"].notes == {"variant": "none", "gpu": "dropped"}
    assert found.packages.installed["zstd"] == "1.5.4+dfsg2-5"
    assert found.account.exists
    assert found.account.home == "/usr/share/ollama"
    assert found.unit.managed
    assert (found.unit.active, found.unit.enabled, found.unit.pid) == ("active", "enabled", 648)
    assert found.unit.exe == "/opt/ollama/releases/0.33.0/bin/ollama"
    assert (found.unit.environment or "").startswith("81a2bb71")
    assert found.port_holders is not None
    assert "pid=648" in found.port_holders[0]
    assert found.api.version == "0.33.0"
    assert set(found.api.models or ()) == {"192.0.2.2:5000/library/all-minilm:22m", "small:latest"}
    assert found.api.sizes["small:latest"] == 45949380
    assert found.api.parameters["small:latest"].split() == ["num_ctx", "256"]
    assert (found.verified or "").startswith("635d5f0b")


@pytest.mark.parametrize("length", [0, 1, *MARKERS[1:], len(LINES) - 1])
def test_an_answer_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(SnapshotError, match="cut off"):
        parse(LINES[:length])


@pytest.mark.parametrize("number", MARKERS[:-1])
def test_an_answer_without_one_of_its_sections_is_refused_or_says_unknown(number: int) -> None:
    end = next(other for other in [*MARKERS, len(LINES)] if other > number)
    try:
        found = parse(LINES[:number] + LINES[end:])
    except SnapshotError:
        return
    # What the API says is asked of a running server only.
    assert found.api.version is None or not found.api.models or not found.api.parameters


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("uid=", "uid=root"),
        ("uid=", ""),
        ("now=", "now="),
        ("MemTotal", "MemTotal: much"),
        ("path=/var", ""),
        ("Filesystem", ""),
        ("directory|755|root|root|4096|1795181640|/opt/ollama|", "directory|755|root|root"),
        (
            "directory|755|root|root|4096|1795181640|/opt/ollama|",
            "directory|755|root|root|4096|1|a|b",
        ),
        ("symbolic link|777|root|root|15|", "symbolic link|777|root|root|15|yesterday|/a|/a -> b"),
        ("directory|755|root|root|4096|1795181642|/opt/ollama/releases/0.33.0|", ""),
        ("7525ce14", "7525ce14"),
        ("0.33.0|", "0.33.0"),
        ("zstd|", "zstd|amd64"),
        ("passwd=", "passwd=ollama"),
        ("pid=", "pid=many"),
        ('{"models"', '{"models": ["one"]}|'),
        ('{"models"', '{"models": {"name": 1}}|'),
        ('{"models"', '{"models": [{"name": "a"}]}|'),
    ],
)
def test_junk_is_refused_with_what_could_not_be_read(old: str, new: str) -> None:
    with pytest.raises(SnapshotError, match="could not be read"):
        parse(changed(old, new))


@pytest.mark.parametrize(
    "said", ["", "null", "[]", '"0.33.0"', "<html>busy</html>", '{"version": null}', "\x00\ufffd"]
)
def test_an_api_that_says_something_else_is_silent(said: str) -> None:
    assert parse(changed('{"version"', f"{said}|")).api.version is None
    assert parse([*changed('{"models"', f"{said}|"), f"{MARKER}manifests"]).api.models in (None, {})


def test_any_mangled_answer_is_read_or_refused() -> None:
    """Lines cut, dropped, doubled or replaced by junk; nothing but SnapshotError comes out."""
    dice = random.Random(7)
    for _ in range(3000):
        lines = list(LINES)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(lines))
            lines[at : at + 1] = dice.choice(
                [[], [lines[at]] * 2, [lines[at][: len(lines[at]) // 2]], ["|=|: \x1b"], ["[]"]]
            )
        with suppress(SnapshotError):
            parse(lines)


def test_a_port_that_nobody_could_be_asked_about() -> None:
    assert parse(changed("LISTEN", "unknown")).port_holders is None
    assert parse(changed("LISTEN", "")).port_holders == ()
