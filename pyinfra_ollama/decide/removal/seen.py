"""The answer of scripts/uninstall-look.sh, typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyinfra_ollama.snapshot.lines import pairs

SECTIONS = (
    "paths",
    "units",
    "made",
    "before",
    "official",
    "models",
    "firewall",
    "lineage",
    "packages",
    "uid",
)


class SeenError(ValueError):
    """The answer was cut off or is not what the script prints."""


@dataclass(frozen=True)
class Seen:
    """What there is.

    `paths`: path to "file", "foreign" (one that does not say it is ours), "folder" or "link";
    `made`: what the deployment noted that it made, None where it noted nothing (an older
    version); `before`: files whose former content is kept.
    `packages`: what apt would remove with those that were asked for; `old`: those among it that
    were there before, for whose sake all stay. `rules`: ufw's, in the words of `ufw show added`.
    """

    uid: int
    paths: Mapping[str, str]
    units: tuple[str, ...]
    made: tuple[str, ...] | None
    before: frozenset[str]
    official: bool
    models: frozenset[str]
    model_bytes: int
    model_count: int
    rules: tuple[str, ...]
    lineage: bool
    packages: tuple[str, ...]
    old: tuple[str, ...]

    def noted(self, kind: str) -> tuple[str, ...]:
        """What was noted of one kind: `user ollama` gives `ollama`."""
        rows = (line.partition(" ") for line in self.made or ())
        return tuple(rest for name, _, rest in rows if name == kind)


def read(lines: Iterable[str]) -> Seen:
    """Read the answer. Raises `SeenError` when any of it is missing: unknown is not empty."""
    found: dict[str, list[str]] = {}
    name, body = "", list[str]()
    for line in lines:
        if line.startswith("@@begin "):
            name, body = line.split()[1], []
        elif line == "@@end 0" and name:
            found[name], name = body, ""
        elif name and line.strip():
            body.append(line)
    missing = [section for section in SECTIONS if section not in found]
    if missing:
        raise SeenError(f"the host did not say all that was asked: {', '.join(missing)}")
    try:
        return _seen(found)
    except (ValueError, IndexError, KeyError) as error:
        raise SeenError(f"the host's answer could not be read: {error!r}") from error


def _seen(found: Mapping[str, list[str]]) -> Seen:
    models = pairs(line.replace(" ", "=", 1) for line in found["models"])
    return Seen(
        uid=int(found["uid"][0]),
        paths={line.split(" ")[1]: line.split(" ")[0] for line in found["paths"]},
        units=tuple(found["units"]),
        made=tuple(found["made"]) or None,
        before=frozenset(found["before"]),
        official=bool(found["official"]),
        models=frozenset({"blobs", "manifests"} & set(found["models"])),
        model_bytes=int(models.get("bytes", 0)),
        model_count=int(models.get("count", 0)),
        rules=tuple(found["firewall"]),
        lineage=bool(found["lineage"]),
        packages=_of(found["packages"], "new"),
        old=_of(found["packages"], "old"),
    )


def _of(lines: Iterable[str], kind: str) -> tuple[str, ...]:
    return tuple(line.split()[1] for line in lines if line.split()[0] == kind)
