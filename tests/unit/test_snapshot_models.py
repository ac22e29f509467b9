"""Models of a folder that no server could be asked about."""

from __future__ import annotations

import json

from pyinfra_ollama.decide.models import work
from pyinfra_ollama.snapshot.manifests import stored
from pyinfra_ollama.snapshot.service import api_state
from tests.unit.decide.hosts import declared, host

MODEL = {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:1", "size": 100}
LAYERS = {"config": {"size": 5}, "layers": [MODEL, {"size": 20}]}
LINES = [
    f"registry.ollama.ai/library/llama3.2/1b|aaa|{json.dumps(LAYERS)}",
    f"10.0.0.5:5000/library/made/latest|bbb|{json.dumps(LAYERS)}",
    'params|{"num_ctx": 4096, "stop": ["a", "b \\"c\\""], "temperature": 0.5}',
    "registry.ollama.ai/me/broken/latest|ccc|{",
]


def test_names_digests_sizes_and_parameters() -> None:
    found = stored(LINES)
    assert found.models == {"llama3.2:1b": "aaa", "10.0.0.5:5000/library/made:latest": "bbb"}
    assert set(found.sizes.values()) == {125}
    assert set(found.weights.values()) == {"sha256:1"}
    assert found.parameters["llama3.2:1b"] == ""
    assert found.parameters["10.0.0.5:5000/library/made:latest"].splitlines() == [
        "num_ctx 4096",
        'stop "a"',
        'stop "b \\"c\\""',
        "temperature 0.5",
    ]


def test_they_count_as_present() -> None:
    options = {"num_ctx": 4096, "temperature": 0.5, "stop": ["a", 'b "c"']}
    made = {"name": "10.0.0.5:5000/library/made", "options": options}
    settings = declared(ollama={"models": [{"name": "llama3.2:1b"}, made], "port": 11500})
    there = host(api=stored(LINES))
    assert work(settings, there) == ()
    other = declared(ollama={"models": [{**made, "options": {"num_ctx": 8192}}]})
    assert [item.create for item in work(other, there)] == [True]


def test_the_server_counts_where_it_could_be_asked() -> None:
    version = '{"version":"0.33.0"}|'
    unasked = {"asked": [], "api": [version, "|"], "manifests": LINES}
    for answers in ([version], [version, "|"]):
        found = api_state({**unasked, "api": answers})
        assert (found.version, len(found.models or {})) == ("0.33.0", 2)
    assert api_state({**unasked, "api": []}).version is None
    assert api_state({"asked": [], "api": [version, '{"models": []}|']}).models == {}


def test_an_answer_that_did_not_come() -> None:
    """curl asks no more after it; what came before counts, and the folder is not needed."""
    answers = ['{"version":"0.33.0"}|', '{"models": []}|', '{"parameters": "seed 1"}|', "|"]
    found = api_state({"asked": ["a:1", "b:1", "c:1"], "api": answers, "manifests": LINES})
    assert found.models == {}
    assert found.parameters == {"a:1": "seed 1"}
