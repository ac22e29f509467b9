"""What leaves in an archive holds no secret, and all that a bug report needs."""

from __future__ import annotations

import pytest

from pyinfra_ollama.hiding import Hider, secrets_in
from pyinfra_ollama.settings import Secret, load
from tests.unit.decide.gateways import having

CANARY = 'canary/"0123=+'


@pytest.mark.parametrize(
    "text",
    [
        f"key {CANARY} was sent",
        '{"key": "canary/\\"0123=+"}',
        "GET /?key=canary%2F%220123%3D%2B HTTP/1.1",
    ],
)
def test_known_secrets_in_each_form(text: str) -> None:
    hidden = Hider([CANARY]).hide(text)
    assert "canary" not in hidden
    assert "*MASKED*" in hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("proxy http://me:pw@10.0.0.1:3128/", "proxy http://*MASKED*@10.0.0.1:3128/"),
        ("API_KEY=abc123 next", "API_KEY=*MASKED* next"),
        ('"password": "abc", "n": 1', '"password": "*MASKED*", "n": 1'),
        ("HF_TOKEN=hf_abc", "HF_TOKEN=*MASKED*"),
        ("Authorization: Bearer abcdefgh1234", "Authorization: Bearer *MASKED*"),
        ("x-api-key: abcdefgh1234", "x-api-key: *MASKED*"),
    ],
)
def test_what_looks_like_a_secret(text: str, hidden: str) -> None:
    assert Hider([]).hide(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "slot update: n_tokens = 12, eos_token = 2, tokens: 5",
        "OLLAMA_HOST:http://127.0.0.1:11434 OLLAMA_MODELS:/srv/models",
        "generated 20 tokens per second",
        "basic auth",
    ],
)
def test_what_a_bug_report_needs_stays(text: str) -> None:
    assert Hider([]).hide(text) == text


def test_a_key_of_many_lines_and_a_short_one() -> None:
    hider = Hider(["-----BEGIN\nabcdefgh\n-----END\n", "abc"])
    assert hider.hide("x abcdefgh abc") == "x *MASKED* abc"


def test_a_longer_secret_is_hidden_whole() -> None:
    assert Hider(["abcd", "abcdefgh"]).hide("abcdefgh") == "*MASKED*"


def test_all_secrets_of_a_host_are_found() -> None:
    assert set(secrets_in(having())) == {"canary.chat+0123456789==", "canary-ops-0123456789~"}
    data = {
        "ollama": {"https_proxy": Secret.value("http://canary:pw@proxy:3128")},
        "monitoring": {"notify": {"webhook": Secret.value("https://canary.example.com/x")}},
    }
    found = set(secrets_in(load([("host1", data)])["host1"]))
    assert found == {"http://canary:pw@proxy:3128", "https://canary.example.com/x"}
    nested = {"a": [Secret.value("one1")], "_sudo_password": Secret.value("two2")}
    assert set(secrets_in(nested)) == {"one1", "two2"}
