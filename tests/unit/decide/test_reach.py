"""What is asked over the network, what answers are worth, and what is not an answer at all."""

from __future__ import annotations

import json

import pytest
from pyinfra.api.exceptions import FactProcessError

from pyinfra_ollama.decide.reach import Answer, Ask, asks, manifest_size, sizes
from pyinfra_ollama.facts.reach import Reach
from pyinfra_ollama.snapshot import ReleaseState

from .hosts import declared, host

MIRROR = {"url": "http://mirror.example.com/{version}/{archive}"}
FOLDER = "http://mirror.example.com/0.33.0"
MODEL = {"name": "192.0.2.5:5000/library/tiny:1b", "insecure": True}
MANIFEST = {"config": {"size": 1}, "layers": [{"size": 20}, {"size": 300}]}
DONE = {"0.33.0": ReleaseState(1, {"variant": "none", "gpu": "dropped"})}


def test_a_bare_host_asks_for_all_it_needs() -> None:
    settings = declared(release=MIRROR, ollama={"models": [MODEL, {"name": "small:1b"}]})
    found = asks(settings, host())
    assert [(ask.way, ask.url) for ask in found] == [
        ("head", f"{FOLDER}/ollama-linux-amd64.tar.zst"),
        ("head", f"{FOLDER}/sha256sum.txt"),
        ("get", "http://192.0.2.5:5000/v2/library/tiny/manifests/1b"),
        ("get", "https://registry.ollama.ai/v2/library/small/manifests/1b"),
    ]


def test_what_is_there_or_pinned_is_not_asked_for() -> None:
    pinned = MIRROR | {"sha256": {"ollama-linux-amd64.tar.zst": "0" * 64}}
    (one,) = asks(declared(release=pinned), host())
    assert one.url.endswith(".tar.zst")
    there = host(releases=DONE, api={"models": {"192.0.2.5:5000/library/tiny:1b": "d"}})
    assert asks(declared(release=MIRROR, ollama={"models": [MODEL]}), there) == ()


def test_sizes() -> None:
    asked = (
        Ask("head", "a", "the release", ""),
        Ask("head", "b", "its checksums", ""),
        Ask("get", "c", "model c", "", "c:1b"),
        Ask("get", "d", "model d", "", "d:1b"),
    )
    answers = {
        "a": Answer("200", 1000, ""),
        "b": Answer("open", None, ""),
        "c": Answer("200", 5, "", json.dumps(MANIFEST)),
        "d": Answer("404", 5, "", "not found"),
    }
    assert sizes(asked, answers) == (1000, {"c:1b": 321})


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{}", '{"config": {}, "layers": []}', '{"config": 1, "layers": 2}']
)
def test_a_manifest_that_is_none(body: str) -> None:
    assert manifest_size(Answer("200", None, "", body)) is None


def fact(*lines: str) -> dict[str, Answer]:
    return Reach().process(lines)


def test_the_answers_of_a_host() -> None:
    found = fact(
        "@@pyinfra-ollama:http://a/|200|77|",
        "@@pyinfra-ollama:http://b/|200||",
        '{"config":',
        "1}",
        "",
        "@@pyinfra-ollama:https://c/|000||curl: (7) refused | after 1 ms",
        "@@pyinfra-ollama:end",
    )
    assert found["http://a/"] == Answer("200", 77, "")
    assert found["http://b/"].body == '{"config":\n1}\n'
    assert found["https://c/"] == Answer("000", None, "curl: (7) refused | after 1 ms")
    assert [answer.good for answer in found.values()] == [True, True, False]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("@@pyinfra-ollama:http://a/|200|77|",),
        ("@@pyinfra-ollama:end", "@@pyinfra-ollama:http://a/|200|77|"),
        ("@@pyinfra-ollama:http://a/|200", "@@pyinfra-ollama:end"),
        ("@@pyinfra-ollama:", "@@pyinfra-ollama:end"),
    ],
)
def test_half_an_answer_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(FactProcessError, match=r"cut off|could not be read"):
        fact(*lines)
