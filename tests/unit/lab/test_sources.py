"""Which of a machine's apt sources reach a lab host, and in which shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import sources
from lab.errors import LabError
from lab.sources import Archive

MIRROR = "http://mirror.example.com"

DEB822 = f"""\
Types: deb
# a comment within a stanza
URIs: {MIRROR}/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: {MIRROR}/debian-security/
Suites: bookworm-security
Components: main

Types: deb
URIs: https://vendor.example.com/node_20.x
Suites: nodistro
Components: main

Types: deb
Enabled: no
URIs: {MIRROR}/old/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: {MIRROR}/sources/debian
Suites: bookworm
Components: main
"""


def test_debians_archives_are_kept_and_all_others_left_out() -> None:
    assert sources.parse("", DEB822) == [
        Archive(f"{MIRROR}/debian", ("", "-updates")),
        Archive(f"{MIRROR}/debian-security", ("-security",)),
    ]


def test_one_line_entries_are_read_with_options_and_comments() -> None:
    text = f"""
# deb {MIRROR}/commented/debian bookworm main
deb [arch=amd64 signed-by=/a/key.gpg] {MIRROR}/debian/ bookworm main non-free # why
deb-src {MIRROR}/debian bookworm main
deb {MIRROR}/debian bookworm-backports main
deb https://vendor.example.com/apt cloud-sdk-bookworm main
deb {MIRROR}/debian-security stable/updates main
"""
    assert sources.parse(text, "") == [
        Archive(f"{MIRROR}/debian", ("",)),
        Archive(f"{MIRROR}/debian-security", ("-security",)),
    ]


def test_an_archive_named_in_both_forms_is_taken_once() -> None:
    one_line = f"deb {MIRROR}/debian bookworm main"
    assert sources.parse(one_line, DEB822)[0] == Archive(f"{MIRROR}/debian", ("", "-updates"))


def test_a_field_that_goes_on_in_the_next_line_is_read_whole() -> None:
    text = f"Types: deb\nURIs:\n {MIRROR}/debian\nSuites: trixie\n trixie-updates\nComponents: main"
    assert sources.parse("", text) == [Archive(f"{MIRROR}/debian", ("", "-updates"))]


def test_the_listing_names_the_suite_of_the_host_not_of_the_machine() -> None:
    listing = sources.render(sources.parse("", DEB822), "trixie")
    assert listing == (
        f"Types: deb\nURIs: {MIRROR}/debian\nSuites: trixie trixie-updates\n"
        f"Components: main\nSigned-By: {sources.KEYRING}\n"
        "\n"
        f"Types: deb\nURIs: {MIRROR}/debian-security\nSuites: trixie-security\n"
        f"Components: main\nSigned-By: {sources.KEYRING}\n"
    )


def test_what_is_rendered_can_be_read_again() -> None:
    archives = sources.parse("", DEB822)
    assert sources.parse("", sources.render(archives, "bookworm")) == archives


def test_the_main_archive_is_the_one_with_the_release_itself() -> None:
    updates = Archive(f"{MIRROR}/a/debian", ("-updates",))
    release = Archive(f"{MIRROR}/b/debian", ("",))
    assert sources.main_archive([updates, release]) == f"{MIRROR}/b/debian"
    assert sources.main_archive([updates]) is None


def test_a_machine_without_a_debian_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb https://vendor.example.com/apt stable main\n")
    with pytest.raises(LabError, match="no Debian archive among the apt sources"):
        sources.of_this_machine(tmp_path)


def test_all_source_files_of_a_machine_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (tmp_path / "sources.list").write_text(f"deb {MIRROR}/one/debian bookworm main\n")
    (folder / "two.list").write_text(f"deb {MIRROR}/two/debian bookworm main\n")
    (folder / "three.sources").write_text(
        f"Types: deb\nURIs: {MIRROR}/three/debian\nSuites: bookworm\nComponents: main\n"
    )
    found = [archive.uri for archive in sources.of_this_machine(tmp_path)]
    assert found == [f"{MIRROR}/{name}/debian" for name in ("one", "two", "three")]


@pytest.mark.parametrize(
    ("text", "suite"),
    [
        ("ID=debian\nVERSION_CODENAME=trixie\n", "trixie"),
        ("VERSION_CODENAME=bookworm\n", "bookworm"),
        ("VERSION_CODENAME=forky\n", "bookworm"),
        ("ID=debian\n", "bookworm"),
    ],
)
def test_the_default_suite_is_the_machines_own(tmp_path: Path, text: str, suite: str) -> None:
    (tmp_path / "os-release").write_text(text)
    assert sources.default_suite(tmp_path / "os-release") == suite


def test_only_options_that_decide_about_reaching_an_archive_are_taken() -> None:
    dumped = """\
APT "";
Acquire::Check-Valid-Until "false";
Acquire::http::Proxy "http://proxy.example.com:3128";
Acquire::http::Proxy::other.example.com "DIRECT";
DPkg::Post-Invoke:: "rm -f /var/cache/apt/*.bin";
"""
    assert sources.apt_options(dumped) == {
        "Acquire::Check-Valid-Until": "false",
        "Acquire::http::Proxy": "http://proxy.example.com:3128",
    }
