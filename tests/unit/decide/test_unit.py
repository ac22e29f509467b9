"""The unit's text, its escapes, and what a running process must have to count as declared."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from pyinfra_ollama.decide.unit import quoted, secrets_text, stamp, unit_files
from pyinfra_ollama.snapshot import GpuState, Snapshot

from .hosts import declared, host
from .served import TEMPLATES

HARD = 'a b"c\\d%e$f`g'


def texts(snapshot: Snapshot | None = None, **variables: dict[str, object]) -> dict[str, str]:
    """The files by the end of their names; a file that must not be there is ""."""
    files = unit_files(declared(**variables), snapshot or host(), TEMPLATES).files
    return {file.path.rsplit("/", 1)[-1]: file.content or "" for file in files}


def test_the_unit_of_a_host_without_a_gpu() -> None:
    unit = texts()["ollama.service"].splitlines()
    assert unit[0].startswith("# Managed by pyinfra-ollama")
    assert "ExecStart=/opt/ollama/current/bin/ollama serve" in unit
    assert "PrivateDevices=yes" in unit
    assert "MemoryDenyWriteExecute=yes" in unit
    assert not [line for line in unit if line.startswith(("SupplementaryGroups", "DeviceAllow"))]


@pytest.mark.parametrize(("vendor", "device"), [("nvidia", "char-nvidiactl"), ("amd", "char-kfd")])
def test_the_unit_of_a_host_with_a_gpu(vendor: str, device: str) -> None:
    unit = texts(host(gpu=GpuState(vendor, True)))["ollama.service"].splitlines()
    assert "SupplementaryGroups=render video" in unit
    assert "DevicePolicy=closed" in unit
    assert f"DeviceAllow={device} rw" in unit
    assert "PrivateDevices=no" in unit


def test_models_outside_of_the_home_can_be_written() -> None:
    elsewhere = texts(ollama={"models_dir": "/data/models"})["ollama.service"]
    assert "ReadWritePaths=/usr/share/ollama /data/models" in elsewhere.splitlines()


def test_the_drop_in_holds_environment_and_limits() -> None:
    drop_in = texts(
        ollama={"origins": ["https://chat.example.com"]},
        service={"memory_max": "4G", "cpu_quota_percent": 150, "oom_policy": "continue"},
    )["50-pyinfra-ollama.conf"].splitlines()
    assert 'Environment="OLLAMA_HOST=127.0.0.1:11434"' in drop_in
    assert 'Environment="OLLAMA_NO_CLOUD=1"' in drop_in
    assert f"MemoryMax={4 << 30}" in drop_in
    assert "CPUQuota=150%" in drop_in
    assert "OOMPolicy=continue" in drop_in
    assert not [line for line in drop_in if line.startswith(("TasksMax", "EnvironmentFile"))]


def test_a_secret_is_in_the_secrets_file_only() -> None:
    url = SecretStr("http://me:pa%24ss@proxy.example.com:3128")
    proxy = {"ollama": {"https_proxy": url}}
    found = unit_files(declared(**proxy), host(), TEMPLATES)  # type: ignore[arg-type]
    unit, drop_in, secrets = found.files
    assert "pa%24ss" in (secrets.content or "")
    assert (secrets.mode, secrets.secret) == ("600", True)
    assert "pa%24ss" not in f"{unit.content}{drop_in.content}{found!r}"
    assert "EnvironmentFile=/etc/pyinfra-ollama/ollama.env" in (drop_in.content or "")


def test_escapes() -> None:
    assert quoted(f"K={HARD}") == '"K=a b\\"c\\\\d%%e$f`g"'
    assert secrets_text({"K": HARD}).splitlines()[1] == 'K="a b\\"c\\\\d%e\\$f\\`g"'


@pytest.mark.skipif(not shutil.which("sh"), reason="needs a shell")
def test_the_hash_is_the_one_that_the_script_prints(tmp_path: Path) -> None:
    """The pipeline of scripts/snapshot.sh, run on an environment that holds more."""
    script = (TEMPLATES.parent / "pyinfra_ollama/scripts/snapshot.sh").read_text()
    names = re.search(r"^chosen_names=.*$", script, re.M)
    choose = re.search(r"^ *chosen=\$\(.*$", script, re.M)
    hash_them = re.search(r"^ *\{ .*sha256sum$", script, re.M)
    assert names
    assert choose
    assert hash_them
    expected = unit_files(declared(), host(), TEMPLATES).environment
    raw = tmp_path / "environ"
    pairs = {**expected.plain, **expected.secret, "HOME": "/usr/share/ollama", "LANG": "C"}
    raw.write_bytes(b"".join(f"{key}={value}\0".encode() for key, value in pairs.items()))
    choose_there = choose[0].replace("/proc/$pid/environ", str(raw))
    command = f"export LC_ALL=C\n{names[0]}\n{choose_there}\n{hash_them[0]}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert ran.stdout.split()[0] == expected.sha256


def test_what_a_new_process_is_needed_for() -> None:
    text = texts()["ollama.service"]
    assert stamp(text) == stamp(text.replace("RestartSec=3", "RestartSec=9") + "\n# a word\n")
    assert stamp(text) != stamp(text.replace("PrivateTmp=yes", "PrivateTmp=no"))
    slow = texts(service={"restart_seconds": 9})["50-pyinfra-ollama.conf"]
    assert slow == texts()["50-pyinfra-ollama.conf"]
