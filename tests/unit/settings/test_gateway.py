"""The gateway's settings: what is filled in, which certificates serve, what backends become."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.settings import (
    Acme,
    Backend,
    Declared,
    Gateway,
    Inventory,
    Key,
    Limits,
    Ollama,
    OwnCertificate,
    Secret,
    SelfSigned,
    SettingsError,
    load,
)

from .gateways import KEY, certificate, key

PAST = datetime(2020, 1, 2, tzinfo=UTC)


def declared(gateway: object, **others: Any) -> Declared:
    """A host with a server and this gateway."""
    return load([("web1", {"ollama": Ollama(), "gateway": gateway, **others})])["web1"]


def refused(gateway: object, **others: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        declared(gateway, **others)
    assert "canary" not in str(caught.value)
    (problem,) = caught.value.problems
    return str(problem)


def test_a_key_alone_makes_a_gateway_with_tls_in_front_of_the_hosts_own_server() -> None:
    host = declared(Gateway(keys=[Key("chat", Secret.value(KEY))]))
    assert host.server is not None
    assert host.gateway is not None
    gateway = host.gateway.gateway
    assert gateway.tls == SelfSigned()
    assert gateway.ports == (443, 80)
    assert gateway.limits == Limits()
    (backend,) = host.gateway.backends
    assert (backend.name, backend.address, backend.port) == ("web1", "127.0.0.1", 11434)


def test_each_way_to_a_certificate_is_told_from_a_dictionary(tmp_path: Path) -> None:
    own = certificate(tmp_path, "a.example.com")
    for given, kind in (
        (own, OwnCertificate),
        ({"days": 90}, SelfSigned),
        ({}, SelfSigned),
        ({"agree_tos": True}, Acme),
    ):
        host = declared({"server_names": ["a.example.com"], "keys": [key()], "tls": given})
        assert host.gateway is not None
        assert isinstance(host.gateway.gateway.tls, kind)


def test_a_certificate_has_to_be_for_the_declared_names(tmp_path: Path) -> None:
    tls = certificate(tmp_path, "*.example.com", "10.0.0.5")
    good = {"server_names": ["llm.example.com", "10.0.0.5"], "keys": [key()], "tls": tls}
    assert declared(good)
    for name in ("example.com", "a.b.example.com", "10.0.0.6"):
        assert "certificate for every name" in refused({**good, "server_names": [name]})
    nameless = certificate(tmp_path / "nameless")
    assert "no name at all" in refused({**good, "tls": nameless})


def test_a_certificate_that_cannot_serve_is_refused(tmp_path: Path) -> None:
    good, other = certificate(tmp_path / "a"), certificate(tmp_path / "b")

    def said(**tls: object) -> str:
        return refused({"keys": [key()], "tls": {**good, **tls}})

    assert "expired on 2" in said(**certificate(tmp_path / "c", ends=PAST))
    assert "another key in" in said(key=other["key"])
    assert "No such file" in said(certificate=str(tmp_path / "none.pem"))
    assert "no certificate in PEM form" in said(certificate=str(tmp_path / "a" / "own.key"))
    (tmp_path / "text").touch(mode=0o600)
    (tmp_path / "text").write_text("canary")
    assert "no such key in" in said(key=Secret.file(str(tmp_path / "text")))


def test_what_a_host_outside_the_run_has_wrong_is_not_read_from_disk() -> None:
    """Group data of every inventory is executed, so declaring reads no file."""
    assert OwnCertificate("/nowhere.pem", Secret.file("/nowhere.key")).is_valid


FLEET = {
    "door": {"gateway": {"keys": [key()], "backends": ["gpu"]}},
    "gpu1": {"ollama": {"host": "10.0.0.1", "allow_non_loopback": True}},
    "gpu2": {
        "ollama": {"host": "0.0.0.0", "allow_non_loopback": True, "models": [{"name": "a"}]},
        "ssh_hostname": "192.0.2.2",
    },
}
GROUPS = {"gpu": ("gpu1", "gpu2"), "none": ()}


def at_the_door(**gateway: Any) -> Declared:
    """A gateway host of the fleet, loaded alone as with --limit."""
    data = {"gateway": {**FLEET["door"]["gateway"], **gateway}}  # type: ignore[dict-item]
    inventory = Inventory(data={**FLEET, "door": data}, groups=GROUPS)
    return load([("door", data)], inventory)["door"]


def test_a_gateway_needs_no_server_of_its_own() -> None:
    host = at_the_door()
    assert host.server is None
    assert host.gateway is not None
    assert [(b.name, b.address) for b in host.gateway.backends] == [
        ("gpu1", "10.0.0.1"),
        ("gpu2", "192.0.2.2"),
    ]
    assert host.gateway.is_routed
    assert host.gateway.models == ("a:latest",)


def test_what_is_said_of_a_host_wins_over_what_is_said_of_its_group() -> None:
    host = at_the_door(backends=["gpu", Backend("gpu2", weight=3, drain=True)])
    assert host.gateway is not None
    assert [(b.name, b.weight, b.drain) for b in host.gateway.backends] == [
        ("gpu1", 1, False),
        ("gpu2", 3, True),
    ]


@pytest.mark.parametrize(
    ("backends", "words"),
    [
        (["gpu3"], "seen 'gpu3'; accepted: a host or group of the inventory: door, gpu, gpu1"),
        (["none"], "the group 'none', which has no hosts"),
        (["door"], "'door', which has no Ollama"),
        ([Backend("gpu1", drain=True)], "no backend but those being drained"),
    ],
)
def test_backends_that_are_refused(backends: list[object], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        at_the_door(backends=backends)
    assert words in str(caught.value)


def test_a_backend_that_only_its_own_machine_reaches_is_refused() -> None:
    data = {**FLEET, "gpu1": {"ollama": Ollama()}}
    with pytest.raises(SettingsError, match=r"listens on 127\.0\.0\.1 only"):
        load([("door", FLEET["door"])], Inventory(data=data, groups=GROUPS))


def test_a_wrong_backend_is_told_where_it_is_declared_and_not_twice() -> None:
    data = {"ollama": Ollama(port=1), "gateway": {"keys": [key()]}}
    with pytest.raises(SettingsError) as caught:
        load([("web1", data)])
    assert [problem.path for problem in caught.value.problems] == ["ollama.port"]


@pytest.mark.parametrize(
    ("listen", "host", "fine"),
    [
        (["10.0.0.5"], "127.0.0.1", True),
        (["10.0.0.5"], "0.0.0.0", False),
        (["0.0.0.0"], "127.0.0.1", False),
        (["::"], "127.0.0.1", True),
        (["10.0.0.5"], "::", False),
        (["10.0.0.5"], "10.0.0.5", False),
    ],
)
def test_a_port_of_the_hosts_own_server_on_the_same_address(
    listen: list[str], host: str, fine: bool
) -> None:
    ollama = Ollama(host=host, allow_non_loopback=True)
    gateway = {"keys": [key()], "listen": listen, "port": 11434}
    if fine:
        assert declared(gateway, ollama=ollama).gateway is not None
    else:
        assert "the port of the host's own Ollama" in refused(gateway, ollama=ollama)
