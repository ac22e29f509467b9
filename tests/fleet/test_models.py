"""Models: there after a run, whatever the registry, the server and the controller go through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fleet.harness import Fleet, wait_until
from tests.fleet.modelling import HOST, STORE, declared, deploying, digest, fetched, gone, whole
from tests.fleet.registry import requests, resumed, tag, watched

pytestmark = pytest.mark.slow

MODELS, VERIFIED = "Have the declared models", "Have the deployment verified"


@pytest.fixture(scope="module", autouse=True)
def converged(fleet: Fleet) -> None:
    """The host has both models and no other, and no stand-in for a model's compute."""
    fleet.reset(HOST)
    fleet.apply(declared(fleet, fleet.chat(), fleet.embedding()))
    gone(fleet, *({"name": name} for name in fleet.listed(HOST) if name not in both(fleet)))


def both(fleet: Fleet) -> set[str]:
    return {str(model["name"]) for model in fleet.models()}


def test_what_is_there_needs_no_registry(fleet: Fleet) -> None:
    assert fleet.listed(HOST) == both(fleet)
    with watched(fleet):
        assert fleet.apply(declared(fleet, *fleet.models())).changed() == {}
        assert requests(fleet) == []
    upper = fleet.chat(name=fleet.chat()["name"].replace("smollm2:135m", "SmolLM2:135M"))
    planned = fleet.plan(declared(fleet, upper)).planned
    assert planned == {HOST: [VERIFIED]}, "Ollama tells no case apart"


def test_an_unknown_model(fleet: Fleet) -> None:
    gone(fleet, fleet.embedding())
    unknown = fleet.chat(name=f"{fleet.lab.registry}/library/no-such:1b")
    ran = fleet.apply(declared(fleet, unknown, fleet.embedding()), check=False)
    assert ran.code == 1
    assert "Be fit for what is declared" in ran.text.split("Starting operation")[-1]
    assert "/v2/library/no-such/manifests/1b does not exist" in ran.text
    assert fleet.embedding()["name"] not in fleet.listed(HOST), "something was changed"

    ran = fleet.apply(declared(fleet, unknown, fleet.embedding(), network=False), check=False)
    assert ran.code == 1
    assert f"1 of 2 models could not be had: {unknown['name']}" in ran.text
    assert "is the name spelled as its registry spells it?" in ran.text
    assert "attempt 2" not in ran.text
    assert "Traceback" not in ran.text
    assert fleet.embedding()["name"] in fleet.listed(HOST)


def test_a_dead_registry(fleet: Fleet) -> None:
    gone(fleet, fleet.embedding())
    fleet.sh("infra", "systemctl stop nginx")
    try:
        asked = fleet.apply(declared(fleet, fleet.embedding()), check=False)
        model = fleet.embedding(pull_attempts=2)
        tried = fleet.apply(declared(fleet, model, network=False), check=False)
    finally:
        fleet.sh("infra", "systemctl start nginx")
    assert asked.code == tried.code == 1
    assert "does not answer" in asked.text
    assert "attempt 2 in 1 s" in tried.text
    assert "attempt 3" not in tried.text
    assert "1 of 1 models could not be had" in tried.text
    assert "connection refused" in tried.text
    fleet.apply(declared(fleet, fleet.embedding()))


def test_a_pull_through_all_kinds_of_trouble(fleet: Fleet) -> None:
    """The controller is killed, its traces damaged, the server restarted, the registry cut."""
    gone(fleet, fleet.chat())
    fleet.sh(HOST, "systemctl restart ollama")
    inventory = declared(fleet, fleet.chat())
    with watched(fleet, rate="10m"):
        with deploying(inventory) as killed:
            wait_until("something came", lambda: fetched(fleet) > 8_000_000)
            killed.kill()
        pulling = f"ss -Htn state established dport = :{fleet.lab.registry.split(':')[1]}"
        wait_until("the pull ended too", lambda: not fleet.sh(HOST, pulling))
        assert fleet.chat()["name"] not in fleet.listed(HOST)
        # As a server leaves it that is killed while it writes how far it is.
        fleet.sh(HOST, f"for mark in {STORE}/blobs/*-partial-*; do : >$mark; done")
        before = fetched(fleet)
        with deploying(inventory) as process:
            wait_until("more came", lambda: fetched(fleet) > before + 8_000_000)
            fleet.sh(HOST, "systemctl restart ollama")
            wait_until("more came", lambda: fetched(fleet) > before + 24_000_000)
            fleet.sh("infra", "systemctl kill -s KILL nginx; systemctl restart nginx")
            _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert "EOF; attempt 2 in 1 s" in said
        assert "%)" in said, "no progress was shown"
        assert resumed(fleet)
    assert fleet.chat()["name"] in fleet.listed(HOST)
    assert whole(fleet)
    assert "Paris" in fleet.ask(HOST, fleet.chat()["name"])


