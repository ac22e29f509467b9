"""`version`, `models`, `no-cloud`, `generate`: good answers, bad ones, and none."""

from __future__ import annotations

import pytest

from pyinfra_ollama.settings import Model, Ollama
from pyinfra_ollama.verifier.checks.api import embedded, generated, models, no_cloud, version
from pyinfra_ollama.verifier.replies import Answer, Cloud, Embedded, Generated

from .examples import CHAT, DIGESTS, EMBEDDING, GOOD, settings

REFUSED = "web1: no answer from 127.0.0.1:11434 on the host: connection refused"
NONE: Answer[object] = Answer(error=REFUSED)
UNTOLD: Answer[object] = Answer(error="the SSH connection is gone", told=False)


def test_version_equals_the_pin() -> None:
    assert version(settings(), GOOD, Answer("0.33.0")).status == "pass"


def test_version_is_another() -> None:
    result = version(settings(), GOOD, Answer("0.32.15"))
    assert result.status == "fail"
    assert result.expected == "0.33.0"
    assert result.found == "0.32.15 (running /opt/ollama/releases/0.33.0/bin/ollama)"


def test_no_answer_is_a_failure_and_no_connection_unknown() -> None:
    for check in (
        lambda answer: version(settings(), GOOD, answer),
        lambda answer: models(settings(), answer),
        lambda answer: no_cloud(settings(), answer),
        lambda answer: generated(CHAT, answer),
        lambda answer: embedded(EMBEDDING, answer),
    ):
        result = check(NONE)
        assert (result.status, result.found) == ("fail", REFUSED)
        assert result.next
        assert check(UNTOLD).status == "unknown"


def test_models_are_all_there() -> None:
    result = models(settings(), Answer(DIGESTS))
    assert (result.status, result.found) == ("pass", "all 2 there")


def test_models_take_names_in_any_case() -> None:
    listed = {name.upper(): digest for name, digest in DIGESTS.items()}
    assert models(settings(), Answer(listed)).status == "pass"


def test_models_missing_are_named() -> None:
    result = models(settings(), Answer({"llama3.2:1b": "a" * 64, "other:latest": "c" * 64}))
    assert (result.status, result.found) == ("fail", "no nomic-embed-text:latest")


def test_models_none_declared_is_skipped() -> None:
    assert models(settings(ollama=Ollama()), Answer({})).status == "skipped"


@pytest.mark.parametrize(
    ("digest", "status", "found"),
    [
        ("a" * 64, "pass", "all 1 there"),
        ("sha256:" + "A" * 64, "pass", "all 1 there"),
        ("c" * 64, "fail", "llama3.2:1b has digest aaaaaaaaaaaa, not cccccccccccc"),
    ],
)
def test_models_have_the_pinned_digest(digest: str, status: str, found: str) -> None:
    pinned = settings(ollama=Ollama(models=[Model("llama3.2:1b", digest=digest)]))
    result = models(pinned, Answer(DIGESTS))
    assert (result.status, result.found) == (status, found)


def test_a_digest_pins_the_base_that_was_pulled() -> None:
    model = Model("mine", base="llama3.2:1b", digest="a" * 64)
    pinned = settings(ollama=Ollama(models=[model]))
    assert models(pinned, Answer({**DIGESTS, "mine:latest": "d" * 64})).status == "pass"
    result = models(pinned, Answer({"mine:latest": "d" * 64}))
    assert (result.status, result.found) == ("fail", "no llama3.2:1b, whose digest is pinned")


@pytest.mark.parametrize(
    ("cloud", "status", "found"),
    [
        (Cloud(True, "env", 403), "pass", "disabled by env, a cloud model gets 403"),
        (Cloud(False, "none"), "fail", "/api/status says the cloud is on"),
        (Cloud(True, "env", 404), "fail", "disabled by env, a cloud model gets 404"),
    ],
)
def test_no_cloud(cloud: Cloud, status: str, found: str) -> None:
    result = no_cloud(settings(), Answer(cloud))
    assert (result.status, result.found) == (status, found)


def test_no_cloud_not_declared_is_skipped() -> None:
    declared = settings(ollama=Ollama(no_cloud=False))
    assert no_cloud(declared, Answer(Cloud(False, "none"))).status == "skipped"


def test_generate_gives_numbers_and_the_answer() -> None:
    result = generated(CHAT, Answer(Generated("Paris.", 3, 0.5, 0.61, 25.04)))
    assert result.status == "pass"
    assert result.name == "generate llama3.2:1b"
    assert result.found == "loaded in 0.50 s, first token after 0.61 s, 25.0 tokens/s"
    assert result.details == {
        "answer": "Paris.",
        "load_seconds": 0.5,
        "first_token_seconds": 0.61,
        "tokens": 3,
        "tokens_per_second": 25.0,
    }


@pytest.mark.parametrize(
    "value", [Generated("", 3, 0.5, 0.0, 25.0), Generated("", 0, 0.5, 0.0, 0.0)]
)
def test_generate_without_text_is_a_failure(value: Generated) -> None:
    assert generated(CHAT, Answer(value)).status == "fail"


def test_embed_gives_the_dimension() -> None:
    result = embedded(EMBEDDING, Answer(Embedded(768, False, 0.2, 0.3)))
    assert (result.status, result.found) == ("pass", "loaded in 0.20 s, 768 dimensions")
    assert result.details["dimension"] == 768


@pytest.mark.parametrize("value", [Embedded(0, True, 0.2, 0.3), Embedded(768, True, 0.2, 0.3)])
def test_embed_of_nothing_is_a_failure(value: Embedded) -> None:
    assert embedded(EMBEDDING, Answer(value)).status == "fail"
