"""One question for all roles of a host, whose answer serves each of them."""

from __future__ import annotations

from dataclasses import replace

from pyinfra_ollama import layout
from pyinfra_ollama.snapshot import question_for, whole_question
from tests.unit.decide.gateways import having, key
from tests.unit.decide.hosts import declaration, declared


def test_a_server_alone_is_asked_what_its_operations_ask() -> None:
    assert whole_question(declaration()) == question_for(declared())


def test_the_whole_answer_holds_what_each_role_asks() -> None:
    host = having(("a",))
    assert host.server is not None
    whole, part = whole_question(host), question_for(host.server)
    assert whole.covers(part)
    assert whole.covers(whole)
    assert not part.covers(whole)
    assert not whole.covers(replace(part, port=1))
    assert not whole.covers(replace(part, files=(*part.files, "/etc/other")))
    assert not whole.covers(replace(whole, gateway=("9181", "443")))


def test_a_gateway_is_asked_about_in_the_same_command() -> None:
    whole = whole_question(having())
    assert whole.scripts == ("snapshot", "snapshot-gateway")
    assert whole.arguments()[8:10] == ("9180", "443 80")
    assert set(layout.GATEWAY_FILES) <= set(whole.files)
    assert {"nginx", "openssl", "logrotate"} <= set(whole.packages)
    assert "libnginx-mod-http-js" not in whole.packages
    assert "certbot" not in whole.packages


def test_a_firewall_is_asked_about_only_where_one_is_declared() -> None:
    plain, filtered = whole_question(declaration()), whole_question(declaration(firewall={}))
    assert plain.scripts == ("snapshot",)
    assert filtered.scripts == ("snapshot", "snapshot-firewall")
    assert {"iptables", "ufw"} <= set(filtered.packages)
    assert filtered.covers(plain)
    assert not plain.covers(filtered)


def test_monitoring_is_asked_about_only_where_it_is_declared() -> None:
    plain, watched = whole_question(declaration()), whole_question(declaration(monitoring={}))
    assert watched.scripts == ("snapshot", "snapshot-watch")
    assert set(layout.monitoring.MONITORING_FILES) <= set(watched.files)
    assert {"logrotate", "python3"} <= set(watched.packages)
    assert watched.covers(plain)
    assert not plain.covers(watched)


def test_what_a_gateway_needs_besides() -> None:
    kept = having(("a",), keys=[key("chat", models=["a"])])
    assert "libnginx-mod-http-js" in whole_question(kept).packages
    acme = having(tls={"agree_tos": True})
    assert "certbot" in whole_question(acme).packages
