"""Every environment variable that Ollama 0.33.0 reads, and those that guides still name.

Read in ``envconfig/config.go``, ``llm/llama_server.go``, ``discover/`` and ``docs/faq.mdx`` of
v0.33.0; v0.32.15 reads the same ones. ``field`` names the setting that owns a variable, and
``refused`` says why one that no setting owns cannot be used; what has neither may stand in
``environment`` as it is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable: who owns it, or why it is refused, and in which versions it lived.

    ``absent_in`` is the newest version looked at that did not read it yet, ``gone_in`` the oldest
    one that no longer does. Looked at: 0.14.0, 0.17.1, 0.24.0, 0.30.0, 0.32.15 and 0.33.0.
    """

    name: str
    kind: str
    note: str
    field: str | None = None
    refused: str | None = None
    absent_in: str | None = None
    gone_in: str | None = None


def _owned(name: str, kind: str, field: str, note: str) -> Variable:
    return Variable(name=name, kind=kind, note=note, field=field)


def _free(name: str, kind: str, note: str, *, absent_in: str | None = None) -> Variable:
    return Variable(name=name, kind=kind, note=note, absent_in=absent_in)


def _refused(name: str, refused: str, *, gone_in: str | None = None) -> Variable:
    return Variable(name=name, kind="-", note="", refused=refused, gone_in=gone_in)


_PROXY_REASON = (
    "Ollama's FAQ: pulls use HTTPS only, and HTTP_PROXY can break the connections of clients to "
    "the server; write https_proxy='...' instead"
)
_CLIENT = "only the client on a terminal reads it, and the deployment runs the server; remove it"
_THREADS = (
    "no version of Ollama reads it; threads are an option of a model: "
    "Model('NAME', options=Options(num_thread=8))"
)
_DEAD = "the server no longer reads it, so it would change nothing; remove it"
_OURS = "the deployment sets it; remove it"

