"""What is in an archive: a release is tried before it is used, and stays in its own folder."""

from __future__ import annotations

import tarfile

import pytest

from tests.fleet.archives import NAME, member, packed, program, publish, small
from tests.fleet.harness import Fleet
from tests.fleet.releasing import BROKEN, HOST, have_served, install, refused_by_script


@pytest.fixture(scope="module")
def served(fleet: Fleet) -> Fleet:
    """A host with a running release."""
    return have_served(fleet)


def test_a_list_without_the_archive_is_refused(served: Fleet) -> None:
    publish(served.lab, BROKEN, small(BROKEN), {"ollama-linux-riscv.tar.zst": "2" * 64})
    refused_by_script(served, f"does not list {NAME}", "release.sha256")


def test_an_archive_without_a_program_is_refused(served: Fleet) -> None:
    publish(served.lab, BROKEN, packed([(member("lib/ollama/libggml.so"), b"")]))
    refused_by_script(served, "the archive holds no bin/ollama")


def test_a_program_of_another_machine_is_refused(served: Fleet) -> None:
    # An ELF header of a big-endian IBM mainframe, and nothing behind it.
    alien = b"\x7fELF\x02\x02\x01" + bytes(9) + b"\x00\x02\x00\x16" + bytes(44)
    publish(served.lab, BROKEN, packed([(member("bin/ollama", mode=0o755), alien)]))
    refused_by_script(served, "its program does not run on this")


def test_a_program_that_calls_itself_another_version_is_refused(served: Fleet) -> None:
    publish(served.lab, BROKEN, small("0.33.10"))
    refused_by_script(served, "calls itself", "client version is 0.33.10")


def test_a_pipe_in_an_archive_is_refused(served: Fleet) -> None:
    pipe = (member("lib/pipe", kind=tarfile.FIFOTYPE), b"")
    publish(served.lab, BROKEN, packed([pipe, (member("bin/ollama", mode=0o755), b"")]))
    refused_by_script(served, "the archive holds a fifo, lib/pipe")


@pytest.mark.parametrize(
    "evil",
    [
        pytest.param([(member("../../../../../etc/evil"), b"evil")], id="parent"),
        pytest.param([(member("/etc/evil"), b"evil")], id="absolute"),
        pytest.param(
            [
                (member("lib", kind=tarfile.SYMTYPE, link="/etc"), b""),
                (member("lib/evil"), b"evil"),
            ],
            id="symlink",
        ),
        pytest.param(
            [(member("evil", kind=tarfile.LNKTYPE, link="../../../../../etc/shadow"), b"")],
            id="hardlink",
        ),
    ],
)
def test_an_archive_that_reaches_outside_does_no_harm(
    served: Fleet, evil: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    """With a matching checksum: somebody may have put it on the mirror together with its list."""
    shadow = served.sh(HOST, "stat -c '%h %a' /etc/shadow")
    publish(
        served.lab, BROKEN, packed([*evil, (member("bin/ollama", mode=0o755), program(BROKEN))])
    )
    installed = install(served).returncode == 0
    served.sh(HOST, f"rm -rf /opt/ollama/releases/{BROKEN}")
    assert served.ssh(HOST, "find / -xdev -name evil | grep .").returncode == 1
    assert served.sh(HOST, "stat -c '%h %a' /etc/shadow") == shadow
    # tar takes the slash off an absolute name; what would leave the folder it refuses.
    assert installed is (evil[0][0].name == "/etc/evil")


def test_odd_modes_and_owners_in_an_archive_are_not_taken_over(served: Fleet) -> None:
    program_file = member("bin/ollama", mode=0o6777)
    program_file.uid = program_file.gid = 1000
    hidden = member("lib/ollama/hidden.so", mode=0o600)
    publish(served.lab, BROKEN, packed([(program_file, program(BROKEN)), (hidden, b"")]))
    assert install(served).returncode == 0
    tree = f"/opt/ollama/releases/{BROKEN}"
    listed = served.sh(HOST, f"cd {tree} && find . -type f -printf '%P %m %U\\n'; rm -rf {tree}")
    assert {"bin/ollama 755 0", "lib/ollama/hidden.so 644 0"} <= set(listed.splitlines())
