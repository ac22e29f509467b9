"""A rough estimate of the memory that declared models need.

Weights take about the size of their files. The compute buffer takes 15 to 23 MiB for small models
(measured, Ollama 0.32.15). The KV cache takes layers * kv_heads * (k_dim + v_dim) * context *
parallel * bytes per number, which needs the model's own numbers; here it is taken as 64 MiB plus
an eighth of the file at 4096 tokens. With the 256 MiB for buffers and processes that covers the
exact cache of SmolLM2 135M (90 MiB), Llama 3.2 1B (128 MiB) and Mistral 7B (512 MiB). The prompt
cache, up to 8 GiB per loaded model unless LLAMA_ARG_CACHE_RAM bounds it, grows with use and is
left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from .ollama import Ollama
from .units import MIB

SYSTEM_BYTES = 512 * MIB
"""What the system and the idle server take."""

_PER_MODEL = 256 * MIB
_CACHE_BASE = 64 * MIB
_CACHE_TOKENS = 4096
# Against f16; the block scales of the quantised formats are included.
_CACHE_SHARE = {"f16": 1.0, "q8_0": 0.53125, "q4_0": 0.28125}
# Ollama's own limit without a GPU (server/sched.go).
_LOADED_ON_CPU = 3


def model_memory(file_bytes: int, *, context: int, parallel: int, cache: str = "f16") -> int:
    """Return the bytes that one loaded model takes, roughly.

    + file_bytes: size of the model's files, the sum of its manifest's layers
    + context: tokens per request
    + parallel: requests at once
    + cache: number format of the KV cache
    """
    tokens = max(context, 256) * max(parallel, 1)
    share = _CACHE_SHARE[cache] * tokens / _CACHE_TOKENS
    return file_bytes + _PER_MODEL + int((_CACHE_BASE + file_bytes / 8) * share)


def rough_memory(ollama: Ollama, file_bytes: Mapping[str, int]) -> int:
    """Return the bytes of memory that a host of these settings should have.

    + ollama: the declared server
    + file_bytes: size of each model by its canonical name; one that is missing counts nothing
    """
    needs = []
    for model in ollama.models:
        if model.canonical not in file_bytes:
            continue
        options = model.options
        context = (options and options.num_ctx) or ollama.context_length or _CACHE_TOKENS
        # Ollama runs embedding models one request at a time.
        parallel = 1 if model.role == "embedding" else ollama.num_parallel
        needs.append(
            model_memory(
                file_bytes[model.canonical],
                context=context,
                parallel=parallel,
                cache=ollama.kv_cache_type or "f16",
            )
        )
    needs.sort(reverse=True)
    return SYSTEM_BYTES + sum(needs[: ollama.max_loaded_models or _LOADED_ON_CPU])
