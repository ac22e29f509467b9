"""Which models are pulled, which are made, and when nothing has to be done."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.decide.models import same_parameters, work
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot, question_for
from tests.unit.decide.hosts import declared, host

A, B = "a" * 64, "b" * 64
TUNED = {"name": "tuned:1", "base": "llama3.2:1b", "options": {"num_ctx": 512}}
SHOWN = "num_ctx                        512"


def settings(*models: dict[str, Any] | str) -> HostSettings:
    rows = [{"name": model} if isinstance(model, str) else model for model in models]
    return declared(ollama={"models": rows})


def has(models: dict[str, str] | None, **api: Any) -> Snapshot:
    return host(api={"models": models, **api})


def steps(found: Snapshot, *models: dict[str, Any] | str) -> list[tuple[str | None, bool]]:
    return [(item.pull, item.create) for item in work(settings(*models), found)]


def test_what_is_listed_is_there() -> None:
    there = {"llama3.2:1b": A, "all-minilm:latest": B, "10.0.0.2:5000/library/m:1": A}
    own = {"name": "10.0.0.2:5000/library/m:1", "insecure": True}
    assert steps(has(there), "llama3.2:1b", "all-minilm", own) == []
    assert steps(has(there), "LLAMA3.2:1B", "All-MiniLM") == [], "Ollama tells no case apart"
    assert steps(has({"Llama3.2:1b": A}), "llama3.2:1b") == []


@pytest.mark.parametrize("models", [{}, None, {"llama3.2:3b": A}])
def test_what_is_not_listed_is_pulled(models: dict[str, str] | None) -> None:
    assert steps(has(models), "llama3.2:1b") == [("llama3.2:1b", False)]


def test_the_declared_order_is_kept() -> None:
    names = ["c:1", "a:1", "b:1"]
    assert [name for name, _ in steps(has({"a:1": A}), *names)] == ["c:1", "b:1"]


def test_digests() -> None:
    pinned = {"name": "llama3.2:1b", "digest": A}
    assert steps(has({"llama3.2:1b": A}), pinned) == []
    assert steps(has({"llama3.2:1b": B}), pinned) == [("llama3.2:1b", False)]
    assert steps(has({}), pinned) == [("llama3.2:1b", False)]


def made(shown: str | None = SHOWN, **more: Any) -> dict[str, Any]:
    """The base and a model that was made of it."""
    parameters = {} if shown is None else {"tuned:1": shown}
    return {"models": {"llama3.2:1b": A, "tuned:1": B}, "parameters": parameters, **more}


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        (made(), []),
        (made("num_ctx 1024"), [(None, True)]),
        (made(None), [(None, True)]),
        ({"models": {"llama3.2:1b": A}}, [(None, True)]),
        ({"models": {}}, [("llama3.2:1b", True)]),
        ({"models": {"tuned:1": B}, "parameters": {"tuned:1": SHOWN}}, []),
        ({"models": {"tuned:1": B}, "parameters": {"tuned:1": ""}}, [("llama3.2:1b", True)]),
        (made(weights={"llama3.2:1b": "/x", "tuned:1": "/x"}), []),
        (made(weights={"llama3.2:1b": "/y", "tuned:1": "/x"}), [(None, True)]),
        (made(weights={"tuned:1": "/x"}), []),
    ],
    ids=[
        "as declared",
        "another option",
        "unknown options",
        "only the base",
        "nothing",
        "the base was removed",
        "the base was removed and an option changed",
        "same weights",
        "a newer base",
        "the base could not be asked",
    ],
)
def test_a_model_made_of_a_base(
    api: dict[str, Any], expected: list[tuple[str | None, bool]]
) -> None:
    assert steps(host(api=api), TUNED) == expected


def test_a_moved_base_is_pulled_and_made_again() -> None:
    assert steps(host(api=made()), {**TUNED, "digest": B}) == [("llama3.2:1b", True)]


def test_options_under_the_models_own_name() -> None:
    own = {"name": "m:1", "options": {"seed": 7}}
    assert steps(has({}), own) == [("m:1", True)]
    assert steps(has({"m:1": A}, parameters={"m:1": ""}), own) == [(None, True)]
    assert steps(has({"m:1": A}, parameters={"m:1": "seed 7"}), own) == []


def test_what_is_asked() -> None:
    asked = question_for(settings("plain:1", {"name": "own:1", "options": {"seed": 1}}, TUNED))
    assert asked.show == ("own:1", "tuned:1", "llama3.2:1b")


@pytest.mark.parametrize(
    ("options", "shown", "same"),
    [
        ({"temperature": 1}, "temperature 1", True),
        ({"temperature": 0.1}, "temperature 0.1", True),
        ({"seed": 1_000_000}, "seed 1e+06", True),
        ({"use_mmap": False}, "use_mmap false", True),
        ({"use_mmap": False}, "use_mmap true", False),
        ({"stop": ["a", "b"]}, 'stop "a"\nstop "b"', True),
        ({"stop": ["a", "b"]}, 'stop "b"\nstop "a"', False),
        ({"stop": ["a"]}, 'stop "a"\nstop "b"', False),
        ({"stop": []}, 'stop "a"', False),
        ({"stop": []}, "", True),
        ({"seed": 1}, 'seed 1\nstop "the publisher\'s"', True),
        ({"seed": 1}, "", False),
        ({"stop": [" a\n"]}, r'stop      " a\n"', True),
        ({"stop": ["\a\v\x01\x7f"]}, r'stop "\a\v\x01\x7f"', True),
        ({"stop": ["\\a\\x01"]}, r'stop "\\a\\x01"', True),
        ({"stop": ["é\U0001f999\U000e0001"]}, 'stop "é\U0001f999\\U000e0001"', True),
        ({"stop": ['"$(reboot)"']}, r'stop "\"$(reboot)\""', True),
    ],
)
def test_parameters_as_show_prints_them(options: dict[str, Any], shown: str, same: bool) -> None:
    """Texts are written with Go's %#v, which knows escapes that JSON does not."""
    [model] = settings({"name": "m:1", "options": options}).ollama.models
    assert same_parameters(model, shown) is same


def test_without_an_answer_options_are_unknown() -> None:
    [model] = settings({"name": "m:1", "options": {"seed": 1}}).ollama.models
    assert not same_parameters(model, None)


@pytest.mark.parametrize(
    ("shown", "of_base", "same"),
    [
        ("num_ctx 512", "", True),
        ("num_ctx 512", None, True),
        ("num_ctx 512", "num_ctx 4096", True),
        ('num_ctx 512\nstop "a"\nstop "b"', 'stop "a"\nstop "b"', True),
        ("num_ctx 512\nseed 1", "", False),
        ("num_ctx 512\nseed 1", None, True),
        ("num_ctx 512", 'stop "a"', False),
        ('num_ctx 512\nstop "b"', 'stop "a"', False),
    ],
)
def test_what_is_not_declared_is_the_bases(shown: str, of_base: str | None, same: bool) -> None:
    [model] = settings(TUNED).ollama.models
    assert same_parameters(model, shown, of_base) is same
