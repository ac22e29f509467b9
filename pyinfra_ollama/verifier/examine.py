"""The checks of one host in their order, asking as it goes; the order is the dependency order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, is_alive
from pyinfra_ollama.settings import Declared, HostSettings, Model
from pyinfra_ollama.transport import session
from pyinfra_ollama.verifier import probe as probing
from pyinfra_ollama.verifier import reach
from pyinfra_ollama.verifier.answers import Probe
from pyinfra_ollama.verifier.api import Api
from pyinfra_ollama.verifier.checks import api as of_api
from pyinfra_ollama.verifier.checks import environment, listeners, service
from pyinfra_ollama.verifier.checks import host as machine
from pyinfra_ollama.verifier.checks.base import HOME, skipped
from pyinfra_ollama.verifier.outside.way import Way
from pyinfra_ollama.verifier.replies import Answer
from pyinfra_ollama.verifier.results import Result

__all__ = ["examine", "planned"]

DOWN = "the service does not run"

Slot = Callable[[], AbstractContextManager[object]]


def planned(settings: HostSettings) -> tuple[tuple[str, str], ...]:
    """Check and subject of every result `examine` gives, in its order."""
    models = [("generate", model.canonical) for model in settings.ollama.models]
    before = ("service", "localhost", "permissions", "swap", "disk")
    asked = ("version", "binary", "no-cloud", "models")
    after = ("listeners", "memory", "outside", "environment")
    return (
        *((check, "") for check in (*before, *asked)),
        *models,
        *((check, "") for check in after),
    )


def examine(
    host: Host,
    declared: Declared,
    settings: HostSettings,
    *,
    way: Way | None,
    generate: bool,
    load_slot: Slot,
    red: list[str],
) -> Iterator[Result]:
    """Ask a connected host everything of its server, giving each result as soon as it is there.

    + declared: all that the host is declared to be, the server's `settings` among it
    + way: how it is looked at from outside; None looks from inside only
    + generate: whether models are loaded; without, each `generate` is skipped
    + load_slot: taken around each load, for machines that load one at a time
    + red: the checks that failed already; those of the server that fail are added

    Raises `HostError` when the host stops answering.
    """

    def judged(result: Result) -> Result:
        if result.status == "fail":
            red.append(result.check)
        return result

    seen = _ask(host, settings, "all")
    yield judged(service.service(settings, seen))
    yield judged(machine.localhost(seen))
    yield judged(machine.permissions(settings, seen))
    yield judged(machine.swap(settings, seen))
    yield judged(machine.disk(settings, seen))

    down = DOWN if service.is_down(seen) else ""
    with session(host, settings.ollama.base_url) as made:
        api = Api(made, settings.ollama.base_url, partial(is_alive, host))
        for result in _of_api(api, settings, seen, down, generate=generate, load_slot=load_slot):
            yield judged(result)

    again = _ask(host, settings, "again") if generate and not down else seen
    yield judged(listeners.listeners(settings, again))
    yield judged(machine.memory(settings, again))
    if down:
        yield skipped("outside", down)
        yield skipped("environment", down)
        return
    if way is None:
        yield skipped("outside", "looking from outside was not asked for")
    else:
        seen_from_there = reach.look(host, settings, way)
        let_in = reach.is_let_in(declared, settings, seen_from_there, way)
        yield judged(listeners.outside(settings, seen_from_there, tuple(red), let_in=let_in))
    yield judged(environment.environment(settings, seen, tuple(red)))


def _ask(host: Host, settings: HostSettings, asked: probing.Asked) -> Probe:
    swapfile = settings.swap.path if settings.swap else ""
    folder = settings.ollama.models_dir
    seen = probing.ask(host, models=folder, home=HOME, swapfile=swapfile, asked=asked)
    if seen.uid:
        raise HostError(
            f"the commands ran as user {seen.uid}, not as root; set _sudo=True in the host's "
            "data, or give --sudo"
        )
    return seen


def _of_api(
    api: Api,
    settings: HostSettings,
    seen: Probe,
    down: str,
    *,
    generate: bool,
    load_slot: Slot,
) -> Iterator[Result]:
    silent = down
    if not silent and listeners.is_listening(settings, seen) is False:
        silent = f"nothing listens at {settings.ollama.base_url}: see listeners"
    version = skipped("version", silent)
    if not silent:
        answer = api.version()
        version = of_api.version(settings, seen, answer)
        silent = "" if answer.value is not None else "the API does not answer: see version"
    yield version
    yield skipped("binary", down) if down else service.binary(settings, seen, version)
    if silent:
        yield skipped("no-cloud", silent)
        yield skipped("models", silent)
        for model in settings.ollama.models:
            yield skipped("generate", silent, subject=model.canonical)
        return
    yield of_api.no_cloud(settings, api.cloud())
    tags = api.tags()
    yield of_api.models(settings, tags)
    for model in settings.ollama.models:
        yield _load(api, settings, model, tags, generate=generate, load_slot=load_slot)


def _load(
    api: Api,
    settings: HostSettings,
    model: Model,
    tags: Answer[dict[str, str]],
    *,
    generate: bool,
    load_slot: Slot,
) -> Result:
    if not generate:
        return skipped("generate", "loading was not asked for", subject=model.canonical)
    if tags.value is not None and not of_api.is_there(model, tags):
        return skipped("generate", "not on the host: see models", subject=model.canonical)
    asked = settings.verify
    seconds = float(asked.load_timeout_seconds)
    with load_slot():
        if model.role == "embedding":
            vector = api.embed(model.canonical, text=asked.prompt, load_seconds=seconds)
            return of_api.embedded(model, vector)
        text = api.generate(
            model.canonical,
            prompt=asked.prompt,
            max_tokens=asked.max_tokens,
            load_seconds=seconds,
        )
        return of_api.generated(model, text)
