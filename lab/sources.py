"""This machine's apt sources, reduced to Debian's own archives and turned to another suite.

The hosts of a lab are Debian whatever else this machine fetches from, and no archive's address is
written in this repository: it comes from the machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

SUITES = ("bookworm", "trixie")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class Archive:
    """One archive: its address, and what this machine takes from it."""

    uri: str
    pockets: tuple[str, ...]
    """What follows the release's name: `""` for itself, `-updates`, `-security`."""


def parse(one_line: str, deb822: str) -> list[Archive]:
    """Debian's archives in the text of one-line lists and of deb822 `.sources` files."""
    pockets: dict[str, list[str]] = {}
    for uri, suite, components in [*_one_line_entries(one_line), *_deb822_entries(deb822)]:
        match = re.fullmatch(r"(?:[a-z]+|stable|oldstable)(|-updates|-security|/updates)", suite)
        # Other vendors have no "main" of theirs below .../debian or .../debian-security.
        if match and "main" in components and re.search(r"/debian(-security)?/?$", uri):
            found = pockets.setdefault(uri.rstrip("/"), [])
            pocket = match[1].replace("/updates", "-security")
            if pocket not in found:
                found.append(pocket)
    return [Archive(uri, tuple(found)) for uri, found in pockets.items()]


def render(archives: list[Archive], suite: str) -> str:
    """A deb822 `debian.sources` for a host of `suite`."""
    stanzas = []
    for archive in archives:
        suites = " ".join(suite + pocket for pocket in archive.pockets)
        stanzas.append(
            f"Types: deb\nURIs: {archive.uri}\nSuites: {suites}\n"
            f"Components: main\nSigned-By: {KEYRING}\n"
        )
    return "\n".join(stanzas)


def main_archive(archives: list[Archive]) -> str | None:
    """The address debootstrap takes the release itself from; None lets it use its own default."""
    for archive in archives:
        if "" in archive.pockets:
            return archive.uri
    return None


def of_this_machine(apt: Path = Path("/etc/apt")) -> list[Archive]:
    """What this machine uses; LabError when it has no Debian archive at all."""
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    one_line = "\n".join(path.read_text() for path in lists if path.is_file())
    stanzas = sorted((apt / "sources.list.d").glob("*.sources"))
    archives = parse(one_line, "\n\n".join(path.read_text() for path in stanzas))
    if main_archive(archives) is None:
        raise LabError(
            f"no Debian archive among the apt sources of this machine ({apt}/sources.list and "
            "sources.list.d): the lab's hosts are installed from it; the lab needs a Debian machine"
        )
    return archives


def default_suite(os_release: Path = Path("/etc/os-release")) -> str:
    """This machine's own release where it is one of ours, else the oldest.

    What is built here does not run on an older release than this machine's.
    """
    match = re.search(r"^VERSION_CODENAME=(\w+)$", os_release.read_text(), re.MULTILINE)
    return match[1] if match and match[1] in SUITES else SUITES[0]


def apt_options(dumped: str) -> dict[str, str]:
    """The options of `apt-config dump` that decide whether an archive can be used from here."""
    names = "Check-Valid-Until|Check-Date|https?::Proxy|https::Verify-Peer|ForceIPv4"
    wanted = re.compile(rf'(Acquire::(?:{names})) "(.*)";')
    matches = (wanted.fullmatch(line) for line in dumped.splitlines())
    return {match[1]: match[2] for match in matches if match}


def _one_line_entries(text: str) -> list[tuple[str, str, list[str]]]:
    entries = []
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s*(.*)", line.split("#")[0].strip())
        if match:
            entries.append((match[1], match[2], match[3].split()))
    return entries


def _deb822_entries(text: str) -> list[tuple[str, str, list[str]]]:
    entries = []
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, list[str]] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace():  # a field goes on
                fields.get(name, []).extend(line.split())
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.split()
        if "deb" in fields.get("types", []) and fields.get("enabled") != ["no"]:
            for uri in fields.get("uris", []):
                for suite in fields.get("suites", []):
                    entries.append((uri, suite, fields.get("components", [])))
    return entries
