"""The outside checks against a gateway with one flaw: exactly its line turns red."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from pyinfra_ollama.settings import Declared, Secret, load
from pyinfra_ollama.verifier.gateway.asking import Inside
from pyinfra_ollama.verifier.outside import examine as outside
from pyinfra_ollama.verifier.outside.way import Direct, Way
from pyinfra_ollama.verifier.results import Result
from tests.unit.settings.gateways import DAY, certificate

from .answering import PIECES
from .gatekeeper import KEYS, Gatekeeper

NAME = "llm.example.com"
PAGE = "https://chat.example.com"
# As fast as it goes, but for the burst that is to be refused.
PACE = {"rate_per_key": 60, "burst_per_key": 40, "rate_per_address": 60, "burst_per_address": 40}

# What takes its time is asked where it is the flaw, or where there is none.
PACED = ("", "no rate", "no retry-after")
STREAMED = ("", "held")


def declared(gate: Gatekeeper, tls: dict[str, object], verify: dict[str, Any]) -> Declared:
    """What the gatekeeper stands for."""
    gateway = {
        "server_names": [NAME],
        "keys": [
            {"name": name, "secret": Secret.value(text), "policy": policy}
            for name, (text, policy) in KEYS.items()
        ],
        "tls": tls,
        "cors": {"origins": [PAGE]},
        "limits": PACE,
        "port": gate.main.server_address[1],
        "redirect_port": gate.redirect.server_address[1],
        "status_port": gate.closed.server_address[1],
    }
    asked = {"public_address": "127.0.0.1", "rate_requests": 300, **verify}
    ollama = {"models": [{"name": "llama3.2:1b"}]}
    return load([("web1", {"ollama": ollama, "gateway": gateway, "verify": asked})])["web1"]


@contextmanager
def standing(folder: Path, flaw: str) -> Iterator[tuple[Gatekeeper, Declared, Inside]]:
    """A gatekeeper at work, what it stands for, and what its host says."""
    tls, verify = certificate(folder / "own", NAME), dict[str, Any]()
    shown = folder / "own"
    if flaw in ("expired", "another name", "another certificate"):
        shown = folder / "shown"
        ended = datetime.datetime.now(datetime.UTC) - DAY if flaw == "expired" else None
        certificate(shown, "other.example.com" if flaw == "another name" else NAME, ends=ended)
    if flaw in ("expired", "another name"):
        # Such a one of one's own is refused before anything is asked.
        tls, verify = {}, {"authority": str(shown / "own.pem")}
    if flaw not in PACED:
        verify = {**verify, "rate_requests": 0}
    gate = Gatekeeper(shown / "own.pem", shown / "own.key", flaw)
    wanted = declared(gate, tls, verify)
    gate.settings = wanted.gateway
    there = folder / "own" if flaw == "another certificate" else shown
    own = x509.load_pem_x509_certificate((there / "own.pem").read_bytes())
    with gate.serving():
        yield gate, wanted, Inside(problems={}, certificates=(own,))


def looked(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    flaw: str = "",
    way: Way | None = None,
    red: tuple[str, ...] = (),
) -> dict[str, Result]:
    """The results of all outside checks of a gateway with a flaw."""
    with standing(folder, flaw) as (gate, wanted, seen):
        monkeypatch.setattr(outside, "logged", gate.told)
        host: Any = None
        found = outside.examine(
            *(host, wanted, seen, way or Direct()),
            generate=flaw in STREAMED,
            slot=nullcontext,
            red=red,
        )
        results = list(found)
    assert tuple(result.check for result in results) == outside.CHECKS
    for result in results:
        assert not any(key in repr(result) for key, _ in KEYS.values())
    return {result.check: result for result in results}


def test_a_good_gateway_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = looked(tmp_path, monkeypatch)
    assert {result.status for result in results.values()} == {"pass"}, results
    assert results["outside-streaming"].details["pieces"] == PIECES
    assert results["outside-rate"].details["requests"]


FLAWS = {
    "main closed": ("outside-ports", "does not answer"),
    "status open": ("outside-ports", "is open"),
    "expired": ("outside-tls", "expired"),
    "another name": ("outside-tls", "mismatch"),
    "another certificate": ("outside-tls", "refused: self-signed"),
    "no redirect": ("outside-redirect", "200 to https"),
    "anybody": ("outside-keys", "as nobody: 200, not 401"),
    "any key": ("outside-keys", "as a wrong key: 200, not 401"),
    "deaf": ("outside-keys", "as key spare: 401, not 200"),
    "no challenge": ("outside-keys", "without a challenge"),
    "missing": ("outside-offered", "POST /v1/embeddings as key chat: 403, not 400"),
    "admin": ("outside-refused", "POST /api/generate as key eye: 400"),
    "never": ("outside-refused", "GET /api/status"),
    "through": ("outside-refused", "403, and it reached a backend"),
    "no header": ("outside-headers", "strict-transport-security is None"),
    "version": ("outside-headers", "says its version"),
    "every origin": ("outside-headers", "pages of every origin"),
    "no page": ("outside-headers", f"pages of {PAGE} may not"),
    "held": ("outside-streaming", "held back"),
    "stranger": ("outside-backends", "10.9.9.9:11434"),
    "no rate": ("outside-rate", "none was told to wait"),
    "no retry-after": ("outside-rate", "429 without Retry-After"),
}
# What cannot be asked then.
CUT_SHORT = ("main closed", "another certificate")


@pytest.mark.parametrize("flaw", FLAWS)
def test_each_flaw_turns_exactly_its_line_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flaw: str
) -> None:
    check, words = FLAWS[flaw]
    results = looked(tmp_path, monkeypatch, flaw)
    unasked = {"outside-rate"} if flaw not in PACED else set()
    unasked |= {"outside-streaming"} if flaw not in STREAMED else set()
    assert {results.pop(name).status for name in unasked} <= {"skipped"}
    red = {name: result for name, result in results.items() if result.status != "pass"}
    if flaw in CUT_SHORT:
        later = set(outside.CHECKS[outside.CHECKS.index(check) + 1 :]) - unasked
        assert {red.pop(name).status for name in later} == {"skipped"}
    assert {name: result.status for name, result in red.items()} == {check: "fail"}, red
    assert words in red[check].found


def test_what_is_red_inside_already_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = looked(tmp_path, monkeypatch, "admin", red=("gateway-config",))
    assert results["outside-refused"].status == "warn"
    assert "(red in gateway-config)" in results["outside-refused"].found
    (tmp_path / "again").mkdir()
    results = looked(tmp_path / "again", monkeypatch, "admin", red=("disk",))
    assert results["outside-refused"].status == "fail"
