"""What has to be fetched over the network, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pyinfra_ollama.decide import models, release
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot

# What scripts/reach.sh says of an HTTPS address that a host without curl can connect to.
OPEN = "open"


@dataclass(frozen=True)
class Ask:
    """One address: `way` is "head" or "get"; `purpose` and what is `named` so are for messages."""

    way: str
    url: str
    purpose: str
    named: str
    model: str = ""


@dataclass(frozen=True)
class Answer:
    """The HTTP status ("000": none), the announced length in bytes, curl's own words."""

    code: str
    length: int | None
    reason: str
    body: str = ""

    def with_body(self, body: str) -> Answer:
        """The same answer with its body."""
        return replace(self, body=body)

    @property
    def good(self) -> bool:
        """Whether something useful answered."""
        return self.code in ("200", OPEN)


def asks(settings: HostSettings, snapshot: Snapshot) -> tuple[Ask, ...]:
    """Only what is not on the host yet, so a converged host asks nobody; and only as root."""
    found: list[Ask] = []
    if snapshot.uid != 0:
        return ()
    wanted = release.plan(settings, snapshot)
    if not wanted.local and not release.installed(wanted, snapshot):
        named = "version in Ollama(...) and the url in Release(...)"
        found += [Ask("head", a.url, "the release", named) for a in wanted.archives]
        if any(a.sha256 is None for a in wanted.archives):
            sums = wanted.archives[0].sums_url
            named = "url in Release(...), or pin the hash in its sha256"
            found.append(Ask("head", sums, "its checksums", named))
    for item in models.work(settings, snapshot):
        if item.pull:
            name = item.model.pulled
            purpose, named = f"model {item.model.name}", f"name {name.listed}"
            found.append(Ask("get", name.manifest_url, purpose, named, name.listed))
    return tuple(dict.fromkeys(found))


def unanswered(asked: tuple[Ask, ...], answers: Mapping[str, Answer] | None) -> bool:
    """Whether nothing is known of any address, not even that it is silent."""
    return bool({ask.url for ask in asked} - set(answers or ()))


def manifest_size(answer: Answer) -> int | None:
    """Bytes of all layers of a model, or None when the manifest could not be read."""
    try:
        manifest = json.loads(answer.body)
        layers = [*manifest["layers"], manifest["config"]]
        return sum(int(layer["size"]) for layer in layers)
    except (ValueError, KeyError, TypeError):
        return None


def sizes(asked: tuple[Ask, ...], answers: Mapping[str, Answer]) -> tuple[int, dict[str, int]]:
    """Bytes of the archives to fetch, and of each model to pull, as far as they are known."""
    archives = sum(answers[ask.url].length or 0 for ask in asked if ask.way == "head")
    pulls = {a.model: manifest_size(answers[a.url]) for a in asked if a.way == "get"}
    return archives, {name: size for name, size in pulls.items() if size is not None}