_TABLE = (
    # What the typed fields write.
    _owned("OLLAMA_HOST", "address:port", "host", "where the server listens (with port)"),
    _owned("OLLAMA_ORIGINS", "list", "origins", "browser origins let in besides the built-in"),
    _owned("OLLAMA_MODELS", "path", "models_dir", "where models are stored"),
    _owned("OLLAMA_KEEP_ALIVE", "duration", "keep_alive", "how long an idle model stays loaded"),
    _owned("OLLAMA_LOAD_TIMEOUT", "duration", "load_timeout", "how long a load may stall"),
    _owned("OLLAMA_NUM_PARALLEL", "number", "num_parallel", "requests at once per model"),
    _owned("OLLAMA_MAX_LOADED_MODELS", "number", "max_loaded_models", "models loaded at once"),
    _owned("OLLAMA_MAX_QUEUE", "number", "max_queue", "requests that may wait before 503"),
    _owned("OLLAMA_CONTEXT_LENGTH", "tokens", "context_length", "context of a model by default"),
    _owned("OLLAMA_KV_CACHE_TYPE", "name", "kv_cache_type", "number format of the KV cache"),
    _owned("OLLAMA_FLASH_ATTENTION", "flag", "flash_attention", "flash attention on or off"),
    _owned("OLLAMA_DEBUG", "0, 1 or 2", "debug", "log level: 1 debug, 2 trace"),
    _owned("OLLAMA_NO_CLOUD", "flag", "no_cloud", "no contact with ollama.com's cloud"),
    _owned("OLLAMA_NOPRUNE", "flag", "no_prune", "keep unreferenced blobs at start"),
    _owned("OLLAMA_GPU_OVERHEAD", "bytes", "gpu_overhead", "video memory left free per GPU"),
    _owned("OLLAMA_SCHED_SPREAD", "flag", "sched_spread", "spread each model over all GPUs"),
    _owned("OLLAMA_LLM_LIBRARY", "name", "llm_library", "which GPU library to load"),
    _owned("CUDA_VISIBLE_DEVICES", "list", "cuda_visible_devices", "NVIDIA GPUs to use"),
    _owned("HIP_VISIBLE_DEVICES", "list", "hip_visible_devices", "AMD GPUs by number"),
    _owned("ROCR_VISIBLE_DEVICES", "list", "rocr_visible_devices", "AMD GPUs by UUID or number"),
    _owned("GPU_DEVICE_ORDINAL", "list", "gpu_device_ordinal", "AMD GPUs by number"),
    _owned("GGML_VK_VISIBLE_DEVICES", "list", "ggml_vk_visible_devices", "Vulkan GPUs by number"),
    _owned("HSA_OVERRIDE_GFX_VERSION", "version", "hsa_override_gfx_version", "AMD GPU generation"),
    _owned("HTTPS_PROXY", "URL", "https_proxy", "proxy for pulls"),
    _owned("NO_PROXY", "list", "no_proxy", "hosts reached without the proxy"),
    _owned("https_proxy", "URL", "https_proxy", "the same in small letters"),
    _owned("no_proxy", "list", "no_proxy", "the same in small letters"),
    # What may stand in `environment`.
    _free("OLLAMA_MAX_TRANSFER_STREAMS", "number", "streams of safetensors pulls (default 4)",
          absent_in="0.17.1"),
    _free("OLLAMA_DEBUG_LOG_REQUESTS", "flag", "writes request bodies to a temporary folder",
          absent_in="0.17.1"),
    _free("OLLAMA_GO_TEMPLATE", "flag", "render a model's own TEMPLATE (default on)",
          absent_in="0.24.0"),
    _free("OLLAMA_VULKAN", "flag", "look for Vulkan GPUs (default on)"),
    _free("OLLAMA_IGPU_ENABLE", "flag", "let integrated GPUs be chosen",
          absent_in="0.24.0"),
    _free("OLLAMA_REMOTES", "list", "hosts of remote models (default ollama.com)"),
    _free("OLLAMA_CLOUD_BASE_URL", "URL", "where cloud requests go",
          absent_in="0.17.1"),
    _free("LLAMA_ARG_FIT", "on or off", "llama.cpp fits unset memory options",
          absent_in="0.24.0"),
    _free("LLAMA_ARG_FIT_TARGET", "MiB", "video memory llama.cpp leaves free",
          absent_in="0.24.0"),
    _free("LLAMA_ARG_CACHE_RAM", "MiB", "prompt cache per loaded model (default 8192, 0 off)",
          absent_in="0.24.0"),
    _free("JETSON_JETPACK", "version", "JetPack version where detection fails"),
    _free("SSL_CERT_FILE", "path", "CA certificates (Go), as behind an inspecting proxy"),
    _free("SSL_CERT_DIR", "path", "folder of CA certificates (Go)"),
    _free("CUDA_DEVICE_ORDER", "name", "how CUDA numbers GPUs, such as PCI_BUS_ID"),
    _free("GOMAXPROCS", "number", "threads of the Go server, not of inference"),
    _free("GOMEMLIMIT", "size", "soft memory limit of the Go server, not of inference"),
    _free("GODEBUG", "list", "switches of the Go runtime"),
    _free("TZ", "name", "time zone of the log"),
    # What old guides name.
    _refused("OLLAMA_NUM_CTX", "no version of Ollama reads it; write "
             "context_length=8192, or Model('NAME', options=Options(num_ctx=8192)) for one model"),
    _refused("OLLAMA_NUM_THREADS", _THREADS),
    _refused("OLLAMA_NUM_THREAD", _THREADS),
    _refused("OLLAMA_TMPDIR", _DEAD, gone_in="0.9.6"),
    _refused("OLLAMA_RUNNERS_DIR", _DEAD, gone_in="0.4.0"),
    _refused("OLLAMA_NEW_ENGINE", _DEAD, gone_in="0.30.0"),
    _refused("OLLAMA_MULTIUSER_CACHE", _DEAD, gone_in="0.30.0"),
    _refused("OLLAMA_INTEL_GPU", _DEAD, gone_in="0.14.0"),
    _refused("OLLAMA_EXPERIMENT", "client2, its one value, is no longer available; "
             "remove it", gone_in="0.30.0"),
    _refused("OLLAMA_MAX_VRAM", "only tests of Ollama itself read it; remove it"),
    _refused("OLLAMA_API_KEY", "the server does not read it: Ollama has no "
             "authentication; put a gateway in front instead"),
    _refused("OLLAMA_AUTH", "the client signs its requests but the server never "
             "checks them, so it protects nothing; put a gateway in front instead"),
    _refused("OLLAMA_EDITOR", _CLIENT),
    _refused("OLLAMA_NOHISTORY", _CLIENT),
    _refused("OLLAMA_SKILLS", _CLIENT),
    _refused("OLLAMA_VERSION", "only the official install script reads it; write "
             "version='X.Y.Z' in ollama = Ollama(...)"),
    _refused("OLLAMA_NO_START", "only the official install script reads it; remove "
             "it"),
    _refused("OLLAMA_MODEL", "the server never read it; write "
             "models=[Model('NAME')]"),
    _refused("OLLAMA_PORT", "the server never read it; write port=11434"),
    _refused("OLLAMA_BASE_URL", "clients of other projects read it, the server "
             "does not; remove it"),
    _refused("OLLAMA_LIBRARY_PATH", "the server sets it for its runners; remove it"),
    _refused("HTTP_PROXY", _PROXY_REASON),
    _refused("http_proxy", _PROXY_REASON),
    _refused("ALL_PROXY", "the server does not read it; write https_proxy='...'"),
    _refused("HOME", _OURS),
    _refused("USER", _OURS),
    _refused("PATH", _OURS),
    _refused("LD_PRELOAD", "it would load foreign code into the server; remove it"),
    _refused("LD_LIBRARY_PATH", "the server sets it for its runners; remove it"),
    _refused("PYINFRA_OLLAMA_UNIT", _OURS),
)  # fmt: skip

