"""From group data to settings: what is filled in, folded, found misnamed and left alone."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest
from pydantic import SecretStr

from pyinfra_ollama import settings
from pyinfra_ollama.settings import Model, Ollama, Options, Service, SettingsError, Swap, load

WRONG = Ollama(models=[Model("a b"), Model("ok", options=Options(num_ctx=0))], num_ctx=1)


def test_only_ollama_is_needed_and_swap_stays_unmanaged() -> None:
    host = load([("web1", {"ollama": Ollama(), "ssh_user": "root", "_sudo": True})])["web1"].server
    assert host is not None
    assert host.name == "web1"
    assert host.swap is None
    assert host.service == Service()
    assert host.ollama.models == ()


def test_dictionaries_are_taken_as_declarations() -> None:
    data = {"ollama": {"models": [{"name": "mistral"}]}, "swap": {"size": "8G"}}
    host = load([("web1", data)])["web1"].server
    assert host is not None
    assert host.ollama == Ollama(models=[Model("mistral")])
    assert host.swap == Swap(size=8 * 1024**3)


def test_none_means_not_declared() -> None:
    server = load([("web1", {"ollama": Ollama(), "swap": None})])["web1"].server
    assert server is not None
    assert server.swap is None


def test_all_problems_of_all_hosts_come_at_once_and_equal_ones_are_folded() -> None:
    hosts = [(f"web{n}", {"ollama": copy.copy(WRONG)}) for n in range(3)]
    hosts += [("db1", {"ollama": Ollama(), "swap": Swap(size="8M", swappiness=300)}), ("db2", {})]
    with pytest.raises(SettingsError) as caught:
        load(hosts)
    assert [(p.host, p.path) for p in caught.value.problems] == [
        ("web0, web1, web2", "ollama.models[0].name"),
        ("web0, web1, web2", "ollama.models[1].options.num_ctx"),
        ("web0, web1, web2", "ollama.num_ctx"),
        ("db1", "swap.swappiness"),
        ("db2", "ollama"),
    ]
    lines = str(caught.value).splitlines()
    assert lines[0] == "5 problems in the settings; nothing was changed:"
    assert lines[1].startswith("  web0, web1, web2: ollama.models[0].name: seen 'a b'; accepted: ")
    assert len(lines) == 6


def test_one_problem_is_one() -> None:
    with pytest.raises(SettingsError, match=r"^1 problem in the settings; nothing was changed:\n"):
        load([("web1", {})])


def test_declaring_never_raises() -> None:
    for wrong in (
        WRONG,
        Ollama(1, 2, 3, host=object()),
        Model(),
        Model("a", "b", "c", name="d"),
        Swap(),
        Ollama(models=[WRONG, None, [Model("x")]], environment={1: object()}),
    ):
        assert not wrong.is_valid
        assert repr(wrong) == f"{type(wrong).__name__}('not valid')"


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_are_equal_and_wrong_ones_stay_wrong(way) -> None:
    proxy = SecretStr("http://u:pw@proxy:1")
    right = Ollama(models=[Model("a", options=Options(seed=1))], https_proxy=proxy)
    assert way(right) == right
    assert way(right).environ() == right.environ()
    assert not way(WRONG).is_valid
    with pytest.raises(SettingsError):
        load([("web1", {"ollama": way(WRONG)})])


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Ollama().port = 1  # type: ignore[misc]


def test_other_data_is_left_alone() -> None:
    other = {
        "ollama": Ollama(),
        "ollama_domain": "llm.example.com",
        "services": ["nginx"],
        "version": "2",
        "port": 22,
        "Ollama": Ollama,
        "Model": Model,
        "shared": Ollama(port=12000),
        "_olama": 1,
    }
    assert load([("web1", other)])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("olama", {}),
        ("OLLAMA", {}),
        ("ollma", None),
        ("server", Ollama()),
        ("models", []),
        ("ollama_models", []),
        ("OLLAMA_KEEP_ALIVE", "5m"),
    ],
)
def test_a_misnamed_variable_is_the_only_problem_told(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        load([("web1", {name: value})])
    assert [problem.path for problem in caught.value.problems] == [name]


def test_hostile_declarations_end_in_problems() -> None:
    nested: list[object] = []
    nested.append(nested)
    for value in (nested, {"models": nested}, b"\xff", 10**5000, {"\ud800": 1}, {1: 2}, object()):
        with pytest.raises(SettingsError) as caught:
            load([("web1", {"ollama": value})])
        assert all(len(line) < 1000 for line in str(caught.value).splitlines())


def test_public_names_are_complete_and_sorted() -> None:
    assert settings.__all__ == sorted(settings.__all__)
    assert all(hasattr(settings, name) for name in settings.__all__)


def test_settings_need_no_pyinfra() -> None:
    code = (
        "import sys; sys.modules['pyinfra'] = None; import pyinfra_ollama.settings.reference; "
        "print([m for m in sys.modules if m.startswith(('pyinfra.', 'gevent', 'requests'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
