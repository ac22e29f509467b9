"""Whose is what `ollama-backup restore` brings back."""

from __future__ import annotations

import os
import pwd

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
