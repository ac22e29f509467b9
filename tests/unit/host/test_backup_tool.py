"""`ollama-backup` as hosts have it, in a folder of its own and with a stand-in for restic.

Its words for a repository that fails are restic 0.14.0's; the fleet tests have the real one.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.repo import ROOT

TOOL = ROOT / "files/usr/local/sbin/ollama-backup"
LIBRARY = "manifests/registry.ollama.ai/library"

UNREACHABLE = (
    'Fatal: unable to open config file: Head "http://b/config": connection refused\n'
    "Is there a repository at the following location?"
)


@dataclass(frozen=True)
class Machine:
    """A host's folders below one, and the tool with settings that name them."""

    root: Path

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def repository(self) -> Path:
        return self.root / "repository"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{Path(__file__).parent}:{os.environ['PATH']}"}
        return subprocess.run(
            ["sh", str(TOOL), "--settings", str(self.root / "settings"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    def blob(self, text: str) -> str:
        name = hashlib.sha256(text.encode()).hexdigest()
        (self.models / f"blobs/sha256-{name}").write_text(text)
        return f"sha256:{name}"

    def model(self, name: str, *blobs: str) -> Path:
        path = self.models / LIBRARY / name / "latest"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(f'{{"digest":"{blob}"}}' for blob in blobs))
        return path

    def state(self, task: str) -> dict[str, str]:
        lines = (self.root / "state" / task).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Two models, one of them pulled, a key, and a repository."""
    made = Machine(tmp_path)
    for folder in ("models/blobs", "private", "etc", "releases/0.33.0"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "current").symlink_to("releases/0.33.0")
    (tmp_path / "private/password").write_text("canary\n")
    (tmp_path / "private/repository").write_text(f"{made.repository}\n")
    (tmp_path / "etc/key").write_text("identity\n")
    weights = made.blob("weights")
    made.model("pulled", weights)
    made.model("mine", weights, made.blob("parameters"))
    values = {
        "host": "host1",
        "tag": "pyinfra-ollama",
        "private": tmp_path / "private",
        "state_folder": tmp_path / "state",
        "cache_folder": tmp_path / "cache",
        "place": made.repository,
        "paths": tmp_path / "etc",
        "identity": tmp_path / "etc/key",
        "models": "custom",
        "models_folder": made.models,
        "pulled": f"{LIBRARY}/pulled/latest",
        "home": tmp_path,
        "owner": "nobody-of-that-name",
        "current": tmp_path / "current",
        "lock_seconds": 0,
        "check_percent": 10,
        "retention": "--keep-last 3",
    } | dict.fromkeys(("sftp_command", "authority", "unless_there", "api"), "")
    text = "".join(f"{key}={shlex.quote(str(value))}\n" for key, value in values.items())
    (tmp_path / "settings").write_text(text)
    assert made.run("init").returncode == 0
    return made


def test_what_was_kept_comes_back_on_a_host_that_lost_all(machine: Machine) -> None:
    assert machine.run("run").returncode == 0
    state = machine.state("run")
    assert (state["result"], state["kept_bytes"], state["left_out"]) == ("good", "20", "")
    assert machine.run("rehearse").returncode == 0
    mine = machine.models / LIBRARY / "mine/latest"
    before = mine.read_text()
    subprocess.run(["rm", "-rf", machine.models, machine.root / "etc"], check=True)
    done = machine.run("restore")
    assert done.returncode == 0, done.stderr
    assert mine.read_text() == before
    assert (machine.root / "etc/key").read_text() == "identity\n"
    blobs = {path.name for path in (machine.models / "blobs").iterdir()}
    assert len(blobs) == 2
    # What a registry brings again was not kept, but for the blobs that are of both.
    assert not (machine.models / LIBRARY / "pulled").exists()
    assert machine.state("restore")["models"] == "1"


def test_a_model_that_lacks_a_blob_is_left_out_and_named(machine: Machine) -> None:
    machine.model("broken", f"sha256:{'0' * 64}")
    done = machine.run("run")
    assert done.returncode == 0
    assert machine.state("run")["left_out"] == "registry.ollama.ai/library/broken/latest"


def test_a_model_that_changes_meanwhile_has_the_snapshot_made_again(machine: Machine) -> None:
    meanwhile = machine.repository.with_suffix(".meanwhile")
    new = machine.blob("newer weights")
    path = machine.model("mine", new)
    path.write_text(f'{{"digest":"{new}"}}')
    meanwhile.write_text(f"echo >>{path}; rm {meanwhile}\n")
    done = machine.run("run")
    assert done.returncode == 0, done.stderr
    assert "models changed meanwhile: once more" in done.stdout
    assert machine.state("run")["snapshot"] == "00000001"
    meanwhile.write_text(f"echo >>{path}\n")
    done = machine.run("run")
    assert done.returncode == 1
    assert "models changed during each of three tries" in machine.state("run")["reason"]
    assert [one.name for one in machine.repository.glob("*.tar")] == ["00000001.tar"]


def test_a_blob_that_is_not_what_its_name_says_is_noticed(machine: Machine) -> None:
    blob = next((machine.models / "blobs").iterdir())
    blob.write_text("rotten")
    assert machine.run("run").returncode == 0
    done = machine.run("rehearse")
    assert done.returncode == 14
    assert blob.name in machine.state("rehearse")["reason"]
    assert machine.run("restore").returncode == 14


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ("Fatal: wrong password or no key found", 12, "the password is not the repository's"),
        (
            UNREACHABLE,
            13,
            "cannot be reached",
        ),
        ("Pack ID does not match\nFatal: repository contains errors", 14, "is damaged"),
        ("something new", 1, "restic failed (something new )"),
    ],
)
def test_why_a_run_failed_is_told_and_kept(
    machine: Machine, words: str, code: int, reason: str
) -> None:
    machine.run("run")
    good = machine.state("run")["good"]
    says = machine.repository.with_suffix(".says")
    says.write_text(f"{words}\n")
    done = machine.run("check" if code == 14 else "run")
    assert done.returncode == code
    assert reason in done.stderr
    state = machine.state("check" if code == 14 else "run")
    assert (state["result"], state["code"]) == ("failed", str(code))
    assert reason in state["reason"]
    if code != 14:
        assert state["good"] == good


@pytest.mark.parametrize(("lock", "code"), [("stale", 0), ("held", 11)])
def test_a_lock_of_a_process_that_is_gone_is_taken_away_and_no_other(
    machine: Machine, lock: str, code: int
) -> None:
    machine.repository.with_suffix(".locked").write_text(lock)
    done = machine.run("run")
    assert done.returncode == code
    assert ("locked by another process" in done.stderr) == (code == 11)


def test_a_repository_that_vanished_is_not_made_anew_by_a_run(machine: Machine) -> None:
    subprocess.run(["rm", "-rf", machine.repository], check=True)
    done = machine.run("run")
    assert done.returncode == 10
    assert "was it moved or deleted?" in done.stderr
    assert not machine.repository.exists()


def test_a_snapshot_of_a_newer_ollama_is_refused_unless_forced(machine: Machine) -> None:
    machine.run("run")
    done = machine.run("restore", "--version", "0.32.15")
    assert done.returncode == 1
    assert "is of Ollama 0.33.0, newer than 0.32.15 here" in done.stderr
    assert machine.run("restore", "--version", "0.32.15", "--force").returncode == 0
    assert machine.run("restore", "--version", "0.33.1").returncode == 0


def test_a_target_is_all_that_is_written(machine: Machine, tmp_path: Path) -> None:
    machine.run("run")
    (machine.root / "etc/key").write_text("another\n")
    assert machine.run("restore", "--target", str(tmp_path / "apart")).returncode == 0
    assert (machine.root / "etc/key").read_text() == "another\n"
    assert (tmp_path / f"apart{machine.root}/etc/key").read_text() == "identity\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("run", "more"),
        ("run", "--target", "/x"),
        ("restore", "not-hex"),
        ("restore", "--target", "relative"),
        ("restore", "--from"),
        ("--no-such",),
    ],
)
def test_misuse(machine: Machine, arguments: tuple[str, ...]) -> None:
    done = machine.run(*arguments)
    assert done.returncode == 64
    assert "see ollama-backup --help" in done.stderr


def test_nothing_is_left_in_its_folder_and_the_password_is_nowhere(machine: Machine) -> None:
    machine.run("run")
    machine.run("rehearse")
    names = {path.name for path in (machine.root / "state").iterdir()}
    assert names == {"run", "rehearse", "kept", "repository", ".lock"}
    kept = [path for path in (machine.root / "state").rglob("*") if path.is_file()]
    assert not [path for path in kept if "canary" in path.read_text()]
