"""`gateway-config`: the verifier's own reading agrees with what is deployed, and sees each edit."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.settings import GatewaySettings, Secret, load
from pyinfra_ollama.verifier.checks.configuration import configuration
from tests.unit.decide.gateways import gateway, key

from .gate import having, inside

USERS = [{"name": "ada", "password": Secret.value("canary password")}]


def routed() -> GatewaySettings:
    """A gateway in front of two hosts with different models."""
    hosts: list[tuple[str, dict[str, Any]]] = [
        (name, {"ollama": {"host": host, "allow_non_loopback": True, "models": [{"name": model}]}})
        for name, host, model in (("b1", "10.0.0.1", "a"), ("b2", "10.0.0.2", "me/b:1"))
    ]
    declared = {"keys": [key("chat")], "backends": [{"host": "b1", "weight": 2}, "b2"]}
    found = load([*hosts, ("front", {"gateway": declared})])["front"].gateway
    assert found is not None
    return found


DECLARED = {
    "the usual": gateway(("llama3.2:1b",)),
    "users": gateway(users=USERS),
    "users alone": gateway(keys=[], users=USERS),
    "nobody has to say who": gateway(keys=[], listen=["127.0.0.1"]),
    "a page, and showing": gateway(cors={"origins": ["https://a.example.com"]}, show=True),
    "plain": gateway(tls=None, allow_plain=True),
    "no redirect": gateway(redirect_port=None, port=8443),
    "one address": gateway(listen=["10.0.0.5"], server_names=["10.0.0.5"]),
    "an authority": gateway(tls={"agree_tos": True}),
    "everybody may administer": gateway(keys=[key("chat")], policy="admin"),
    "keys kept to models": gateway(("a",), keys=[key("chat", models=["a"])]),
    "different models": routed(),
}


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_deployed_is_good(name: str) -> None:
    result = configuration(DECLARED[name], inside(DECLARED[name]))
    assert (result.status, result.found[:11]) == ("pass", "as declared"), result.found


USUAL = gateway(("llama3.2:1b",))
ENDPOINT = 'location = "/api/version" {'
HTTP = "http {"


@pytest.mark.parametrize(
    ("edits", "seen"),
    [
        (
            {"endpoints": ("return 403 $gateway_says_endpoint", "proxy_pass http://ollama")},
            "location / does not answer 403",
        ),
        (
            {
                "endpoints": (
                    "return 403 $gateway_says_endpoint;",
                    "if ($a) { proxy_pass http://b; }",
                )
            },
            "location / does not answer 403",
        ),
        (
            {"endpoints": (ENDPOINT, f"location ~ x {{ proxy_pass http://ollama; }} {ENDPOINT}")},
            "location ~ x is not declared",
        ),
        ({"endpoints": ('= "/api/pull"', '= "/api/PULL"')}, "location = /api/PULL is not declared"),
        ({"endpoints": ("http://ollama/api/tags", "http://ollama$uri")}, "/api/tags leads to"),
        ({"endpoints": ("http://ollama/api/tags", "http://10.9.9.9/api/tags")}, "leads to"),
        (
            {"endpoints": ("door-admin.conf", "door-inference.conf")},
            "not behind the door for admin",
        ),
        ({"endpoints": ("include pyinfra-ollama/door-read_only.conf;", "")}, "not behind the door"),
        (
            {"nginx": (HTTP, HTTP + " server { listen 10.0.0.1:99; root /; }")},
            "a server that is not declared listens on 10.0.0.1:99",
        ),
        ({"nginx": (HTTP, HTTP + " server { root /; }")}, "listens on nothing"),
        ({"nginx": (HTTP, "stream { } " + HTTP)}, "there is a stream block"),
        ({"nginx": ("0.0.0.0:443", "0.0.0.0:444")}, "no server is there for clients"),
        ({"nginx": ("443 default_server ssl", "443 default_server")}, "TLS is not"),
        ({"nginx": ("return 308 https:", "return 308 http:")}, "not led to HTTPS"),
        (
            {"nginx": ("location = /status {", "location /x { root /; } location = /status {")},
            "also",
        ),
        (
            {"nginx": ("server_name _;", "server_name _; return 200;")},
            "answers beside its locations",
        ),
        ({"callers": ('"chat" inference', '"chat" admin')}, "the key chat is admin, not inference"),
        ({"callers": ('"ops" admin;', '"ops" admin; "eve" admin;')}, "the key eve is admin"),
        ({"callers": ('"chat" inference;', "")}, "the key chat is missing"),
        (
            {
                "callers": (
                    'map $gateway_key $gateway_policy {\n    default ""',
                    'map $gateway_key $gateway_policy {\n    default "admin"',
                )
            },
            "nobody in particular is let in as admin",
        ),
        ({"backends": ("127.0.0.1:11434", "10.0.0.9:11434")}, "backends are 10.0.0.9:11434"),
        ({"backends": ("weight=1", "weight=3")}, "with other weights"),
    ],
)
def test_each_edit_is_seen(edits: dict[str, tuple[str, str]], seen: str) -> None:
    result = configuration(USUAL, inside(USUAL, **edits))
    assert result.status == "fail"
    assert seen in result.found


def test_an_internal_place_that_was_opened() -> None:
    settings = routed()
    result = configuration(settings, inside(settings, endpoints=("internal;", "")))
    assert "is open to clients" in result.found


@pytest.mark.parametrize(
    ("changed", "status", "seen"),
    [
        ({"running": ""}, "fail", "does not say what it was started with"),
        ({"running": "b" * 64}, "fail", "changed by hand"),
        ({"judged": "nginx: [emerg] unknown directive"}, "fail", "nginx refuses"),
        ({"judged": None, "problems": {"judged": "no answer"}}, "unknown", "judged: no answer"),
        ({"config": None, "problems": {"config": "cut"}}, "unknown", "config: cut"),
    ],
)
def test_what_the_host_says(changed: dict[str, Any], status: str, seen: str) -> None:
    result = configuration(USUAL, having(inside(USUAL), **changed))
    assert result.status == status
    assert seen in result.found


def test_many_differences_are_a_few_words() -> None:
    result = configuration(USUAL, inside(USUAL, endpoints=("location = ", "location ^~ ")))
    assert "more" in result.found
    assert len(result.found) < 1000
