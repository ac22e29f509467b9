"""The service user and its folders: made, repaired, and never at the cost of what is others'."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fleet.harness import Fleet

HOST = "host2"
HOME = "/usr/share/ollama"
MODELS = f"{HOME}/.ollama/models"
ACCOUNT = "Have the service user and its folders"
FOLDERS = f"/opt/ollama /opt/ollama/releases /var/lib/pyinfra-ollama {HOME} {MODELS}"


@pytest.fixture(scope="module", autouse=True)
def converged(fleet: Fleet) -> None:
    """The host is as declared before each test and after it."""
    fleet.apply(fleet.inventory(HOST))


def state(fleet: Fleet) -> list[str]:
    return fleet.sh(HOST, f"stat -c '%a %U:%G %n' {FOLDERS}").splitlines()


def test_made_as_the_official_installer_does(fleet: Fleet) -> None:
    name, _, uid, gid, _, home, shell = fleet.sh(HOST, "getent passwd ollama").split(":")
    assert (name, home, shell) == ("ollama", HOME, "/bin/false")
    assert 0 < int(uid) < 1000
    assert fleet.sh(HOST, "getent group ollama").split(":")[2] == gid
    assert fleet.sh(HOST, "getent shadow ollama").split(":")[1].startswith("!")
    assert state(fleet) == [
        "755 root:root /opt/ollama",
        "755 root:root /opt/ollama/releases",
        "700 root:root /var/lib/pyinfra-ollama",
        f"700 ollama:ollama {HOME}",
        f"700 ollama:ollama {MODELS}",
    ]


def test_repaired_without_a_restart(fleet: Fleet) -> None:
    before, pid = state(fleet), fleet.pid(HOST)
    fleet.sh(HOST, f"chmod 7777 {FOLDERS}; chown daemon:daemon {FOLDERS}")
    fleet.sh(HOST, f"echo stray >{MODELS}/blobs-of-root; ln -sf /etc/passwd {MODELS}/link")
    changed = fleet.apply(fleet.inventory(HOST)).changed()
    assert changed == {HOST: [ACCOUNT]}
    assert state(fleet) == before
    assert fleet.sh(HOST, f"find {HOME} ! -user ollama") == ""
    assert fleet.sh(HOST, "stat -c %U /etc/passwd") == "root", "a link was followed"
    assert fleet.pid(HOST) == pid
    assert fleet.plan(fleet.inventory(HOST)).planned == {}
    fleet.sh(HOST, f"rm {MODELS}/blobs-of-root {MODELS}/link")


def refused(fleet: Fleet, *words: str, models_dir: str = MODELS) -> None:
    """The host is left as it is before the first change, with these words."""
    ran = fleet.apply(fleet.inventory(HOST, ollama={"models_dir": models_dir}), check=False)
    assert ran.code == 1
    assert "Be fit for what is declared" in ran.text.split("Starting operation")[-1]
    for word in words:
        assert word in ran.text
    assert "Traceback" not in ran.text


@pytest.fixture
def homeless(fleet: Fleet) -> Iterator[None]:
    """The user's home is another one meanwhile."""
    fleet.sh(HOST, f"sed -i 's|:{HOME}:|:/home/ollama:|' /etc/passwd")
    yield
    fleet.sh(HOST, f"sed -i 's|:/home/ollama:|:{HOME}:|' /etc/passwd; systemctl start ollama")


def test_a_user_with_another_home(fleet: Fleet, homeless: None) -> None:
    """Somebody else's user of that name keeps what it has."""
    entry = fleet.sh(HOST, "getent passwd ollama")
    remedy = f"usermod -m -d {HOME} ollama"
    refused(fleet, "user ollama is there with the home /home/ollama", remedy)
    assert fleet.sh(HOST, "getent passwd ollama") == entry
    fleet.sh(HOST, f"systemctl stop ollama; mkdir /home/ollama; mv {HOME}/.ollama /home/ollama")
    fleet.sh(HOST, f"rmdir {HOME}; {remedy}; systemctl start ollama")
    fleet.apply(fleet.inventory(HOST))
    assert state(fleet)


def test_things_of_others_at_models_dir(fleet: Fleet) -> None:
    fleet.sh(HOST, "mkdir -p /srv/data/more && echo precious >/srv/file && ln -sfn data /srv/link")
    before = fleet.sh(HOST, "stat -c '%a %U %n' /srv/*")
    refused(fleet, "/srv/data belongs to root and holds /srv/data/more", models_dir="/srv/data")
    refused(fleet, "/srv/file is a regular file", "move it away", models_dir="/srv/file")
    refused(fleet, "Ollama(models_dir='/srv/data')", models_dir="/srv/link")
    assert fleet.sh(HOST, "stat -c '%a %U %n' /srv/*") == before
    assert fleet.sh(HOST, "cat /srv/file") == "precious"
    fleet.sh(HOST, "rm -r /srv/data /srv/file /srv/link")
