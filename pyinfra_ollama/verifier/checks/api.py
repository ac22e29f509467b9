"""What the API says of itself: `version`, `models`, `no-cloud`, and each model's `generate`."""

from __future__ import annotations

from dataclasses import replace

from pyinfra_ollama.settings import HostSettings, Model
from pyinfra_ollama.verifier.answers import Probe
from pyinfra_ollama.verifier.checks.base import (
    COMMAND,
    UNIT,
    failed,
    listed,
    passed,
    skipped,
    unknown,
)
from pyinfra_ollama.verifier.replies import Answer, Cloud, Embedded, Generated
from pyinfra_ollama.verifier.results import Result

__all__ = ["embedded", "generated", "is_there", "models", "no_cloud", "version"]

_LOG = f"journalctl -u {UNIT} -n 50 --no-pager"


def version(settings: HostSettings, probe: Probe, answer: Answer[str]) -> Result:
    """/api/version equals the pin."""
    pin = settings.ollama.version
    look = f"curl -sS {settings.ollama.base_url}/api/version; readlink {COMMAND}"
    if answer.value is None:
        if not answer.told:
            return unknown("version", answer.error)
        expected = f"{settings.ollama.base_url} answers with {pin}"
        return failed("version", expected=expected, found=answer.error, look=_LOG)
    if answer.value == pin:
        return passed("version", answer.value, expected=pin)
    running = f" (running {probe.process.exe})" if probe.process else ""
    return failed("version", expected=pin, found=answer.value + running, look=look)


def models(settings: HostSettings, answer: Answer[dict[str, str]]) -> Result:
    """/api/tags holds every declared model, with the digest where one is pinned."""
    declared = settings.ollama.models
    if not declared:
        return skipped("models", "no models are declared")
    if answer.value is None:
        if not answer.told:
            return unknown("models", answer.error)
        return failed("models", expected="a list of models", found=answer.error, look=_LOG)
    tags = {name.casefold(): digest for name, digest in answer.value.items()}
    wrong = []
    for model in declared:
        if not is_there(model, answer):
            wrong.append(f"no {model.canonical}")
        if model.digest is None:
            continue
        # A model made from a base has a digest of its own; the pin is of what was pulled.
        pinned = model.pulled.listed
        digest = tags.get(pinned.casefold())
        if digest is None and pinned.casefold() != model.canonical.casefold():
            wrong.append(f"no {pinned}, whose digest is pinned")
        elif digest is not None and digest != model.digest:
            wrong.append(f"{pinned} has digest {digest[:12]}, not {model.digest[:12]}")
    expected = listed(_wanted(model) for model in declared)
    if wrong:
        look = f"curl -sS {settings.ollama.base_url}/api/tags"
        return failed("models", expected=expected, found=listed(wrong), look=look)
    return passed("models", f"all {len(declared)} there", expected=expected)


def _wanted(model: Model) -> str:
    return model.canonical + (f"@{model.digest[:12]}" if model.digest else "")


def is_there(model: Model, answer: Answer[dict[str, str]]) -> bool:
    """Whether the server lists a model; Ollama takes names in any case."""
    return model.canonical.casefold() in {name.casefold() for name in answer.value or ()}


def no_cloud(settings: HostSettings, answer: Answer[Cloud]) -> Result:
    """The server says that the cloud is off, and refuses a cloud model with 403."""
    if not settings.ollama.no_cloud:
        return skipped("no-cloud", "no_cloud=False is declared")
    expected = "/api/status says disabled; a cloud model is refused with 403"
    look = f"curl -sS {settings.ollama.base_url}/api/status"
    cloud = answer.value
    if cloud is None:
        if not answer.told:
            return unknown("no-cloud", answer.error)
        return failed("no-cloud", expected=expected, found=answer.error, look=look)
    if not cloud.disabled:
        found = "/api/status says the cloud is on"
        return failed("no-cloud", expected=expected, found=found, look=look)
    found = f"disabled by {cloud.source}, a cloud model gets {cloud.refusal}"
    if cloud.refusal != 403:
        return failed("no-cloud", expected=expected, found=found, look=look)
    return passed("no-cloud", found, expected=expected)


def generated(model: Model, answer: Answer[Generated]) -> Result:
    """The model loaded and wrote at least one token."""
    expected = "text, from a model that loads"
    if answer.value is None:
        return _of(model, _no_answer(answer, expected))
    value = answer.value
    numbers = {
        "load_seconds": round(value.load_seconds, 3),
        "first_token_seconds": round(value.first_token_seconds, 3),
        "tokens": value.tokens,
        "tokens_per_second": round(value.tokens_per_second, 1),
    }
    found = (
        f"loaded in {value.load_seconds:.2f} s, first token after "
        f"{value.first_token_seconds:.2f} s, {value.tokens_per_second:.1f} tokens/s"
    )
    if not value.tokens or not value.text:
        nothing = f"no text; {value.tokens} tokens"
        return _of(model, failed("generate", expected=expected, found=nothing, look=_LOG))
    result = passed("generate", found, expected=expected, answer=value.text, **numbers)
    return _of(model, result)


def embedded(model: Model, answer: Answer[Embedded]) -> Result:
    """The model loaded and gave a vector that says something."""
    expected = "a vector, from a model that loads"
    if answer.value is None:
        return _of(model, _no_answer(answer, expected))
    value = answer.value
    if not value.dimension or value.is_zero:
        nothing = f"{value.dimension} dimensions, all zero"
        return _of(model, failed("generate", expected=expected, found=nothing, look=_LOG))
    found = f"loaded in {value.load_seconds:.2f} s, {value.dimension} dimensions"
    return _of(
        model,
        passed(
            "generate",
            found,
            expected=expected,
            dimension=value.dimension,
            load_seconds=round(value.load_seconds, 3),
            total_seconds=round(value.total_seconds, 3),
        ),
    )


def _no_answer(answer: Answer[Generated] | Answer[Embedded], expected: str) -> Result:
    if not answer.told:
        return unknown("generate", answer.error)
    return failed("generate", expected=expected, found=answer.error, look=_LOG)


def _of(model: Model, result: Result) -> Result:
    return replace(result, subject=model.canonical)
