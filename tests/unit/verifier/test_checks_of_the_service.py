"""`service`, `binary`, `environment`: good input, each damage, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from pyinfra_ollama.settings import Ollama, Verify
from pyinfra_ollama.verifier.answers import Probe, Process
from pyinfra_ollama.verifier.checks.base import failed, passed
from pyinfra_ollama.verifier.checks.environment import environment
from pyinfra_ollama.verifier.checks.service import binary, is_down, service
from pyinfra_ollama.verifier.results import Result

from .examples import GOOD, environ, settings, unit, unset

UNTOLD = Probe(problems={"unit": "no answer", "process": "the command ended with status 1"})
VERSION_GOOD = passed("version", "0.33.0")
VERSION_RED = failed("version", expected="0.33.0", found="0.32.15", look="")


def test_service_running_and_enabled_is_good() -> None:
    assert service(settings(), GOOD).status == "pass"
    assert not is_down(GOOD)


@pytest.mark.parametrize(
    ("probe", "found"),
    [
        (unit(ActiveState="inactive", SubState="dead", MainPID="0"), "inactive (dead), enabled"),
        (
            unit(ActiveState="failed", SubState="failed", Result="exit-code"),
            "failed (failed), enabled, last result exit-code",
        ),
        (
            unit(ActiveState="activating", SubState="auto-restart", Result="signal"),
            "activating (auto-restart), enabled, last result signal",
        ),
        (
            unit(UnitFileState="disabled"),
            "active (running), disabled: it will not start at boot",
        ),
        (unit(UnitFileState=""), "active (running), not enabled: it will not start at boot"),
        (
            unit(NeedDaemonReload="yes"),
            "active (running), enabled; unit files changed since they were loaded",
        ),
        (unit(NRestarts="2"), "active (running), enabled; restarted 2 times by itself"),
        (unit(LoadState="not-found"), "ollama.service is not-found"),
        (unit(LoadState="masked"), "ollama.service is masked"),
    ],
)
def test_service_damaged(probe: Probe, found: str) -> None:
    result = service(settings(), probe)
    assert (result.status, result.found) == ("fail", found)
    assert result.next


def test_service_may_restart_as_often_as_declared() -> None:
    allowed = settings(verify=Verify(max_restarts=2))
    assert service(allowed, unit(NRestarts="2")).status == "pass"
    assert service(allowed, unit(NRestarts="3")).status == "fail"


def test_a_restart_that_is_long_past_is_warned_of() -> None:
    def after(age: int, **limits: str) -> Result:
        process = Process(100, "/opt/ollama/releases/0.33.0/bin/ollama", {}, age)
        probe = replace(unit(NRestarts="1"), process=process)
        return service(settings(verify=Verify(**limits)), probe)

    assert after(3599).status == "fail"
    late = after(3 * 3600)
    assert (late.status, late.found) == (
        "warn",
        "active (running), enabled; restarted 1 times by itself, last 3 hours ago",
    )
    assert late.next
    assert after(90, restart_window="1m").status == "warn"
    unasked = replace(unit(NRestarts="1"), process=None)
    assert service(settings(), unasked).status == "fail"


def test_service_unknown_is_not_down() -> None:
    result = service(settings(), UNTOLD)
    assert (result.status, result.found) == ("unknown", "unit: no answer")
    assert not is_down(UNTOLD)


def test_binary_is_the_declared_release() -> None:
    assert binary(settings(), GOOD, VERSION_GOOD).status == "pass"


@pytest.mark.parametrize(
    ("exe", "status"),
    [
        ("/opt/ollama/releases/0.33.0/bin/ollama (deleted)", "fail"),
        ("/usr/local/bin/ollama", "fail"),
    ],
)
def test_binary_damaged(exe: str, status: str) -> None:
    probe = replace(GOOD, process=Process(100, exe, {}, 7))
    assert binary(settings(), probe, VERSION_GOOD).status == status


def test_binary_of_another_release_is_the_version_checks_business() -> None:
    probe = replace(GOOD, process=Process(100, "/opt/ollama/releases/0.32.15/bin/ollama", {}, 7))
    assert binary(settings(), probe, VERSION_RED).status == "skipped"
    assert binary(settings(), probe, VERSION_GOOD).status == "fail"


def test_binary_unknown() -> None:
    assert binary(settings(), UNTOLD, VERSION_GOOD).status == "unknown"


def test_environment_as_declared() -> None:
    result = environment(settings(), GOOD, ())
    assert (result.status, result.found) == ("pass", "3 variables as declared")


@pytest.mark.parametrize(
    ("probe", "expected", "found"),
    [
        (environ(OLLAMA_DEBUG="1"), "no OLLAMA_DEBUG", "OLLAMA_DEBUG=1"),
        (environ(LLAMA_ARG_CACHE_RAM="0"), "no LLAMA_ARG_CACHE_RAM", "LLAMA_ARG_CACHE_RAM=0"),
        (environ(CUDA_VISIBLE_DEVICES="0"), "no CUDA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES=0"),
        (environ(OLLAMA_MODELS="/srv"), "OLLAMA_MODELS=/usr/share", "OLLAMA_MODELS=/srv"),
        (unset("OLLAMA_MODELS"), "OLLAMA_MODELS=/usr/share", "no OLLAMA_MODELS"),
        (environ(OLLAMA_HOST="0.0.0.0:11434"), "=127.0.0.1:11434", "OLLAMA_HOST=0.0.0.0:11434"),
        (unset("OLLAMA_NO_CLOUD"), "OLLAMA_NO_CLOUD=1", "no OLLAMA_NO_CLOUD"),
    ],
)
def test_environment_damaged(probe: Probe, expected: str, found: str) -> None:
    result = environment(settings(), probe, ())
    assert result.status == "fail"
    assert expected in result.expected
    assert found in result.found


def test_environment_leaves_to_a_red_check_what_that_check_judges() -> None:
    exposed = environ(OLLAMA_HOST="0.0.0.0:11434")
    result = environment(settings(), exposed, ("listeners",))
    assert (result.status, result.found) == (
        "warn",
        "OLLAMA_HOST=0.0.0.0:11434 (red already in listeners)",
    )
    both = replace(exposed, process=replace(exposed.process, environ={"OLLAMA_DEBUG": "1"}))  # type: ignore[type-var]
    assert environment(settings(), both, ("listeners",)).status == "fail"


def test_environment_compares_secret_values_and_never_shows_them() -> None:
    declared = settings(ollama=Ollama(https_proxy=SecretStr("http://me:hunter2@proxy:3128")))
    right = environ(HTTPS_PROXY="http://me:hunter2@proxy:3128", OLLAMA_DEBUG="-1")
    wrong = environ(
        HTTPS_PROXY="http://me:swordfish@proxy:3128", http_proxy="http://a:b@c", OLLAMA_DEBUG="-1"
    )
    assert environment(declared, right, ()).status == "pass"
    result = environment(declared, wrong, ())
    assert result.status == "fail"
    assert result.found == "HTTPS_PROXY=(hidden), http_proxy=(hidden)"
    shown = repr(result) + repr(environment(declared, right, ()))
    for secret in ("hunter2", "swordfish", "a:b"):
        assert secret not in shown


def test_environment_unknown() -> None:
    result = environment(settings(), UNTOLD, ())
    assert result.status == "unknown"
    assert result.found == "process: the command ended with status 1"
