"""Secrets: fetched when a host in use needs them, once, and shown nowhere."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

from pyinfra_ollama.settings import Ollama, Secret, SecretError, SettingsError, load

from .proxies import PROXY, proxy, refused


def test_a_url_without_a_login_may_be_declared_as_text() -> None:
    assert proxy("http://proxy:3128") == "http://proxy:3128"
    assert "http://proxy:3128" not in repr(Ollama(https_proxy="http://proxy:3128"))


def test_declaring_fetches_nothing_and_never_raises(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for secret in (
        Secret.command("touch", str(mark)),
        Secret.command(),
        Secret.env(None),  # type: ignore[arg-type]
        Secret.file(7),  # type: ignore[arg-type]
        Secret("canary"),
        Secret.command("true", timeout_seconds="long"),  # type: ignore[arg-type]
    ):
        assert "canary" not in repr(Ollama(https_proxy=secret))
        with pytest.raises(SecretError):
            secret.get_secret_value()
    assert mark.exists()


def test_every_source_is_asked_once_for_all_hosts(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    script = f"echo x >>{asked}; echo http://proxy"
    host = {
        "ollama": Ollama(https_proxy=Secret.command("sh", "-c", script)),
        "_sudo_password": Secret.command("sh", "-c", script),
    }
    load([("web1", host), ("web2", copy.copy(host))])
    load([("web1", host)])
    assert asked.read_text() == "x\n"


def test_all_that_is_missing_is_told_at_once_and_only_for_hosts_in_use() -> None:
    missing = Ollama(https_proxy=Secret.env("NOT_THERE"))
    with pytest.raises(SettingsError) as caught:
        load(
            [
                ("web1", {"ollama": missing, "_sudo_password": Secret.file("/not/there")}),
                ("web2", {"ollama": missing}),
            ]
        )
    assert [(p.host, p.path) for p in caught.value.problems] == [
        ("web1, web2", "ollama.https_proxy"),
        ("web1", "_sudo_password"),
    ]
    assert "NOT_THERE" in str(caught.value)


def test_among_pyinfras_own_data_a_key_has_lines_and_su_gets_none() -> None:
    key, password = Secret.value("first line\nsecond line\n"), Secret.value("canary")
    load([("web1", {"ollama": Ollama(), "ssh_key": key, "ssh_password": password})])
    for name, secret in (("_su_password", password), ("ssh_password", key)):
        with pytest.raises(SettingsError) as caught:
            load([("web1", {"ollama": Ollama(), name: secret})])
        assert [problem.path for problem in caught.value.problems] == [name]
        assert "canary" not in str(caught.value)


def test_nothing_that_is_printed_copied_or_pickled_holds_a_secret(kept: Path) -> None:
    for secret in (Secret.env("OLLAMA_PROXY"), Secret.file(kept), Secret.value(PROXY)):
        host = load([("web1", {"ollama": Ollama(https_proxy=secret)})])["web1"].server
        assert host is not None
        ollama, environ = host.ollama, host.ollama.environ()
        assert environ["HTTPS_PROXY"] == PROXY
        assert environ.secret_names == {"HTTPS_PROXY"}
        assert ollama.has_secrets
        for one in (secret, ollama, host):
            for shown in (repr(one), str(one), f"{one}", f"{one!r:>200}"):
                assert "canary" not in shown
            assert b"canary" not in pickle.dumps(one)
            assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
        for shown in (
            f"{environ} {environ!r}",
            json.dumps(ollama.to_json()),
            ollama.model_dump_json(),
            repr(ollama.model_dump()),
            json.dumps(secret.to_json()),
        ):
            assert "canary" not in shown
    wrong = Ollama(https_proxy=PROXY, port=1)
    assert not any("canary" in text for text in (repr(wrong), str(wrong), repr(wrong.to_json())))


def test_with_a_login_the_server_logs_only_warnings() -> None:
    for url, level in ((PROXY, "-1"), ("http://user@proxy", "-1"), ("http://proxy:3128", None)):
        environ = Ollama(https_proxy=Secret.value(url)).environ()
        assert environ.get("OLLAMA_DEBUG") == level
    debugging = Ollama(debug=1, https_proxy="http://proxy:3128").environ()
    assert debugging["OLLAMA_DEBUG"] == "1"


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://proxy.example.com:3128", True),
        ("https://user:p%40ss%2Fword@10.0.0.1:8080/", True),
        ("socks5h://u:!$&'()*+,;=._~-@[2001:db8::1]:1080", True),
        ("http://us er@proxy", False),
        ("http://user:a%4@proxy", False),
        ("http://user:a\\b@proxy", False),
        ("http://user:a/b@proxy", False),
        ("http://user:a@b@proxy", False),
        ("http://user:a[b@proxy", False),
        ("http://user:pässword@proxy", False),
        ("http://proxy/path", False),
        ("http://proxy?user=1", False),
        ("http://proxy#1", False),
        ("http://proxy:port", False),
        ("ftp://proxy", False),
        ("proxy:3128", False),
    ],
)
def test_only_what_go_takes_for_a_url_is_a_proxy(url: str, is_one: bool) -> None:
    if is_one:
        assert proxy(Secret.value(url)) == url
    else:
        assert "a URL such as" in refused(Secret.value(url))
