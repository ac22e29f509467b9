"""The plan of one host: bare, as declared, changed in one setting, upgraded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pyinfra_ollama.decide.plan import HostPlan
from pyinfra_ollama.decide.unit import unit_files
from pyinfra_ollama.snapshot import ReleaseState
from pyinfra_ollama.steps import Step

from .hosts import CONVERGED, declared, host
from .planning import ARCHIVE, DROP_IN, MIB, bare, plan, words
from .served import LINKS, NOTES, TEMPLATES, served


def test_a_host_as_declared_has_nothing_to_do() -> None:
    settings = declared()
    assert plan(settings, served(settings)) == HostPlan(())


def test_a_bare_host_gets_everything_in_the_order_of_the_run() -> None:
    settings = declared(
        ollama={"models": [{"name": "llama3.2:1b"}]}, swap={"size": "64M"}, packages={"tools": []}
    )
    found = plan(settings, replace(bare(), swap=replace(CONVERGED.swap, filesystem="ext4")))
    others = (Step.FIT, Step.FIREWALL, Step.TIDY)
    roles = ("GATEWAY", "EXPORTER", "OBSERVER", "MONITORING", "LISTENING", "BACKUP")
    others += tuple(step for step in Step if step.name.startswith(roles))
    assert found.operations == tuple(step for step in Step if step not in others)
    assert words(found.changes) == [
        "refresh the package lists ()",
        "install ca-certificates, curl, procps, zstd ()",
        "create /etc/sysctl.d/60-pyinfra-ollama.conf ()",
        "make /swapfile (64 MiB)",
        "set vm.swappiness (60 -> 10)",
        "make user ollama and its folders ()",
        f"install ollama 0.33.0 (from {ARCHIVE}, 3 MiB)",
        "create /etc/systemd/system/ollama.service ()",
        f"create {DROP_IN} ()",
        "reload systemd (it reads its units anew)",
        "start ollama.service ()",
        "pull llama3.2:1b (1 MiB)",
        "verify the host (loads every model)",
    ]
    files = {change.subject: change.file for change in found.changes if change.file}
    for file in unit_files(settings, host(), TEMPLATES).files[:2]:
        seen = files[file.path]
        assert seen is not None
        assert [line[1:] for line in seen.diff[1:]] == (file.content or "").splitlines()
        assert (seen.before, seen.after) == (None, "644 root:root")


@pytest.mark.parametrize(
    ("change", "operations"),
    [
        ({"ollama": {"num_parallel": 4}}, {Step.UNIT, Step.SERVICE, Step.VERIFY}),
        ({"ollama": {"port": 11500}}, {Step.UNIT, Step.SERVICE, Step.VERIFY}),
        ({"service": {"memory_max": "4G"}}, {Step.UNIT, Step.VERIFY}),
        ({"service": {"restart_seconds": 9}}, {Step.UNIT, Step.VERIFY}),
        ({"verify": {"max_tokens": 3}}, {Step.VERIFY}),
        ({"packages": {"tools": ["tree"]}}, {Step.PACKAGES}),
        ({"release": {"gpu_libraries": "keep"}}, {Step.RELEASE, Step.SERVICE, Step.VERIFY}),
        (
            {"ollama": {"version": "0.32.15"}},
            {Step.RELEASE, Step.SERVICE, Step.VERIFY},
        ),
        (
            {"ollama": {"models": [{"name": "all-minilm"}]}},
            {Step.MODELS, Step.VERIFY},
        ),
    ],
)
def test_one_setting_changed(change: dict[str, Any], operations: set[Step]) -> None:
    found = plan(declared(**change), served(declared()))
    assert set(found.operations) == operations


def test_why_a_service_restarts() -> None:
    settings = declared(ollama={"version": "0.32.15"})
    (restart,) = (c for c in plan(settings, served(declared())).changes if c.action == "restart")
    assert restart.note == "0.33.0 -> 0.32.15"
    assert restart.why == (
        "/opt/ollama/current does not point to 0.32.15",
        "the running program is /opt/ollama/releases/0.33.0/bin/ollama",
    )
    stopped = served(declared(), unit={"active": "failed", "pid": None})
    assert words(plan(declared(), stopped).changes)[0] == "start ollama.service ()"
    unread = served(declared(), unit={"needs_reload": True})
    assert words(plan(declared(), unread).changes)[0] == "reload ollama.service ()"
    disabled = served(declared(), unit={"enabled": "disabled"})
    assert words(plan(declared(), disabled).changes)[0] == "mend ollama.service ()"


def test_an_upgrade_says_from_what_to_what_and_clears_away() -> None:
    older = declared(ollama={"version": "0.32.15"}, release={"keep": 1})
    there = {"0.32.15": ReleaseState(1, NOTES)}
    links = {"/opt/ollama/current": "releases/0.32.15"}
    found = plan(
        declared(release={"keep": 1}),
        replace(served(older), releases=there, links={**LINKS, **links}),
    )
    (install,) = (c for c in found.changes if c.operation == Step.RELEASE)
    assert install.note == f"0.32.15 -> 0.33.0, from {ARCHIVE}, 3 MiB"
    assert install.details["size_bytes"] == 3 * MIB
    (tidied,) = (c for c in found.changes if c.operation == Step.TIDY)
    assert tidied.subject == "/opt/ollama/releases/0.32.15"


def test_a_model_with_parameters_is_created_of_what_is_pulled_once() -> None:
    base = {"name": "llama3.2:1b"}
    made = {"name": "mine", "base": "llama3.2:1b", "options": {"num_ctx": 4096, "stop": ["a"]}}
    found = plan(declared(ollama={"models": [base, made]}), served(declared()))
    assert words(c for c in found.changes if c.operation == Step.MODELS) == [
        "pull llama3.2:1b (1 MiB)",
        "create mine:latest (from llama3.2:1b, num_ctx=4096, stop=['a'])",
    ]
