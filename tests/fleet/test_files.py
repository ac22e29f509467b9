"""Managed files on a real host: whole or not at all, never wider, never through a link."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.harness import BIN, Fleet, Ran, run

HOST = "host1"
ETC = "/etc/managed"
CANARY = "canary-4711"

DEPLOY = """\
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.operations.files import managed_files
from pyinfra_ollama.snapshot import Question

for number, files in enumerate({rounds!r}):
    wanted = [ManagedFile(**file) for file in files]
    paths = tuple(file.path for file in wanted)
    question = Question(paths, (), "http://127.0.0.1:1", "/srv/none", 1, (), "none", "")
    managed_files(name=f"Round {{number}}", files=wanted, question=question, judge={judge!r})
"""


@dataclass
class Deployment:
    """A deployment of its own, run by the real pyinfra: has files, round after round."""

    fleet: Fleet
    folder: Path

    def __call__(self, *rounds: list[dict[str, Any]], judge: str = "", words: str = "") -> Ran:
        path = self.folder / "files.py"
        path.write_text(DEPLOY.format(rounds=rounds, judge=judge))
        inventory = str(self.fleet.inventory(HOST))
        return run([str(BIN / "pyinfra"), inventory, str(path), "-y", *words.split()], 120)


@pytest.fixture
def have(fleet: Fleet, tmp_path: Path) -> Deployment:
    """Deploys; the folder of the files is there and empty."""
    fleet.sh(HOST, f"umount -q {ETC}; rm -rf {ETC}; mkdir {ETC}")
    return Deployment(fleet, tmp_path)


def file(name: str, content: str | None, **more: str | bool) -> dict[str, Any]:
    return {"path": f"{ETC}/{name}", "content": content, **more}


HOSTILE = {
    "printable": "".join(map(chr, range(32, 127))) + "\n",
    "shell": "$(touch /pwned) `touch /pwned`; 'a' \"b\" \\ %s %% \\n \\0 | & EOF\n",
    "lines": "no line break at the end",
    "control": "\n\n \t\n\x01\x07\x1b[31m\x7f\r\n\n",
    "unicode": "ü ß 日本 \U0001f999 e\u0301 \u202e\n",
    "empty": "",
    "long": "x" * 100_000,
}


def test_content_arrives_as_it_is(fleet: Fleet, have: Deployment) -> None:
    files = [file(name, content) for name, content in HOSTILE.items()]
    assert have(files).code == 0
    sums = fleet.sh(HOST, f"cd {ETC} && sha256sum -- *").splitlines()
    found = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in sums}
    assert found == {
        name: hashlib.sha256(content.encode()).hexdigest() for name, content in HOSTILE.items()
    }
    assert fleet.ssh(HOST, "test -e /pwned").returncode == 1
    assert "No changes" in have(files).text


def test_owner_mode_folder_link_and_removal(fleet: Fleet, have: Deployment) -> None:
    fleet.sh(HOST, f"cd {ETC} && echo theirs >target && ln -s target link && ln -s none dangling")
    fleet.sh(HOST, f"cd {ETC} && echo old >old && ln -s target gone && ln -s none also-gone")
    files = [
        file("a/b/c", "deep\n", mode="640", user="games", group="mail"),
        file("link", "ours\n"),
        file("dangling", "ours\n"),
        file("old", None),
        file("gone", None),
        file("also-gone", None),
    ]
    assert have(files).code == 0

    def state(name: str) -> str:
        return fleet.sh(HOST, f"stat -c '%F %a %U:%G' {ETC}/{name}")

    assert state("a/b/c") == "regular file 640 games:mail"
    assert state("a/b") == "directory 755 root:root"
    assert state("link") == state("dangling") == "regular file 644 root:root"
    assert fleet.sh(HOST, f"cd {ETC} && cat target link dangling") == "theirs\nours\nours"
    assert fleet.sh(HOST, f"ls -A {ETC}").split() == ["a", "dangling", "link", "target"]
    assert "No changes" in have(files).text


@contextmanager
def watching(fleet: Fleet, look: str) -> Iterator[set[str]]:
    """Run `look` over and over on the host meanwhile; afterwards the set holds its lines."""
    seen: set[str] = set()
    loop = f"exec 2>&1\nwhile [ ! -e /run/enough ]; do\n{look}\ndone | sort -u >/run/seen\n"
    fleet.sh(HOST, "rm -f /run/enough; cat >/run/watch", stdin=loop)
    fleet.sh(HOST, "systemd-run -q --unit=watch -p RuntimeMaxSec=60 sh /run/watch")
    try:
        yield seen
    finally:
        fleet.sh(HOST, "touch /run/enough; while systemctl -q is-active watch; do sleep 0.1; done")
    seen.update(fleet.sh(HOST, "cat /run/seen").splitlines())


def test_readers_see_the_old_or_the_new_file_and_nothing_else(
    fleet: Fleet, have: Deployment
) -> None:
    texts = [f"{letter * 50_000}\n" for letter in "ab"]
    secret = {"mode": "600", "user": "games", "group": "mail", "secret": True}
    have([file("f", texts[1], **secret)])
    look = f"""
        sha256sum <{ETC}/f
        stat -c '%a %U:%G' {ETC}/f
        find {ETC} -name '.*' -printf 'beside %m\\n' 2>/dev/null"""
    with watching(fleet, look) as seen:
        ran = have(*([file("f", texts[number % 2], **secret)] for number in range(8)))
    assert ran.code == 0, ran.text
    hashes = {f"{hashlib.sha256(text.encode()).hexdigest()}  -" for text in texts}
    assert hashes < seen, "the watch saw too little to prove anything"
    assert seen - hashes - {"beside 600"} == {"600 games:mail"}


def test_a_secret_shows_nowhere(fleet: Fleet, have: Deployment) -> None:
    look = f"grep -lsa '[{CANARY[0]}]{CANARY[1:]}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ"
    secret = {"mode": "600", "secret": True}
    files = [file("s", f"{CANARY}\n", **secret), file("plain", "shown-4711\n")]
    with watching(fleet, look) as seen:
        dry = have(files, words="--dry --diff --debug-operations --debug-facts")
        ran = have(files, words="--diff -vvv")
        again = have([file("s", f"{CANARY}2\n", **secret)], words="--json -vv")
    assert dry.code == ran.code == again.code == 0, dry.text + ran.text + again.text
    assert fleet.sh(HOST, f"cat {ETC}/s") == f"{CANARY}2"
    assert "+shown-4711" in ran.text, "there was no diff at all"
    assert "(content hidden)" in ran.text
    assert CANARY not in dry.text + ran.text + again.text
    assert seen == set()
    assert fleet.ssh(HOST, f"grep -rl {CANARY} /tmp /var/tmp /run /var/log").stdout == ""


def unchanged(fleet: Fleet, ran: Ran, words: str) -> None:
    """The run failed with these words, and of its files the old ones are all there is."""
    assert ran.code == 1
    assert words in ran.text
    assert "Traceback" not in ran.text
    assert fleet.sh(HOST, f"cd {ETC} && cat old && stat -c %i old | diff - /run/inode") == "old"
    left = f"find {ETC} /run -maxdepth 1 -name '.*' -o -maxdepth 1 -name 'pyinfra-ollama-*'"
    assert fleet.sh(HOST, left) == ""


@pytest.fixture
def old(fleet: Fleet, have: Deployment) -> Deployment:
    """There is a file whose inode is remembered."""
    fleet.sh(HOST, f"cd {ETC} && echo old >old && stat -c %i old >/run/inode")
    return have


def test_a_judge_that_refuses(fleet: Fleet, old: Deployment) -> None:
    judge = f'grep -q new "$stage{ETC}/old" && echo "line 1: bad" && exit 1'
    ran = old([file("old", "new\n"), file("other", "new\n")], judge=judge)
    unchanged(fleet, ran, "line 1: bad")
    assert fleet.ssh(HOST, f"test -e {ETC}/other").returncode == 1


def test_a_place_that_cannot_be_written(fleet: Fleet, old: Deployment) -> None:
    """The last of three files fails, so the first is not written either."""
    fleet.sh(HOST, f"mkdir {ETC}/ro && mount -t tmpfs -o ro tmpfs {ETC}/ro")
    ran = old([file("old", "new\n"), file("new", "new\n"), file("ro/f", "new\n")])
    fleet.sh(HOST, f"umount {ETC}/ro")
    unchanged(fleet, ran, f"{ETC}/ro/f could not be written, nothing was changed: mktemp:")
    assert "Read-only file system" in ran.text
    assert fleet.ssh(HOST, f"test -e {ETC}/new").returncode == 1


def test_a_folder_in_the_way(fleet: Fleet, old: Deployment) -> None:
    fleet.sh(HOST, f"mkdir {ETC}/d && echo theirs >{ETC}/d/f")
    ran = old([file("old", "new\n"), file("d", "new\n")])
    unchanged(fleet, ran, f"{ETC}/d is a folder where a file belongs: move it away")
    assert fleet.sh(HOST, f"cat {ETC}/d/f") == "theirs"


def test_what_a_killed_run_left_beside_is_cleared_away(fleet: Fleet, have: Deployment) -> None:
    fleet.sh(HOST, f"echo half >{ETC}/.f.a1B2c3; echo theirs >{ETC}/.f.keep")
    assert have([file("f", "new\n")]).code == 0
    assert fleet.sh(HOST, f"ls -A {ETC}").split() == [".f.keep", "f"]
