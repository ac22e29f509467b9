"""What the server says of itself: what it did not say is unknown, and is not shown as nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ollama_exporter import api
from ollama_exporter.api import Api
from ollama_exporter.collecting import Collector
from ollama_exporter.settings import Settings

from .standin import API, BLOB, answering


def page(pages: dict[str, Any], *models: str) -> str:
    with answering(pages) as port:
        collector = Collector(Settings(server=("127.0.0.1", port), models=models))
        text = collector.page().decode()
        collector.close()
    return text


@pytest.mark.parametrize("tags", [None, "no json", {"models": [{"size": 1}]}, {"models": 5}])
def test_models_that_were_not_told_are_not_absent(tags: object) -> None:
    text = page({**API, "/api/tags": tags}, "llama3.2:1b")
    assert "ollama_up 1\n" in text
    assert "ollama_models " not in text
    assert "ollama_declared_model_present" not in text
    assert "ollama_models_loaded 1\n" in text
    assert 'ollama_exporter_source_up{source="server"} 0\n' in text


@pytest.mark.parametrize("loaded", [None, "no json", {"models": [1]}, {"models": 5}])
def test_loaded_models_that_were_not_told_are_not_none(loaded: object) -> None:
    text = page({**API, "/api/ps": loaded}, "llama3.2:1b")
    assert "ollama_models 2\n" in text
    assert 'ollama_declared_model_present{model="llama3.2:1b"} 1\n' in text
    assert "ollama_models_loaded" not in text
    assert 'ollama_exporter_source_up{source="server"} 0\n' in text


def test_a_server_without_models_has_none() -> None:
    text = page({**API, "/api/tags": {"models": None}, "/api/ps": {"models": []}}, "llama3.2:1b")
    assert "ollama_models 0\n" in text
    assert "ollama_models_loaded 0\n" in text
    assert 'ollama_declared_model_present{model="llama3.2:1b"} 0\n' in text
    assert 'ollama_exporter_source_up{source="server"} 1\n' in text


def test_a_declared_model_among_too_many_has_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST", 3)
    rows = [{"name": f"m{number}:latest", "size": number} for number in range(9)]
    text = page({**API, "/api/tags": {"models": rows}, "/api/ps": {"models": rows}}, "m8:latest")
    assert 'ollama_declared_model_present{model="m8:latest"} 1\n' in text
    assert 'ollama_model_size_bytes{model="m8:latest"} 8\n' in text
    assert "ollama_models 9\n" in text
    assert "ollama_models_loaded 9\n" in text
    assert text.count("ollama_model_size_bytes{") == 3
    assert text.count("ollama_loaded_model_memory_bytes{") == 3


def test_one_model_that_is_not_shown_costs_its_own_weights_only() -> None:
    rows = [
        # It comes first, and has no digest to ask for.
        {"name": "a:latest", "size": 1},
        *API["/api/ps"]["models"],
    ]
    with answering({**API, "/api/ps": {"models": rows}}) as port:
        heard = Api(Settings(server=("127.0.0.1", port))).hear()
    assert heard.weights == {BLOB: "llama3.2:1b"}
    assert [row["name"] for row in heard.loaded or ()] == ["a:latest", "llama3.2:1b"]
    assert heard.missing
