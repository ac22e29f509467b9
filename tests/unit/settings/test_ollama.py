"""What the settings of the server amount to: its environment, its address, its memory."""

from __future__ import annotations

import pytest

from pyinfra_ollama.settings import Model, Ollama, Options, Release, model_memory, rough_memory
from pyinfra_ollama.settings.variables import VARIABLES

ALWAYS = {
    "OLLAMA_HOST": "127.0.0.1:11434",
    "OLLAMA_MODELS": "/usr/share/ollama/.ollama/models",
    "OLLAMA_NO_CLOUD": "1",
}
MIB = 1024**2


@pytest.mark.parametrize(
    ("declared", "added"),
    [
        ({}, {}),
        ({"keep_alive": "5m", "num_parallel": 1, "debug": 0}, {}),
        ({"keep_alive": -1}, {"OLLAMA_KEEP_ALIVE": "-1"}),
        ({"keep_alive": 0}, {"OLLAMA_KEEP_ALIVE": "0"}),
        ({"load_timeout": "10m"}, {"OLLAMA_LOAD_TIMEOUT": "10m"}),
        ({"num_parallel": 4}, {"OLLAMA_NUM_PARALLEL": "4"}),
        ({"max_loaded_models": 2}, {"OLLAMA_MAX_LOADED_MODELS": "2"}),
        ({"max_queue": 64}, {"OLLAMA_MAX_QUEUE": "64"}),
        ({"context_length": 8192}, {"OLLAMA_CONTEXT_LENGTH": "8192"}),
        ({"flash_attention": True}, {"OLLAMA_FLASH_ATTENTION": "1"}),
        ({"flash_attention": False}, {"OLLAMA_FLASH_ATTENTION": "0"}),
        ({"kv_cache_type": "f16"}, {"OLLAMA_KV_CACHE_TYPE": "f16"}),
        ({"debug": 2}, {"OLLAMA_DEBUG": "2"}),
        ({"no_prune": True}, {"OLLAMA_NOPRUNE": "1"}),
        ({"gpu_overhead": "512M"}, {"OLLAMA_GPU_OVERHEAD": "536870912"}),
        ({"sched_spread": True}, {"OLLAMA_SCHED_SPREAD": "1"}),
        ({"llm_library": "cuda_v13"}, {"OLLAMA_LLM_LIBRARY": "cuda_v13"}),
        ({"cuda_visible_devices": "-1"}, {"CUDA_VISIBLE_DEVICES": "-1"}),
        ({"hip_visible_devices": "0,1"}, {"HIP_VISIBLE_DEVICES": "0,1"}),
        ({"rocr_visible_devices": "GPU-a1"}, {"ROCR_VISIBLE_DEVICES": "GPU-a1"}),
        ({"gpu_device_ordinal": "0"}, {"GPU_DEVICE_ORDINAL": "0"}),
        ({"ggml_vk_visible_devices": "0"}, {"GGML_VK_VISIBLE_DEVICES": "0"}),
        ({"hsa_override_gfx_version": "10.3.0"}, {"HSA_OVERRIDE_GFX_VERSION": "10.3.0"}),
        ({"origins": ["https://a.example", "*"]}, {"OLLAMA_ORIGINS": "https://a.example,*"}),
        ({"https_proxy": "http://proxy:3128"}, {"HTTPS_PROXY": "http://proxy:3128"}),
        ({"no_proxy": ["10.0.0.0/8", ".lan"]}, {"NO_PROXY": "10.0.0.0/8,.lan"}),
        ({"port": 12000}, {"OLLAMA_HOST": "127.0.0.1:12000"}),
        ({"host": "::1"}, {"OLLAMA_HOST": "[::1]:11434"}),
        ({"models_dir": "/srv/models"}, {"OLLAMA_MODELS": "/srv/models"}),
        ({"environment": {"LLAMA_ARG_CACHE_RAM": "0"}}, {"LLAMA_ARG_CACHE_RAM": "0"}),
        ({"environment": {"TZ": "a 'b' c\\ 50% $X \"d\" é"}}, {"TZ": "a 'b' c\\ 50% $X \"d\" é"}),
    ],
)  # fmt: skip
def test_environment_holds_what_differs(declared: dict, added: dict[str, str]) -> None:
    ollama = Ollama(**declared)
    assert ollama.is_valid
    assert ollama.environ() == {**ALWAYS, **added}
    assert list(ollama.environ()) == sorted(ollama.environ())


