"""nginx's files: what they let through, and what they hold of secrets."""

from __future__ import annotations

import re
from typing import Any

import bcrypt
import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.gateway import answers, callers
from pyinfra_ollama.settings import Secret

from .gateways import KEYS, files, gateway, having, key, text
from .hosts import declared

NEVER = ("/api/me", "/api/signout", "/api/user", "/api/experimental", "/api/status", "/debug")


def test_every_file_says_who_manages_it_and_has_a_question() -> None:
    for file in files(gateway()).values():
        assert file.path in layout.GATEWAY_FILES
        assert file.content is None or re.match(r"(#|//) Managed by pyinfra-ollama", file.content)


@pytest.mark.parametrize("policy", ["read_only", "inference", "admin"])
def test_only_listed_paths_are_forwarded_and_only_as_they_stand_there(policy: str) -> None:
    found = text(gateway(("a", "me/b:1"), policy=policy), "endpoints.conf")
    assert not [path for path in NEVER if path in found]
    places = re.findall(r"^location (\S+) (\S+) \{$", found, re.M)
    forwarded = re.findall(r"proxy_pass http://ollama(?:_admin)?(/\S*);", found)
    exact = [path.strip('"') for sign, path in places if sign == "=" and path != "/_said"]
    assert forwarded == [*exact, "/api/blobs/sha256:$gateway_digest"]
    assert "/v1/models/a:latest" in exact
    assert "/v1/models/a" in exact
    assert "$uri" not in "".join(re.findall(r"proxy_pass.*", found))
    assert "$request_uri" not in found


def test_showing_is_for_administrators_unless_it_is_declared() -> None:
    def door(**fields: Any) -> str:
        found = text(gateway(**fields), "endpoints.conf")
        match = re.search(r'= "/api/show".*?door-(\w+)', found, re.S)
        assert match
        return match[1]

    assert (door(), door(show=True)) == ("admin", "read_only")


def test_keys_stand_in_one_file_that_only_root_reads() -> None:
    found = files(gateway(users=[{"name": "ada", "password": Secret.value("canary password")}]))
    for name, file in found.items():
        holds = any(re.escape(value) in (file.content or "") for value in KEYS.values())
        assert holds is (name == "callers.conf")
        assert "canary password" not in (file.content or "")
        if holds:
            assert (file.secret, file.mode, file.user) == (True, "600", "root")
        if name.startswith("users."):
            assert (file.secret, file.mode, file.group) == (True, "640", "www-data")


def test_a_key_is_matched_letter_by_letter() -> None:
    found = re.search(r'"~\^(\(\?i:Bearer\) \+.*)" "chat"', text(gateway(), "callers.conf"))
    assert found
    pattern = re.compile(found[1].replace(r"\z", r"\Z"))
    assert pattern.match(f"Bearer {KEYS['chat']}")
    for wrong in (KEYS["chat"].upper(), KEYS["chat"].replace(".", "x"), KEYS["chat"] + "\n"):
        assert not pattern.match(f"Bearer {wrong}")


def test_nothing_is_asked_of_callers_of_an_open_gateway_but_their_policy() -> None:
    settings = gateway(keys=[], listen=["127.0.0.1"])
    assert 'default "inference";' in text(settings, "callers.conf")
    assert "$gateway_stranger" in text(settings, "door-inference.conf")
    assert "auth_basic" not in text(settings, "door-inference.conf")


def test_users_are_told_apart_by_what_they_may_do() -> None:
    users = [
        {"name": "ada", "password": Secret.value("canary password 1")},
        {"name": "bob", "password": Secret.value("canary password 1"), "policy": "read_only"},
        {"name": "eve", "password": Secret.value("canary password 3"), "policy": "admin"},
    ]
    found = files(gateway(users=users))
    lines = {
        kind: dict(
            line.split(":", 1) for line in (found[f"users.{kind}"].content or "").splitlines()[1:]
        )
        for kind in ("read_only", "inference", "admin")
    }
    assert [list(names) for names in lines.values()] == [
        ["ada", "bob", "eve"],
        ["ada", "eve"],
        ["eve"],
    ]
    hashes = lines["read_only"]
    assert bcrypt.checkpw(b"canary password 1", hashes["ada"].encode())
    assert hashes["ada"] != hashes["bob"], "equal passwords must not show"
    again = files(gateway(users=users))["users.read_only"]
    assert again.content == found["users.read_only"].content


def test_a_hash_is_taken_as_it_is() -> None:
    made = bcrypt.hashpw(b"canary password", bcrypt.gensalt(8)).decode()
    users = [{"name": "ada", "password": Secret.value(made)}]
    assert f"ada:{made}\n" in (files(gateway(users=users))["users.admin"].content or "") + (
        files(gateway(users=users))["users.inference"].content or ""
    )


def test_without_users_there_is_no_file_of_them() -> None:
    assert files(gateway())["users.admin"].content is None


def test_callers_of_the_same_pace_share_it() -> None:
    keys = [
        key("chat", rate_per_second=50, burst=5),
        key("ops", policy="admin", rate_per_second=10),
    ]
    assert callers.paces(gateway(keys=keys).gateway) == (
        callers.Pace(10, 20, ()),
        callers.Pace(50, 5, ("chat",)),
    )


def test_a_route_is_made_only_where_something_has_to_be_told_apart() -> None:
    assert files(gateway(("a",)))["route.js"].content is None
    assert "js_content" not in text(gateway(("a",)), "endpoints.conf")
    kept = gateway(("a",), keys=[key("chat", models=["A:latest"])])
    assert '{"chat": ["a:latest"]}' in text(kept, "route.js")
    endpoints = text(kept, "endpoints.conf")
    assert "js_content route.forward" in endpoints
    assert "/v1/audio/transcriptions" not in endpoints
    assert "load_module" in text(kept, "nginx.conf")


def test_the_redirect_goes_to_the_declared_name_and_port() -> None:
    assert "308 https://a.example.com$request_uri" in text(gateway(), "nginx.conf")
    other = gateway(port=8443, server_names=["2001:db8::1"])
    assert "308 https://[2001:db8::1]:8443$request_uri" in text(other, "nginx.conf")
    assert "308" not in text(gateway(redirect_port=None), "nginx.conf")
    assert "ssl" not in text(gateway(tls=None, allow_plain=True), "nginx.conf")


def test_words_that_nginx_cannot_hold_are_not_made() -> None:
    assert answers.quoted("it's \\") == "'it\\'s \\\\'"
    for wrong in ("a $b", "a\nb"):
        with pytest.raises(ValueError, match="cannot hold"):
            answers.quoted(wrong)


def test_a_servers_settings_know_no_gateway() -> None:
    assert having().server == declared(ollama={"models": []})
