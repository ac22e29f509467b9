"""When an ACME authority is asked for a certificate, and what stands in until it has given one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.gateway.state import acme_reasons, certificate_need
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.gateway import LineageState

from .gateways import DAY, PEM, SERVING, files, gateway, serving
from .hosts import NOW, host

DIRECTORY = "https://acme.example.com/dir"
ACME = gateway(tls={"agree_tos": True, "directory_url": DIRECTORY})


def certified(**state: Any) -> Snapshot:
    """A host whose certificate is the authority's."""
    lineage = LineageState(PEM.sha256 or "", DIRECTORY, renewed=True)
    return serving(ACME, **{"lineage": lineage, **state})


def test_nginx_has_a_certificate_before_there_is_any_of_the_authority() -> None:
    assert certificate_need(ACME, host()).reasons == ("there is none to begin with",)
    assert acme_reasons(ACME, host()) == ("there is no certificate of the authority",)
    assert certificate_need(ACME, serving(ACME)).reasons == ()


def test_renewal_is_not_the_deployments_business() -> None:
    assert acme_reasons(ACME, certified()) == ()
    assert SERVING.certificate is not None
    soon = replace(SERVING.certificate, ends=NOW + DAY)
    assert acme_reasons(ACME, certified(certificate=soon)) == ()
    gone = replace(SERVING.certificate, ends=NOW - DAY)
    assert acme_reasons(ACME, certified(certificate=gone)) == ("it has expired",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"directory": "https://other.example.com"},
            "the certificate is of https://other.example.com",
        ),
        ({"sha256": "0" * 64}, "nginx has another certificate than the authority's"),
        ({"renewed": False}, "certbot's timer is not enabled"),
    ],
)
def test_what_has_the_authority_asked(changes: dict[str, Any], reason: str) -> None:
    lineage = replace(LineageState(PEM.sha256 or "", DIRECTORY, renewed=True), **changes)
    assert acme_reasons(ACME, certified(lineage=lineage)) == (reason,)


def test_a_certificate_is_for_the_declared_names_and_no_others() -> None:
    assert SERVING.certificate is not None
    more = replace(SERVING.certificate, names=frozenset({"a.example.com", "b.example.com"}))
    assert acme_reasons(ACME, certified(certificate=more)) == (
        "it is for a.example.com, b.example.com",
    )


def test_what_certbot_needs_is_there_only_with_it(tmp_path: Path) -> None:
    hook = files(ACME)["renewed.sh"]
    assert hook.mode == "755"
    assert layout.TLS_PEM in (hook.content or "")
    assert files(gateway())["renewed.sh"].content is None
    assert files(ACME)["acme-authority.pem"].content is None
    assert "acme-challenge" in (files(ACME)["nginx.conf"].content or "")
    assert "acme-challenge" not in (files(gateway())["nginx.conf"].content or "")