def test_digests(fleet: Fleet) -> None:
    chat, embedding = fleet.chat(), fleet.embedding()
    fleet.apply(declared(fleet, chat, embedding))
    first, second = digest(fleet, embedding), digest(fleet, chat)
    moving = fleet.chat(name=f"{fleet.lab.registry}/library/moving:1")
    tag(fleet, HOST, "all-minilm:22m", "moving:1")

    wrong = declared(fleet, {**moving, "digest": second})
    for _ in range(2):
        ran = fleet.apply(wrong, check=False)
        assert ran.code == 1
        assert f"its digest is {first}, but {second} is pinned" in ran.text
        assert digest(fleet, moving) == first
    assert fleet.plan(declared(fleet, {**moving, "digest": first})).planned == {HOST: [VERIFIED]}

    tag(fleet, HOST, "smollm2:135m", "moving:1")
    assert MODELS not in fleet.plan(declared(fleet, {**moving, "digest": first})).planned[HOST]
    changed = fleet.apply(declared(fleet, {**moving, "digest": second})).changed()
    assert changed == {HOST: [MODELS, VERIFIED]}
    assert digest(fleet, moving) == second
    assert fleet.plan(declared(fleet, {**moving, "digest": second})).planned == {}
    gone(fleet, moving)


OPTIONS: dict[str, Any] = {
    "num_ctx": 512,
    "num_thread": 2,
    "num_batch": 64,
    "num_gpu": 0,
    "main_gpu": 0,
    "use_mmap": False,
    "num_predict": 32,
    "num_keep": 4,
    "draft_num_predict": 2,
    "temperature": 0.1,
    "top_p": 0.95,
    "top_k": 20,
    "min_p": 0.05,
    "typical_p": 0.7,
    "repeat_penalty": 1.1,
    "repeat_last_n": -1,
    "presence_penalty": -0.5,
    "frequency_penalty": 0.25,
    "seed": 1234567,
    "stop": ["$(reboot)", 'a"b\\', "line\nbreak", "`x` 'y' %s", "\x07\x01\u00e9\U0001f999 "],
}


def parameters(fleet: Fleet) -> Any:
    """Of tuned:1, from the file that Ollama keeps them in."""
    manifest = f"{STORE}/manifests/registry.ollama.ai/library/tuned/1"
    layers = json.loads(fleet.sh(HOST, f"cat {manifest}"))["layers"]
    [blob] = [layer["digest"] for layer in layers if layer["mediaType"].endswith("image.params")]
    return json.loads(fleet.sh(HOST, f"cat {STORE}/blobs/{blob.replace(':', '-')}"))


def test_options(fleet: Fleet) -> None:
    tuned = {"name": "tuned:1", "base": fleet.chat()["name"], "insecure": True}
    inventory = declared(fleet, {**tuned, "options": OPTIONS})
    assert fleet.apply(inventory).changed() == {HOST: [MODELS, VERIFIED]}
    assert fleet.plan(inventory).planned == {}
    assert parameters(fleet) == OPTIONS

    for options in ({**OPTIONS, "temperature": 0}, {"temperature": 0}):
        other = declared(fleet, {**tuned, "options": options})
        assert fleet.apply(other).changed() == {HOST: [MODELS, VERIFIED]}
    assert fleet.plan(other).planned == {}
    assert parameters(fleet) == {"temperature": 0, "stop": ["<|im_start|>", "<|im_end|>"]}
    assert {"tuned:1", fleet.chat()["name"]} <= fleet.listed(HOST)
    gone(fleet, tuned)


def test_another_models_folder(fleet: Fleet) -> None:
    fleet.sh(HOST, "rm -rf /srv/other")
    there = declared(fleet, fleet.embedding(), models_dir="/srv/other/models")
    assert MODELS in fleet.apply(there).changed()[HOST]
    assert fleet.sh(HOST, "stat -c '%a %U' /srv/other/models") == "700 ollama"
    assert fleet.sh(HOST, "ls /srv/other/models/manifests") == fleet.lab.registry
    assert fleet.listed(HOST) == {fleet.embedding()["name"]}
    assert fleet.plan(there).planned == {}
    back = declared(fleet, fleet.chat(), fleet.embedding())
    assert MODELS not in fleet.apply(back).changed()[HOST], "nothing was lost meanwhile"
