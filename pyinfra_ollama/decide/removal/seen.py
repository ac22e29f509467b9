"""The answer of scripts/uninstall-look.sh, typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyinfra_ollama.snapshot.filtering import UfwRule
from pyinfra_ollama.snapshot.firewall import rules
from pyinfra_ollama.snapshot.lines import pairs

SECTIONS = (
    "paths",
    "units",
    "made",
    "state",
    "before",
    "official",
    "models",
    "inside",
    "firewall",
    "lineage",
    "packages",
    "uid",
)


class SeenError(ValueError):
    """The answer was cut off or is not what the script prints."""


@dataclass(frozen=True)
class Models:
    """A folder of models: which of Ollama's two folders are in it, bytes, and how many models."""

    parts: frozenset[str]
    bytes: int
    count: int


@dataclass(frozen=True)
class Seen:
    """What there is.

    `paths`: path to "file", "foreign" (one that does not say it is ours), "folder", "link" or
    "left" (half written beside one of ours); `made`: what the deployment noted that it made, None
    where it noted nothing (an older version); `state`: what is in the folder of these notes;
    `before`: files whose former content is kept; `models`: by folder, the declared one and those
    that were declared before; `inside`: what people keep in folders that may go, "models",
    "repository" or "swapfile" with its path; `rules`: ufw's, of whomever.

    `packages`: what apt would remove; `kept`: packages that were asked for and stay, with the
    reason; `here`, `had`: of those with services, which are installed and which were there
    before; `asked`: which this package had installed; `running`: what else than their services runs
    as a user that they may leave behind; `history_bytes`: what Prometheus has collected.
    """

    uid: int
    paths: Mapping[str, str]
    units: tuple[str, ...]
    made: tuple[str, ...] | None
    state: frozenset[str]
    before: frozenset[str]
    official: bool
    models: Mapping[str, Models]
    inside: tuple[tuple[str, str], ...]
    rules: tuple[UfwRule, ...]
    lineage: bool
    packages: tuple[str, ...]
    kept: Mapping[str, str]
    here: frozenset[str]
    had: frozenset[str]
    asked: frozenset[str]
    running: Mapping[str, str]
    history_bytes: int

    def noted(self, kind: str) -> tuple[str, ...]:
        """What was noted of one kind: `user ollama` gives `ollama`."""
        rows = (line.partition(" ") for line in self.made or ())
        return tuple(rest for name, _, rest in rows if name == kind)

    def is_noted(self, kind: str) -> bool:
        """Whether anything was noted of one kind."""
        return any(line.split(" ")[0] == kind for line in self.made or ())

    def is_ours(self, path: str) -> bool:
        """Whether there is a file that says it is of this package."""
        return self.paths.get(path) == "file"


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
    failed = [line for line in found["packages"] if line.startswith("fail ")]
    if failed:
        said = failed[0].removeprefix("fail ")
        raise SeenError(
            f"apt cannot tell which packages would go: {said}; "
            "mend it with: apt-get --fix-broken install, or leave them with --keep-packages"
        )
    try:
        return _seen(found)
    except (ValueError, IndexError, KeyError) as error:
        raise SeenError(f"the host's answer could not be read: {error!r}") from error


def _seen(found: Mapping[str, list[str]]) -> Seen:
    rows = (line.partition(" ") for line in found["inside"])
    packages = [line.split(" ", 2) for line in found["packages"]]
    return Seen(
        uid=int(found["uid"][0]),
        paths={line.split(" ")[1]: line.split(" ")[0] for line in found["paths"]},
        units=tuple(found["units"]),
        made=tuple(found["made"]) or None,
        state=frozenset(found["state"]),
        before=frozenset(found["before"]),
        official=bool(found["official"]),
        models=dict(_models(found["models"])),
        inside=tuple((kind, path) for kind, _, path in rows),
        rules=rules(found["firewall"]),
        lineage=bool(found["lineage"]),
        packages=_of(packages, "new"),
        kept={row[1]: row[2] for row in packages if row[0] == "stay"},
        here=frozenset(_of(packages, "here")),
        had=frozenset(_of(packages, "had")),
        asked=frozenset(_of(packages, "asked")),
        running={row[1]: row[2] for row in packages if row[0] == "runs"},
        history_bytes=sum(int(text) for text in _of(packages, "history")),
    )


def _models(lines: Iterable[str]) -> Iterator[tuple[str, Models]]:
    folders: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("folder "):
            body = folders.setdefault(line.removeprefix("folder "), [])
        else:
            body.append(line)
    for folder, body in folders.items():
        numbers = pairs(line.replace(" ", "=", 1) for line in body)
        parts = frozenset({"blobs", "manifests"} & set(body))
        if parts:
            count = int(numbers.get("count", 0))
            yield folder, Models(parts, int(numbers.get("bytes", 0)), count)


def _of(rows: Iterable[list[str]], kind: str) -> tuple[str, ...]:
    return tuple(row[1] for row in rows if row[0] == kind)
