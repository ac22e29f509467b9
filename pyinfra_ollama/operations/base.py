"""What all operations of this package share: the decorator and the command that fails.

pyinfra 3.10 aborts the run of *all* hosts when an operation raises (tried 2026-11); one
host's failure must stay on that host. So refusals become a command that fails.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator
from functools import wraps
from typing import Any, ParamSpec

from pyinfra import context, logger
from pyinfra.api.arguments_typed import PyinfraOperation
from pyinfra.api.command import PyinfraCommand
from pyinfra.api.exceptions import DeployError
from pyinfra.api.operation import operation

from pyinfra_ollama.operations.lock import hold
from pyinfra_ollama.refusal import RefusedError

P = ParamSpec("P")
Steps = Generator[PyinfraCommand, None, None]


class Fail(PyinfraCommand):
    """Fail the operation on this host with a message for a person."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message

    def __repr__(self) -> str:
        return f"Fail({self.message})"

    def execute(self, state: Any, host: Any, connector_arguments: Any) -> bool:
        host.log_styled(self.message, log_func=logger.error, fg="red")
        return False


def _alone(decide: Callable[[], Steps]) -> Steps:
    """The steps, once no other run changes the host; decided anew if one just did."""
    for command in decide():
        if context.state.is_executing and hold():
            yield from _alone(decide)
            return
        yield command


def host_operation(func: Callable[P, Steps]) -> PyinfraOperation[P]:
    """`@operation()` for generators that read the snapshot and may raise `RefusedError`.

    While executing, the first step of a run waits for the host's lock: see `lock`.
    """

    @operation()
    @wraps(func)
    def steps(*args: P.args, **kwargs: P.kwargs) -> Steps:
        try:
            yield from _alone(lambda: func(*args, **kwargs))
        except (RefusedError, DeployError) as refusal:
            message = str(refusal)
            if not context.state.is_executing:
                context.host.log_styled(message, log_func=logger.warning, fg="yellow")
            yield Fail(message)
        except Exception as error:
            if not context.state.is_executing:
                raise
            logger.debug(traceback.format_exc())
            yield Fail(f"a fault in pyinfra-ollama, please report it: {error!r}")

    return steps
