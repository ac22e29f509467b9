"""Names of models are read as Ollama 0.33.0 reads them (types/model/name.go)."""

from __future__ import annotations

import random
import string

import pytest

from pyinfra_ollama.settings import ModelName, parse_name

HOST = "registry.ollama.ai"


@pytest.mark.parametrize(
    ("text", "parts", "listed"),
    [
        ("llama3.2:1b", ("https", HOST, "library", "llama3.2", "1b"), "llama3.2:1b"),
        ("mistral", ("https", HOST, "library", "mistral", "latest"), "mistral:latest"),
        ("Mistral:7B", ("https", HOST, "library", "Mistral", "7B"), "Mistral:7B"),
        ("me/model", ("https", HOST, "me", "model", "latest"), "me/model:latest"),
        ("library/x:1", ("https", HOST, "library", "x", "1"), "x:1"),
        ("Registry.Ollama.AI/library/x", ("https", "Registry.Ollama.AI", "library", "x", "latest"),
         "x:latest"),
        ("registry.ollama.ai/me/x", ("https", HOST, "me", "x", "latest"), "me/x:latest"),
        ("10.77.0.2:5000/library/smollm2:135m",
         ("https", "10.77.0.2:5000", "library", "smollm2", "135m"),
         "10.77.0.2:5000/library/smollm2:135m"),
        ("http://reg:5000/ns/m:t", ("http", "reg:5000", "ns", "m", "t"), "reg:5000/ns/m:t"),
        ("https://hf.co/user/m-GGUF:Q4_0", ("https", "hf.co", "user", "m-GGUF", "Q4_0"),
         "hf.co/user/m-GGUF:Q4_0"),
        ("_x:_", ("https", HOST, "library", "_x", "_"), "_x:_"),
    ],
)  # fmt: skip
def test_parts_and_listed_name(text: str, parts: tuple[str, ...], listed: str) -> None:
    name = parse_name(text)
    assert name == ModelName(*parts)
    assert name.listed == listed
    assert parse_name(listed).key == name.key


def test_urls_and_paths() -> None:
    name = parse_name("http://10.0.0.2:5000/library/smollm2:135m")
    assert name.base_url == "http://10.0.0.2:5000"
    assert name.manifest_url == "http://10.0.0.2:5000/v2/library/smollm2/manifests/135m"
    assert name.manifest_path == "manifests/10.0.0.2:5000/library/smollm2/135m"


@pytest.mark.parametrize(
    ("text", "cloud"),
    [("gpt-oss:120b-cloud", True), ("x:cloud", True), ("cloud", False), ("x:cloudy", False)],
)
def test_cloud_models_are_known_by_their_tag(text: str, cloud: bool) -> None:
    assert parse_name(text).is_cloud is cloud


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the name is empty"),
        (":tag", "the model is empty"),
        ("m:", "the tag is empty"),
        ("/m", "the namespace is empty"),
        ("ns/", "the model is empty"),
        ("//m", "the host is empty"),
        ("h/ns/m/x", "there are more than two slashes"),
        ("-rf", "the model starts with '-'"),
        ("m:-t", "the tag starts with '-'"),
        (".m", "the model starts with '.'"),
        ("a b", "the model holds ' '"),
        ("a\nb", r"the model holds '\\n'"),
        ("a\x00", r"the model holds '\\x00'"),
        ("m;rm -rf x", "the model holds ';'"),
        ("m$(id)", r"the model holds '\$'"),
        ("modèl", "the model holds 'è'"),
        ("h/n.s/m", r"the namespace holds '\.'"),
        ("h/n:s/m", "the namespace holds ':'"),
        ("reg:5000/m", "needs a namespace as well, as in 'reg:5000/library/m'"),
        ("hf.co/m", "needs a namespace as well, as in 'hf.co/library/m'"),
        ("http://m", "needs a namespace as well, as in 'HOST/library/m'"),
        ("a:b:c", "the model holds ':'"),
        ("ftp://h/ns/m", "the scheme is 'ftp'"),
        ("h:x/ns/m", "has no valid port"),
        ("h:0/ns/m", "has no valid port"),
        ("h:99999/ns/m", "has no valid port"),
        ("h:1:2/ns/m", "has no valid port"),
        ("m@sha256:ab", "digest='...'"),
        ("m" * 81, "the model has 81 characters, more than 80"),
        ("m:" + "t" * 81, "the tag has 81 characters"),
        ("h" * 351 + "/ns/m", "the host has 351 characters, more than 350"),
        ("m" * 100_000, "the model has 100000 characters"),
    ],
)
def test_wrong_names_say_which_part_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_name(text)


def test_any_accepted_name_is_harmless_in_a_shell_and_a_path() -> None:
    chance = random.Random(7)
    letters = string.ascii_letters + string.digits + "_-./:@ $`'\"\\\n\x00;&|*?~é"
    accepted = 0
    for _ in range(20_000):
        text = "".join(chance.choices(letters, k=chance.randrange(1, 12)))
        try:
            name = parse_name(text)
        except ValueError:
            continue
        accepted += 1
        assert set(name.listed) <= set(string.ascii_letters + string.digits + "_-./:")
        assert not any(part[0] in "-." for part in name)
        assert ".." not in name.manifest_path.split("/")
        assert parse_name(name.listed).key == name.key
    assert accepted > 500
