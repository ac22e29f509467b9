"""Which files are written or removed, what is sent for that, and what is shown of it."""

from __future__ import annotations

import base64
import hashlib

import pytest

from pyinfra_ollama.decide.files import ManagedFile, changed, diff, differs, payload
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.snapshot import FileState

PATH = "/etc/app.conf"
TEXT = "port = 1\n"


def state(
    text: str = TEXT, mode: str = "644", user: str = "root", kind: str = "regular file"
) -> FileState:
    return FileState(kind, mode, user, "root", len(text), hashlib.sha256(text.encode()).hexdigest())


FILE = ManagedFile(path=PATH, content=TEXT)
GONE = ManagedFile(path=PATH, content=None)


def test_as_declared() -> None:
    assert not differs(FILE, state())
    assert not differs(GONE, None)


@pytest.mark.parametrize(
    "found",
    [
        None,
        state("port = 2\n"),
        state("port = 1"),
        state(mode="600"),
        state(user="joe"),
        state(kind="symbolic link"),
        FileState("fifo", "644", "root", "root", 0),
    ],
)
def test_what_differs_is_written(found: FileState | None) -> None:
    assert changed([FILE], {PATH: found} if found else {}) == [FILE]


def test_what_must_not_be_there_is_removed() -> None:
    assert changed([GONE], {PATH: state(mode="600")}) == [GONE]
    assert changed([GONE], {PATH: state(kind="symbolic link")}) == [GONE]


@pytest.mark.parametrize("file", [FILE, GONE])
def test_a_folder_is_refused(file: ManagedFile) -> None:
    with pytest.raises(RefusedError, match=r"/etc/app\.conf is a folder"):
        differs(file, state(kind="directory"))


def test_payload() -> None:
    secret = ManagedFile(path="/etc/s", content="kéy|\n", mode="600", user="a", group="b")
    kept = ManagedFile(path="/etc/k", content="")
    absent = ManagedFile(path="/etc/absent", content=None)
    body = base64.b64encode("kéy|\n".encode()).decode()
    lines = payload([secret, kept, GONE, absent], [secret, GONE]).splitlines()
    assert lines == [
        f"put|/etc/s|600|a|b|{body}",
        "keep|/etc/k|644|root|root|",
        f"remove|{PATH}||||",
    ]


def test_diff_of_a_change() -> None:
    assert list(diff(FILE, state("port = 2\n", mode="600"), "port = 2\n")) == [
        f"Will modify {PATH}",
        "  mode and owner: 600 root:root -> 644 root:root",
        "  @@ -1 +1 @@",
        "  -port = 2",
        "  +port = 1",
    ]


def test_diff_of_a_new_file_is_whole() -> None:
    assert list(diff(FILE, None, None)) == [f"Will create {PATH}", "  @@ -0,0 +1 @@", "  +port = 1"]


def test_diff_of_a_link_and_of_a_removal() -> None:
    headline, *_ = diff(FILE, state(kind="symbolic link"), None)
    assert headline == f"Will put a file in place of the link {PATH}"
    removal = [f"Will remove {PATH}", "  @@ -1 +0,0 @@", "  -port = 1"]
    assert list(diff(GONE, state(), TEXT)) == removal


def test_diff_of_a_secret_shows_none_of_it() -> None:
    secret = ManagedFile(path=PATH, content="hunter2", secret=True)
    assert list(diff(secret, state(), "hunter1")) == [f"Will modify {PATH}", "  (content hidden)"]