def test_every_owned_variable_has_its_field() -> None:
    owned = {variable.field for variable in VARIABLES.values() if variable.field}
    assert owned <= set(Ollama.model_fields)


def test_cloud_is_off_unless_wanted() -> None:
    assert "OLLAMA_NO_CLOUD" not in Ollama(no_cloud=False).environ()
    assert Ollama(no_cloud=False, models=[Model("gpt-oss:120b-cloud")]).is_valid


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("::", "http://[::1]:11434"),
        ("0:0:0:0:0:0:0:1", "http://[::1]:11434"),
        ("10.0.0.5", "http://10.0.0.5:11434"),
    ],
)
def test_base_url_is_reachable_on_the_host(host: str, url: str) -> None:
    ollama = Ollama(host=host, allow_non_loopback=True)
    assert ollama.base_url == url
    assert ollama.listen[1] == 11434


def test_models_know_what_is_pulled_and_listed() -> None:
    plain = Model("10.77.0.2:5000/library/smollm2:135m", insecure=True)
    assert plain.canonical == "10.77.0.2:5000/library/smollm2:135m"
    assert plain.registry.manifest_url.startswith("http://10.77.0.2:5000/v2/library/smollm2/")
    changed = Model("fast", base="mistral:7b", options=Options(num_ctx=2048, stop=["x"]))
    assert (changed.canonical, changed.pulled.listed) == ("fast:latest", "mistral:7b")
    assert changed.options is not None
    assert changed.options.parameters() == {"num_ctx": 2048, "stop": ["x"]}
    assert Model("a", digest="sha256:" + "AB" * 32).digest == "ab" * 32


def test_release_urls() -> None:
    release = Release(url="http://10.77.0.2:8080/{version}/{archive}")
    archive = release.archive_name("arm64", variant="jetpack6")
    assert archive == "ollama-linux-arm64-jetpack6.tar.zst"
    url = release.archive_url(version="0.33.0", archive=archive)
    assert url == "http://10.77.0.2:8080/0.33.0/ollama-linux-arm64-jetpack6.tar.zst"
    assert release.checksums_url(version="0.33.0") == "http://10.77.0.2:8080/0.33.0/sha256sum.txt"
    assert Release().archive_url(version="0.33.0", archive="a").endswith("/download/v0.33.0/a")


def test_release_archive_is_found_and_made_absolute(tmp_path, monkeypatch) -> None:
    (tmp_path / "ollama-linux-amd64.tar.zst").touch()
    monkeypatch.chdir(tmp_path)
    archive = Release(archive="ollama-linux-amd64.tar.zst").archive
    assert archive == str(tmp_path / "ollama-linux-amd64.tar.zst")


@pytest.mark.parametrize(
    ("file_bytes", "cache"),
    [(98 * MIB, 76 * MIB), (1259 * MIB, 128 * MIB), (3921 * MIB, 512 * MIB)],
)
def test_memory_is_at_least_weights_and_cache_and_not_far_above(
    file_bytes: int, cache: int
) -> None:
    rough = model_memory(file_bytes, context=4096, parallel=1)
    assert file_bytes + cache < rough < file_bytes + 2 * cache + 300 * MIB


def test_rough_memory_counts_the_largest_that_are_loaded_at_once() -> None:
    models = [Model("a"), Model("b", role="embedding"), Model("c", options=Options(num_ctx=8192))]
    sizes = {"a:latest": 1000 * MIB, "b:latest": 50 * MIB, "c:latest": 1000 * MIB}
    one = rough_memory(Ollama(models=models, max_loaded_models=1), sizes)
    two = rough_memory(Ollama(models=models, max_loaded_models=2), sizes)
    all_ = rough_memory(Ollama(models=models), sizes)
    assert one < two < all_
    assert all_ - two == model_memory(50 * MIB, context=4096, parallel=1)
    assert rough_memory(Ollama(models=models, num_parallel=4), sizes) > all_
    small = Ollama(models=models, kv_cache_type="q8_0", flash_attention=True)
    assert rough_memory(small, sizes) < all_
    assert rough_memory(Ollama(models=models), {}) == 512 * MIB
