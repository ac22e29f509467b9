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
        ('"-H", "Authorization: Bearer abc", "x"', '"-H", "Authorization: Bearer *MASKED*", "x"'),
        ("x-api-key=abc next", "x-api-key=*MASKED* next"),
        ('{"X-Api-Key":"abc","n":1}', '{"X-Api-Key":"*MASKED*","n":1}'),
        ("GET /x?token=sk-abc123456&n=1 HTTP", "GET /x?token=*MASKED*&n=1 HTTP"),
        ("/x?access_token=abcdefgh", "/x?access_token=*MASKED*"),
        ('{"token": "hf_abcdef", "n": 1}', '{"token": "*MASKED*", "n": 1}'),
        ("{'token': 'hf_abcdef'}", "{'token': '*MASKED*'}"),
        ("hf_token=hf_abcdef", "hf_token=*MASKED*"),
        ("hf_token: hf_abcdef1", "hf_token: *MASKED*"),
        ('["page", "--token", "abc", "x"]', '["page", "--token", "*MASKED*", "x"]'),
        ('password="correct horse battery" n=1', 'password="*MASKED*" n=1'),
        ('msg="password=\\"a b\\" n=1"', 'msg="password=\\"*MASKED*\\" n=1"'),
        ('{"password":"a\\"b c","n":1}', '{"password":"*MASKED*","n":1}'),
        ('password="correct horse', 'password="*MASKED*'),
        ("PASSWORD=ab,cdefghij n=1", "PASSWORD=*MASKED* n=1"),
        ("PASSWORD=it's\\here n=1", "PASSWORD=*MASKED* n=1"),
        ("{PASSWORD:ab, n:1}", "{PASSWORD:*MASKED*, n:1}"),
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
        "max_tokens: 400 max_tokens=400 num_tokens = 12ab34cd56",
        '{"max_tokens": 400, "has_next_token": true, "eos_token_id": "151645"}',
        "print_info: EOS token        = 151645 '<|im_end|>', eos_token=151645 token: 151643",
        "tokenizer.ggml.add_bos_token bool = false",
        '{"password": null, "secrets": ["a"], "credential": {"a": 1}, "secret": true}',
        '"password": "Secret.env(\'RESTIC_PASSWORD\')"',
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
