"""The settings of the hosts of the running deployment, all read and checked before any change."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from pyinfra import context, logger
from pyinfra.api.exceptions import DeployError
from pyinfra.api.state import State

from pyinfra_ollama import engine
from pyinfra_ollama.settings import Declared, SettingsError, load

_loaded: WeakKeyDictionary[State, dict[str, Declared]] = WeakKeyDictionary()


def declaration() -> Declared:
    """What the current host is declared to be.

    The first call reads those of every host of the run; DeployError lists all that is wrong
    with any of them, so that nothing is changed anywhere.
    """
    state: State = context.ctx_state.get()  # type: ignore[no-untyped-call]
    if state not in _loaded:
        hosts = [host for host in state.inventory if state.is_host_in_limit(host)]
        warning = engine.version_warning()
        if warning:
            logger.warning(warning)
        try:
            data = [(host.name, host.data.dict()) for host in hosts]  # type: ignore[no-untyped-call]
            _loaded[state] = load(data, engine.everyone(state.inventory))
        except SettingsError as error:
            raise DeployError(str(error)) from error
    return _loaded[state][context.host.name]
