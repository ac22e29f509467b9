"""Whose is what `ollama-backup restore` brings back."""

from __future__ import annotations

import os
import pwd
import stat

from .machine import Machine


def test_the_server_is_given_its_models_and_nothing_else(machine: Machine) -> None:
    machine.run("run")
    log = machine.root / "given"
    walk = 'case $1 in -R) ;; *) deep="-maxdepth 0" ;; esac'
    each = 'for path; do case $path in -* | *:*) ;; *) find "$path" $deep ;; esac; done'
    programs = machine.program("chown", f"{{ {walk}; {each}; }} >>{log}")
    machine.declare(owner=pwd.getpwuid(os.getuid()).pw_name, home="/nowhere")
    done = machine.run("restore", path=programs)
    assert done.returncode == 0, done.stderr
    given = log.read_text().splitlines()
    assert not [path for path in given if path.endswith("/etc/key")]
    there = [machine.models, *machine.models.rglob("*")]
    assert {str(path) for path in there} <= set(given)


def test_others_may_go_through_the_folders_above_the_models(machine: Machine) -> None:
    machine.run("run")
    elsewhere = machine.root / "disk/of/models"
    machine.declare(models_folder=elsewhere)
    assert machine.run("restore").returncode == 0
    for folder in (elsewhere, elsewhere.parent, elsewhere.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755, folder
