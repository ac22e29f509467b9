"""scripts/uninstall.sh, with a folder as the host."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from tests.unit.host.scripts import Scripted


@pytest.fixture
def host(tmp_path: Path) -> Scripted:
    """Nothing but what a test puts there."""
    return Scripted(tmp_path)


def test_a_trial_of_the_firewall_that_could_not_be_undone_is_said(host: Scripted) -> None:
    undo = host.put("/run/pyinfra-ollama-firewall/undo", "exit 3\n")
    ran = host.run("uninstall", stdin=f"undo|{undo}|\n")
    assert ran.returncode == 1, ran.stdout
    assert "a change of the firewall that nobody confirmed could not be undone" in ran.stderr


def look(host: Scripted, *paths: str, packages: str = "keep") -> str:
    """What a look at the host says when it is asked about these paths."""
    trees = " ".join(map(host.here, ("/opt/ollama", "/var/lib/pyinfra-ollama", "/srv/home")))
    words = ("\n".join(map(host.here, paths)), "", host.here("/srv/models"), packages, "", trees)
    ran = host.run("uninstall-look", *words)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def section(said: str, name: str) -> list[str]:
    """The lines of one section."""
    body = said.partition(f"@@begin {name}\n")[2].partition("@@end")[0]
    return [line for line in body.splitlines() if line]


def seen(host: Scripted, *paths: str) -> dict[str, str]:
    """The kind of each path that is there."""
    rows = (line.split(" ") for line in section(look(host, *paths), "paths"))
    return {row[1].removeprefix(str(host.root)): row[0] for row in rows}


def test_logs_are_known_however_they_were_rotated(host: Scripted) -> None:
    log = "/var/log/ollama-monitor.log"
    names = [log, f"{log}.1", f"{log}.2.gz", f"{log}-20261120", f"{log}-20261120.gz"]
    for name in (*names, f"{log}.mine", f"{log}ger"):
        host.put(name)
    assert sorted(seen(host, f"{log}*")) == sorted(names)


def test_what_a_killed_run_laid_beside_a_file_is_known(host: Scripted) -> None:
    left = ["/etc/nginx/.nginx.conf.a1B2c3", "/etc/nginx/.nginx.conf.before"]
    for name in (*left, "/etc/nginx/.nginx.conf.a1B2c3d4", "/etc/nginx/nginx.conf.a1B2c3"):
        host.put(name)
    assert seen(host, "/etc/nginx/nginx.conf") == dict.fromkeys(left, "left")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".nginx.conf.a1B2c3", "new nginx"),
        ("mine.conf", "stay nginx ROOT/etc/nginx/mine.conf is not of this package"),
    ],
)
def test_what_a_killed_run_left_keeps_no_package(host: Scripted, name: str, said: str) -> None:
    host.put(f"/etc/nginx/{name}")
    host.put("/var/lib/pyinfra-ollama/packages-before")
    host.put("/var/lib/pyinfra-ollama/packages-asked", "nginx\n")
    host.program("dpkg-query", "case $* in *prometheus*) ;; *) echo installed ;; esac")
    host.program("dpkg", "echo amd64")
    host.program("apt-mark")
    host.program("apt-get", "case $* in *extended_states*) cat ROOT/going ;; esac")
    host.put("going", "Purg nginx [1.22]\n" if said.startswith("new") else "")
    packages = section(look(host, "/etc/nginx/nginx.conf", packages=""), "packages")
    assert packages == [said.replace("ROOT", str(host.root))]


def test_who_runs_as_a_noted_user_is_told_but_for_services_of_packages(host: Scripted) -> None:
    me = pwd.getpwuid(os.getuid()).pw_name
    host.put("/var/lib/pyinfra-ollama/made", f"account {me}\n")
    said = section(look(host), "packages")
    assert any(line.startswith(f"runs {me} ") for line in said)


def test_a_folder_made_for_a_swapfile_is_noted(host: Scripted) -> None:
    for name in ("mkswap", "swapon", "chown", "chattr", "sysctl"):
        host.program(name)
    ran = host.run("swap", host.here("/srv/a/b/swap"), str(1024**2), "beside", "")
    assert ran.returncode == 0, ran.stderr
    made = (host.root / "var/lib/pyinfra-ollama/made").read_text().splitlines()
    assert made == [
        f"swapfile {host.root}/srv/a/b/swap",
        *(f"folder {host.root}/{folder}" for folder in ("srv", "srv/a", "srv/a/b")),
    ]


def test_an_official_installation_is_known_by_its_folder(host: Scripted) -> None:
    assert section(look(host), "official") == []
    # The binary may be back already.
    host.put("/opt/ollama/releases/official/lib/ollama/a")
    assert section(look(host), "official") == ["there"]


def test_what_is_noted_is_looked_for_also_when_nobody_asks_for_it(host: Scripted) -> None:
    host.put("/srv/old.swap")
    host.put("/srv/old/blobs/sha256-1", "12345")
    host.put("/srv/old/manifests/a/b/c/d")
    notes = ("swapfile /srv/old.swap", "swapfile /srv/gone", "models /srv/old", "models /srv/none")
    host.put("/var/lib/pyinfra-ollama/made", "".join(f"{host.here(one)}\n" for one in notes))
    said = look(host)
    assert section(said, "paths") == [f"foreign {host.root}/srv/old.swap"]
    folder, *rest = section(said, "models")
    assert folder == f"folder {host.root}/srv/old"
    assert [line for line in rest if not line.startswith("bytes")] == [
        "blobs",
        "manifests",
        "count 1",
    ]


def test_a_note_of_models_that_stay_is_kept(host: Scripted) -> None:
    made = host.put("/var/lib/pyinfra-ollama/made", "models /srv/a\nswappiness 60\n")
    assert host.run("uninstall", stdin=f"notes|{made.parent}|\n").returncode == 0
    assert made.read_text() == "models /srv/a\n"


def test_a_deployment_notes_where_the_models_are(host: Scripted) -> None:
    for name in ("getent", "id", "chown", "usermod"):
        host.program(name)
    home, models = host.here("/srv/home"), host.here("/srv/models")
    ran = host.run("account", home, models, "", f"{home}|ollama|700", f"{models}|ollama|700")
    assert ran.returncode == 0, ran.stderr
    assert (
        f"models {models}" in (host.root / "var/lib/pyinfra-ollama/made").read_text().splitlines()
    )


def test_what_stays_is_found_in_folders_that_go(host: Scripted) -> None:
    host.put("/opt/ollama/models/blobs/sha256-1")
    host.put("/opt/ollama/models/manifests/a/b/c/d")
    host.put("/opt/ollama/releases/0.33.0/lib/ollama/a")
    for name in ("config", "keys/1", "snapshots/1"):
        host.put(f"/srv/home/my/backup/{name}")
        host.put(f"/srv/elsewhere/backup/{name}")
    # What restic keeps of a repository is none.
    host.put("/var/lib/pyinfra-ollama/cache/snapshots/1")
    assert section(look(host), "inside") == [
        f"models {host.root}/opt/ollama/models",
        f"repository {host.root}/srv/home/my/backup",
    ]
