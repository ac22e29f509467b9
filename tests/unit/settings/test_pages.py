"""The committed reference and the inventories that people start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama import settings
from pyinfra_ollama.settings import HostSettings, load, reference
from pyinfra_ollama.settings.load import VARIABLES
from pyinfra_ollama.settings.options import Options

ROOT = Path(__file__).parents[3]
CLASSES = [*VARIABLES.values(), *(part for parts in reference.PARTS.values() for part in parts)]


def _declared(inventory: str) -> HostSettings:
    data: dict[str, object] = {}
    for name in ("all", inventory):
        path = ROOT / "inventories" / "group_data" / f"{name}.py"
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), data)
    given = {k: v for k, v in data.items() if not k.startswith("__")}
    server = load([(inventory, given)])[inventory].server
    assert server is not None
    return server


def test_the_committed_reference_is_current() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == reference.page(), (
        "run: python -m pyinfra_ollama.settings.reference docs/settings.md"
    )


def test_the_generator_writes_prints_and_refuses(tmp_path, capsys) -> None:
    assert reference.main([str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == reference.page()
    assert reference.main([]) == 0
    assert capsys.readouterr().out == reference.page()
    assert reference.main(["a", "b"]) == 64
    assert capsys.readouterr().err.startswith("usage: ")


@pytest.mark.parametrize("model", CLASSES)
def test_every_field_is_described_and_every_default_has_its_source(model) -> None:
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        extra = field.json_schema_extra or {}
        assert field.is_required() or model is Options or extra.get("source"), name


@pytest.mark.parametrize("model", CLASSES)
def test_every_example_is_valid(model) -> None:
    names = {name: getattr(settings, name) for name in settings.__all__}
    others = {
        name: eval((field.json_schema_extra or {}).get("example", '"a"'), dict(names))
        for name, field in model.model_fields.items()
        if field.is_required()
    }
    if model is settings.Gateway:
        others["allow_anonymous"] = True
    allowed = {"kv_cache_type": {"flash_attention": True}}
    if model is settings.Rest:
        allowed["password"] = {"user": "llm"}
    if model is settings.Ollama:
        allowed["host"] = {"allow_non_loopback": True}
    for name, field in model.model_fields.items():
        example = (field.json_schema_extra or {}).get("example")
        # Paths on the controller and hashes are only illustrated.
        if example is not None and name not in ("archive", "sha256"):
            value = eval(example, dict(names))
            declared = model(**{**others, **allowed.get(name, {}), name: value})
            assert declared.is_valid, name


def test_production_is_the_machine_of_the_guides() -> None:
    host = _declared("prod")
    assert [model.canonical for model in host.ollama.models] == ["mistral:7b"]
    assert host.ollama.listen == ("127.0.0.1", 11434)
    assert host.swap is not None
    assert host.swap.size == 8 * 1024**3
    assert host.service.memory_max == 14 * 1024**3


def test_staging_is_valid() -> None:
    assert _declared("staging").ollama.version == _declared("prod").ollama.version


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_host_keys_are_checked(name: str) -> None:
    path = ROOT / "inventories" / f"{name}.py"
    values: dict[str, object] = {"__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), values)
    _, data = values[name]  # type: ignore[misc]
    assert data["ssh_strict_host_key_checking"] == "yes"
    assert Path(data["ssh_known_hosts_file"]).is_file()
