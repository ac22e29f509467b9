"""Where the server's release comes from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from .base import Setting, refusal, setting
from .kinds import Flag

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")
_ARCHIVE = re.compile(r"ollama-linux-(amd64|arm64)(-(rocm|jetpack5|jetpack6))?\.tar\.zst")
_URL_SHAPE = "an http or https URL with {archive} in it, and {version} where it belongs"


def _archive_name(value: str) -> str:
    if not _ARCHIVE.fullmatch(value):
        raise refusal(
            accepted="the name of an archive such as 'ollama-linux-amd64.tar.zst'",
            remedy="copy name and hash from the release's sha256sum.txt, without './'",
            seen=repr(value),
        )
    return value


def _sha256(value: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise refusal(
            accepted="64 hex digits",
            remedy="copy the hash from the release's sha256sum.txt",
        )
    return value.lower()


class Release(Setting):
    """Where the release archive comes from and which parts of it are installed."""

    moved: ClassVar[dict[str, str]] = {
        "version": "version='0.33.0' in ollama = Ollama(...)",
        "mirror": "url='https://mirror.example.com/{version}/{archive}'",
        "checksum": "sha256={'ollama-linux-amd64.tar.zst': '...'}",
    }

    url: str = setting(
        "https://github.com/ollama/ollama/releases/download/v{version}/{archive}",
        f"Where the archive is downloaded: {_URL_SHAPE}.",
        source="official releases of ollama/ollama (.github/workflows/release.yaml)",
        example='"https://mirror.example.com/ollama/{version}/{archive}"',
    )
    sha256: dict[
        Annotated[str, AfterValidator(_archive_name)], Annotated[str, AfterValidator(_sha256)]
    ] = setting(
        {},
        "SHA-256 by name of the archive; empty takes them from sha256sum.txt beside the archive.",
        source="our choice because every release carries sha256sum.txt",
        example='{"ollama-linux-amd64.tar.zst": "64 hex digits"}',
    )
    variant: Literal["auto", "none", "rocm", "jetpack5", "jetpack6"] = setting(
        "auto",
        "Which addition to the archive is installed: by the host's GPU, none, AMD, or NVIDIA "
        "Jetson.",
        source="official installer, which detects it as well",
    )
    gpu_libraries: Literal["auto", "keep", "drop"] = setting(
        "auto",
        "Whether GPU libraries are installed; 'auto' leaves them out where no GPU is found.",
        source="our choice because they are gigabytes a CPU-only host cannot use",
    )
    archive: str | None = setting(
        None,
        "Path of the archive on the machine that runs pyinfra, sent instead of downloaded.",
        source="our choice because most hosts reach a release server",
        example='"/srv/releases/ollama-linux-amd64.tar.zst"',
    )
    keep: Annotated[int, Field(strict=True, ge=1, le=20)] = setting(
        2,
        "Releases kept on the host, the running one included.",
        source="our choice because one step back must be possible",
    )
    adopt: Flag = setting(
        False,
        "Whether an install made by the official script is taken over; else it is refused.",
        source="our choice because taking over replaces files somebody else wrote",
    )

    @field_validator("url")
    @classmethod
    def _url_holds_archive(cls, value: str) -> str:
        if "@" in value:
            # A password would stand in the argv of curl, in logs and in diffs.
            raise refusal(
                accepted="a URL without user and password",
                remedy="serve the archive without a login, or send it with archive='PATH'",
                seen="a URL with a hidden user",
            )
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise refusal(accepted=_URL_SHAPE, remedy="correct the host and port") from None
        names = {match[1] for match in _PLACEHOLDER.finditer(value)}
        if not names <= {"version", "archive"} or "archive" not in names:
            raise refusal(
                accepted=_URL_SHAPE,
                remedy="end the URL with {archive}; the host's architecture decides the name",
            )
        if parts.scheme not in ("http", "https") or not parts.hostname or not _is_plain(value):
            raise refusal(accepted=_URL_SHAPE, remedy="write http:// or https:// and a host")
        return value

    @field_validator("archive")
    @classmethod
    def _archive_is_there(cls, value: str | None) -> str | None:
        if value is None:
            return None
        path = Path(value).expanduser()
        if not value.endswith(".tar.zst"):
            raise refusal(
                accepted="the path of a .tar.zst archive",
                remedy="download ollama-linux-amd64.tar.zst of the release",
            )
        try:
            found = path.is_file()
        except (OSError, ValueError):
            found = False
        if not found:
            raise refusal(
                accepted="the path of a file on the machine that runs pyinfra",
                remedy=f"put the archive at {str(path.absolute())!r}, or correct the path",
            )
        return str(path.absolute())

    def archive_name(self, arch: str, *, variant: str | None = None) -> str:
        """Return the archive's name: ``ollama-linux-amd64.tar.zst`` or with ``-rocm``.

        + arch: ``amd64`` or ``arm64``
        + variant: an addition such as ``rocm``; None is the archive itself
        """
        return f"ollama-linux-{arch}{f'-{variant}' if variant else ''}.tar.zst"

    def archive_url(self, *, version: str, archive: str) -> str:
        """Return where an archive of a version is downloaded."""
        return self.url.replace("{version}", version).replace("{archive}", archive)

    def checksums_url(self, *, version: str) -> str:
        """Return where the list of hashes of a version lies: beside the archive."""
        return self.archive_url(version=version, archive="sha256sum.txt")


def _is_plain(url: str) -> bool:
    return url.isascii() and url.isprintable() and not set(url) & set(" \"'\\<>`")
