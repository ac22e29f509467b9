"""What a plan hides, what it refuses to foretell, and what it cannot know."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from pyinfra_ollama.decide import reach
from pyinfra_ollama.decide.plan import foretell, refused, texts_to_read
from pyinfra_ollama.snapshot import FileState
from pyinfra_ollama.steps import Step

from .hosts import NOW, declared, whole
from .planning import DROP_IN, SECRETS, bare, plan, words
from .served import TEMPLATES, served


def test_upgrades_by_old_and_by_fresh_lists() -> None:
    settings = declared(packages={"tools": [], "upgrade": "safe"})
    fresh = served(settings, packages={"upgradable": ("bash", "held"), "held": frozenset({"held"})})
    assert words(plan(settings, fresh).changes) == ["upgrade bash ()"]
    old = replace(fresh, packages=replace(fresh.packages, lists_updated=NOW - 10**6))
    assert words(plan(settings, old).changes) == [
        "refresh the package lists ()",
        "upgrade bash (whatever the fresh lists bring)",
    ]


def test_secrets_are_hidden_and_what_was_there_is_shown_without_credentials() -> None:
    settings = declared(ollama={"https_proxy": SecretStr("http://joe:hunter2@10.0.0.1:3128")})
    there = {SECRETS: FileState("regular file", "600", "root", "root", 9, "0" * 64)}
    snapshot = served(declared(), files=there)
    assert texts_to_read(whole(settings), snapshot, TEMPLATES) == (DROP_IN,)
    old = 'Environment="HTTPS_PROXY=http://ann:hunter3@x"\nEnvironment="MY_API_KEY=hunter4 x"\n'
    found = plan(settings, snapshot, {DROP_IN: old})
    files = {change.subject: change.file for change in found.changes if change.file}
    assert files[SECRETS] is not None
    assert (files[SECRETS].hidden, files[SECRETS].diff) == (True, ())
    assert files[DROP_IN] is not None
    assert '-Environment="HTTPS_PROXY=http://*MASKED*@x"' in files[DROP_IN].diff
    assert '-Environment="MY_API_KEY=*MASKED*' in files[DROP_IN].diff
    assert "hunter" not in repr(found)


def test_a_host_that_preflight_refuses_is_left_as_it_is() -> None:
    settings = declared()
    found = plan(settings, replace(bare(), localhost_status=2))
    assert found.refused
    assert found.changes == ()
    assert [(f.level, f.check) for f in found.findings] == [("failure", "localhost")]


def test_another_user_than_root_asks_nothing_and_is_refused() -> None:
    found = replace(bare(), uid=1000)
    assert reach.asks(declared(), found) == ()
    assert [finding.check for finding in plan(declared(), found).findings] == ["root"]


def test_a_refusal_by_an_operation_refuses_the_host_too() -> None:
    settings = declared()
    folder = {DROP_IN: FileState("directory", "755", "root", "root", 1)}
    found = plan(settings, served(settings, files=folder))
    assert found == refused(f"{DROP_IN} is a folder where a file belongs: move it away")


def test_warnings_and_a_needed_reboot_go_beside_the_changes() -> None:
    settings = declared()
    found = plan(settings, served(settings, reboot_required=True, gpu={"vendor": "amd"}))
    assert {finding.check for finding in found.findings} == {"gpu", "reboot"}
    assert not found.refused


def test_without_asking_the_network_sizes_are_not_known() -> None:
    settings = declared(ollama={"models": [{"name": "llama3.2:1b"}]})
    asked = reach.asks(settings, bare())
    found = foretell(
        whole(settings), bare(), asked=asked, answers=None, texts={}, templates=TEMPLATES
    )
    (pull,) = (c for c in found.changes if c.action == "pull")
    assert (pull.note, pull.details) == ("", {"size_bytes": None})
    (install,) = (c for c in found.changes if c.operation == Step.RELEASE)
    assert install.details["size_bytes"] is None
