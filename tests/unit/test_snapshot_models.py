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
    sections = {"api": ['{"version":"0.33.0"}'], "manifests": LINES}
    assert api_state(sections).version == "0.33.0"
    assert len(api_state(sections).models or {}) == 2
    tags = {"api": ['{"version":"0.33.0"}'], "tags": ['{"models": []}']}
    assert api_state(tags).models == {}
    assert api_state({"api": []}).models is None
