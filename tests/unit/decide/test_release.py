"""Which archives a host needs and from where. What is cleared away: test_foretelling.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama.decide import archive
from pyinfra_ollama.decide.release import architecture, installed, plan, variant
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.snapshot import GpuState, ReleaseState

from .hosts import declared, host

NONE, AMD, NVIDIA = GpuState(None, False), GpuState("amd", True), GpuState("nvidia", True)
BASE, ROCM = "ollama-linux-amd64.tar.zst", "ollama-linux-amd64-rocm.tar.zst"


@pytest.mark.parametrize(
    ("wanted", "arch", "gpu", "found"),
    [
        ("auto", "amd64", NONE, "none"),
        ("auto", "amd64", NVIDIA, "none"),
        ("auto", "amd64", AMD, "rocm"),
        ("auto", "arm64", AMD, "none"),
        ("auto", "arm64", GpuState("nvidia", True, 35), "jetpack5"),
        ("auto", "arm64", GpuState("nvidia", True, 36), "jetpack6"),
        ("auto", "arm64", GpuState("nvidia", True, 99), "none"),
        ("none", "amd64", AMD, "none"),
        ("rocm", "amd64", NONE, "rocm"),
        ("jetpack5", "arm64", NONE, "jetpack5"),
    ],
)
def test_variant(wanted: str, arch: str, gpu: GpuState, found: str) -> None:
    assert variant(wanted, arch, gpu) == found


@pytest.mark.parametrize(("wanted", "arch"), [("rocm", "arm64"), ("jetpack6", "amd64")])
def test_a_variant_of_another_machine_is_refused(wanted: str, arch: str) -> None:
    with pytest.raises(RefusedError, match=f"exists for .* only, and the machine is {arch}"):
        variant(wanted, arch, NONE)


def test_a_machine_without_an_archive_is_refused() -> None:
    assert architecture("aarch64") == "arm64"
    with pytest.raises(RefusedError, match=r"riscv64; Ollama has .* x86_64, aarch64"):
        architecture("riscv64")


def test_addresses_pins_and_what_is_left_out() -> None:
    url = "https://mirror.example.com/v{version}/{archive}"
    settings = declared(release={"url": url, "sha256": {BASE: "A" * 64}})
    found = plan(settings, host())
    (one,) = found.archives
    assert one.url == f"https://mirror.example.com/v0.33.0/{BASE}"
    assert one.sums_url == "https://mirror.example.com/v0.33.0/sha256sum.txt"
    assert one.sha256 == "a" * 64
    assert found.notes == {"variant": "none", "gpu": "dropped", "pinned": "a" * 16}
    assert "lib/ollama/cuda_*" in found.exclude


@pytest.mark.parametrize(
    ("choice", "gpu", "dropped"),
    [
        ("auto", NONE, True),
        ("auto", NVIDIA, False),
        ("keep", NONE, False),
        ("drop", NVIDIA, True),
    ],
)
def test_gpu_libraries(choice: str, gpu: GpuState, dropped: bool) -> None:
    found = plan(declared(release={"gpu_libraries": choice}), host(gpu=gpu))
    assert bool(found.exclude) is dropped


def test_amd_gets_both_archives() -> None:
    assert [one.name for one in plan(declared(), host(gpu=AMD)).archives] == [BASE, ROCM]


@pytest.mark.parametrize(
    ("notes", "there"),
    [
        ({"variant": "none", "gpu": "dropped"}, True),
        ({"variant": "none", "gpu": "dropped", "pinned": "1"}, True),
        ({"variant": "none", "gpu": "kept"}, False),
        ({"variant": "rocm", "gpu": "dropped"}, False),
        ({}, False),
    ],
)
def test_a_release_counts_when_it_is_of_the_wanted_kind(notes: dict[str, str], there: bool) -> None:
    snapshot = host(releases={"0.33.0": ReleaseState(1, notes)})
    assert installed(plan(declared(), snapshot), snapshot) is there
    assert not installed(plan(declared(ollama={"version": "0.32.15"}), snapshot), snapshot)


def test_archives_of_the_controller(tmp_path: Path) -> None:
    mine = tmp_path / "fetched by hand.tar.zst"
    mine.write_bytes(b"12345")
    settings = declared(release={"archive": str(mine), "sha256": {BASE: "0" * 64}})
    found = plan(settings, host())
    assert (found.local, found.local_bytes) == ((mine,), 5)
    # The pin of the host's archive holds whatever the file is called.
    with pytest.raises(RefusedError, match="expected 0000"):
        archive.hashes(found)

    with pytest.raises(RefusedError, match=f"{ROCM} is not there"):
        plan(settings, host(gpu=AMD))
    (tmp_path / ROCM).write_bytes(b"1")
    assert plan(settings, host(gpu=AMD)).local == (mine, tmp_path / ROCM)


def test_a_list_beside_an_archive_of_the_controller_counts(tmp_path: Path) -> None:
    mine, sums = tmp_path / BASE, tmp_path / "sha256sum.txt"
    mine.write_bytes(b"12345")
    settings = declared(release={"archive": str(mine)})
    (digest,) = archive.hashes(plan(settings, host()))
    for line in (f"{digest}  ./{BASE}", f"{digest.upper()} *{BASE}", "junk", f"0  {BASE} more"):
        sums.write_text(f"{line}\n")
        assert archive.hashes(plan(settings, host())) == (digest,)
    sums.write_bytes(b"\xff\xfe " + BASE.encode() + b"\n")
    with pytest.raises(RefusedError, match="fetch the archive again"):
        archive.hashes(plan(settings, host()))
