"""What Debian's packages leave behind when they are purged."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.seen import Seen
from pyinfra_ollama.decide.removal.steps import Removal, Wishes


def steps(seen: Seen, wishes: Wishes) -> Iterator[Removal]:
    """What was not there before, of packages that this package brought and that go or went."""
    for package, paths in owned.LEFT.items():
        for path, verb in paths.items() if _gone(seen, wishes, package) else ():
            if path in seen.noted("left") and (path in seen.paths or package in seen.packages):
                empty = " when it is empty" if verb == "empty" else ""
                text = f"remove {path}, which {package} left behind{empty}"
                yield Removal(verb, path, text=text)
    for name in _accounts(seen, wishes):
        if name not in seen.running:
            text = f"remove the user {name}, which packages that went left behind"
            yield Removal("user", name, text=text)


def stays(seen: Seen, wishes: Wishes) -> Iterator[str]:
    """In words for a person."""
    for name in _accounts(seen, wishes):
        if name in seen.running:
            yield f"the user {name}: {seen.running[name]} runs as it"


def _accounts(seen: Seen, wishes: Wishes) -> Iterator[str]:
    for name in seen.noted("account"):
        makers = owned.ACCOUNTS.get(name, ())
        # Debian has more packages with the same user than this one knows.
        needed = any(package.startswith(name) for package in _remaining(seen, wishes))
        if not needed and any(_gone(seen, wishes, package) for package in makers):
            yield name


def _gone(seen: Seen, wishes: Wishes, package: str) -> bool:
    """Whether a package was brought by this one, and is not there when all is done."""
    brought = package in seen.asked or package in seen.packages
    return brought and package not in _remaining(seen, wishes)


def _remaining(seen: Seen, wishes: Wishes) -> frozenset[str]:
    return seen.here if wishes.keep_packages else seen.here - set(seen.packages)
