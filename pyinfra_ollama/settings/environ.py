"""The environment of the service, as the settings declare it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import network

if TYPE_CHECKING:
    from .ollama import Ollama

_MASK = "**********"
# The server logs its whole environment at start, at the level of information (0.33.0
# server/routes.go); a negative OLLAMA_DEBUG raises the level above it (envconfig.LogLevel).
_WARNINGS_ONLY = "-1"


class Environ(dict[str, str]):
    """Variables by name, sorted. Values are real; only its own text hides the secret ones."""

    def __init__(self, values: Iterable[tuple[str, str]], secret_names: Iterable[str] = ()) -> None:
        """Take values by name, and the names whose values are secret."""
        super().__init__(sorted(values))
        self.secret_names = frozenset(secret_names)

    def __repr__(self) -> str:
        """Return what a dict shows, with secret values masked."""
        return repr({name: _MASK if name in self.secret_names else v for name, v in self.items()})

    __str__ = __repr__


def server_environ(ollama: Ollama) -> Environ:
    """Return the variables that the settings of a server amount to."""
    values = dict(ollama.environment)
    proxy = ollama.https_proxy.get_secret_value() if ollama.https_proxy else ""
    values["OLLAMA_HOST"] = network.authority(ollama.host, ollama.port)
    values["OLLAMA_MODELS"] = ollama.models_dir
    texts = {
        "OLLAMA_ORIGINS": ",".join(ollama.origins),
        "OLLAMA_KV_CACHE_TYPE": ollama.kv_cache_type,
        "OLLAMA_LLM_LIBRARY": ollama.llm_library,
        "CUDA_VISIBLE_DEVICES": ollama.cuda_visible_devices,
        "HIP_VISIBLE_DEVICES": ollama.hip_visible_devices,
        "ROCR_VISIBLE_DEVICES": ollama.rocr_visible_devices,
        "GPU_DEVICE_ORDINAL": ollama.gpu_device_ordinal,
        "GGML_VK_VISIBLE_DEVICES": ollama.ggml_vk_visible_devices,
        "HSA_OVERRIDE_GFX_VERSION": ollama.hsa_override_gfx_version,
        "NO_PROXY": ",".join(ollama.no_proxy),
        "HTTPS_PROXY": proxy,
    }
    values.update({name: text for name, text in texts.items() if text})
    flags = {
        "OLLAMA_NO_CLOUD": ollama.no_cloud,
        "OLLAMA_NOPRUNE": ollama.no_prune,
        "OLLAMA_SCHED_SPREAD": ollama.sched_spread,
    }
    values.update({name: "1" for name, on in flags.items() if on})
    if ollama.flash_attention is not None:
        values["OLLAMA_FLASH_ATTENTION"] = "1" if ollama.flash_attention else "0"
    plain = {
        "OLLAMA_KEEP_ALIVE": "keep_alive",
        "OLLAMA_LOAD_TIMEOUT": "load_timeout",
        "OLLAMA_NUM_PARALLEL": "num_parallel",
        "OLLAMA_MAX_LOADED_MODELS": "max_loaded_models",
        "OLLAMA_MAX_QUEUE": "max_queue",
        "OLLAMA_CONTEXT_LENGTH": "context_length",
        "OLLAMA_DEBUG": "debug",
        "OLLAMA_GPU_OVERHEAD": "gpu_overhead",
    }
    for name, field in plain.items():
        value = getattr(ollama, field)
        if value != type(ollama).model_fields[field].default:
            values[name] = str(value)
    if network.has_login(proxy):
        values["OLLAMA_DEBUG"] = _WARNINGS_ONLY
    return Environ(values.items(), ("HTTPS_PROXY",) if proxy else ())
