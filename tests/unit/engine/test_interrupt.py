"""An interrupt that arrives while one of paramiko's threads is at work is not lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

# The interrupt arrives while the thread computes; the main greenlet waits for something else.
PROGRAM = """
import os, signal, sys, threading
import gevent
import pyinfra_cli
{handler}
if {installed}:
    from pyinfra_ollama.engine import interrupt
    interrupt.install()
    interrupt.install()

def compute():
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        pass
    print("computed")

threading.Thread(target=compute).start()
gevent.sleep(0.5)
print("went on")
"""
PYINFRAS = "signal.signal(signal.SIGINT, lambda number, frame: sys.exit(3))"


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        pytest.param(PYINFRAS, 3, id="pyinfra's handler"),
        pytest.param("", -2, id="Python's own"),
    ],
)
def test_the_main_greenlet_gets_it(handler: str, code: int) -> None:
    ran = _run(handler, installed=True)
    assert (ran.returncode, ran.stdout) == (code, "computed\n"), ran.stderr


def test_without_it_is_lost() -> None:
    # When this fails, gevent or Python does it by itself and the module can go.
    ran = _run(PYINFRAS, installed=False)
    assert (ran.returncode, ran.stdout) == (0, "went on\n")


def _run(handler: str, *, installed: bool) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(handler=handler, installed=installed)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
