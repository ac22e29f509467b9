"""Options of a model, as Ollama 0.33.0 knows them (``api/types.go``, Options and Runner)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from .base import Setting, setting
from .kinds import AtLeastOne, Count, Flag, Whole

# What has a meaning when no text is generated.
EMBEDDING_OPTIONS = frozenset(
    ("num_ctx", "num_thread", "num_gpu", "num_batch", "main_gpu", "use_mmap")
)


def _option(text: str, *, example: str | None = None, **limits: Any) -> Any:
    return setting(None, text, example=example, **limits)


class Options(Setting):
    """Options of one model, written into it by /api/create.

    None leaves an option unset, so that the model's own value counts, or else the one Ollama
    starts from, given in brackets (Ollama 0.33.0 ``api/types.go``, DefaultOptions).
    """

    moved: ClassVar[dict[str, str]] = {
        "num_threads": "num_thread=8",
        "context_length": "num_ctx=8192",
        "max_tokens": "num_predict=256",
        "keep_alive": "keep_alive='5m' in Ollama(...), which holds for all models",
        "num_parallel": "num_parallel=2 in Ollama(...), which holds for all models",
    }

    num_ctx: AtLeastOne | None = _option("Context window in tokens.", example="8192")
    num_thread: AtLeastOne | None = _option(
        "Threads of inference; unset takes the host's physical cores.", example="8"
    )
    num_batch: AtLeastOne | None = _option("Prompt tokens per batch (Ollama: 512).")
    num_gpu: Annotated[int, Field(strict=True, ge=-1)] | None = _option(
        "Layers on the GPU; 0 keeps the model on the CPU, -1 lets Ollama choose."
    )
    main_gpu: Count | None = _option("Number of the GPU that holds small tensors.")
    use_mmap: Flag | None = _option("Whether weights are mapped from disk instead of read.")
    num_predict: Annotated[int, Field(strict=True, ge=-1)] | None = _option(
        "Most tokens per answer (Ollama: -1, no limit).", example="256"
    )
    num_keep: Annotated[int, Field(strict=True, ge=-1)] | None = _option(
        "Tokens of the prompt kept when the context is full."
    )
    draft_num_predict: Count | None = _option("Tokens a draft model may run ahead (Ollama: 4).")
    temperature: float | None = _option("Randomness (Ollama: 0.8).", ge=0, le=2, example="0.7")
    top_p: float | None = _option("Nucleus sampling (Ollama: 0.9).", gt=0, le=1)
    top_k: Count | None = _option("Tokens to choose from (Ollama: 40); 0 is all.")
    min_p: float | None = _option("Least probability against the best token.", ge=0, le=1)
    typical_p: float | None = _option("Locally typical sampling (Ollama: 1).", gt=0, le=1)
    repeat_penalty: float | None = _option("Penalty of repetition (Ollama: 1).", gt=0, le=10)
    repeat_last_n: Annotated[int, Field(strict=True, ge=-1)] | None = _option(
        "Tokens looked back for repetition (Ollama: 64); 0 is off, -1 the whole context."
    )
    presence_penalty: float | None = _option("Penalty of tokens already there.", ge=-2, le=2)
    frequency_penalty: float | None = _option("Penalty of frequent tokens.", ge=-2, le=2)
    seed: Whole | None = _option("Seed of the random numbers; the same seed, the same answer.")
    stop: tuple[Annotated[str, Field(min_length=1)], ...] | None = _option(
        "Texts that end an answer.", example='["Human:", "AI:"]'
    )

    def parameters(self) -> dict[str, Any]:
        """Return the options that are set, as the ``parameters`` of /api/create take them."""
        chosen = self.model_dump(exclude_none=True)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in chosen.items()}