VARIABLES: dict[str, Variable] = {variable.name: variable for variable in _TABLE}

RUNNER_ABSENT_IN = "0.24.0"
RUNNER_PREFIX = "LLAMA_ARG_"
"""llama-server reads its own options from such names, and inherits the unit's environment."""

_CONTROLLED = (
    "Ollama passes this option itself for every model; remove it, and use the typed fields"
)
RUNNER_REFUSED: dict[str, str] = {
    "LLAMA_ARG_HOST": "the runner has no authentication and must stay on loopback; remove it",
    "LLAMA_ARG_PORT": _CONTROLLED,
    "LLAMA_ARG_MODEL": _CONTROLLED,
    "LLAMA_ARG_MODEL_URL": _CONTROLLED,
    "LLAMA_ARG_HF_REPO": _CONTROLLED,
    "LLAMA_ARG_HF_FILE": _CONTROLLED,
    "LLAMA_ARG_API_KEY": "the server itself could not reach its runner any more; remove it",
    "LLAMA_ARG_SSL_KEY_FILE": "the server itself could not reach its runner any more; remove it",
    "LLAMA_ARG_SSL_CERT_FILE": "the server itself could not reach its runner any more; remove it",
    "LLAMA_ARG_FLASH_ATTN": "write flash_attention=True instead",
    "LLAMA_ARG_CACHE_TYPE_K": "write kv_cache_type='q8_0' instead",
    "LLAMA_ARG_CACHE_TYPE_V": "write kv_cache_type='q8_0' instead",
    "LLAMA_ARG_N_PARALLEL": "write num_parallel=2 instead",
    "LLAMA_ARG_CTX_SIZE": "write context_length=8192 instead",
}
